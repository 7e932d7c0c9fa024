using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FineTune.Training.Models;

/// <summary>Computes a model for one batch.</summary>
/// <param name="parameters">The parameters, 32-bit floats.</param>
/// <param name="batch">The tokens.</param>
/// <param name="dropout">Random numbers while training; <see langword="null"/> for a prediction.</param>
/// <param name="productType">The number format of the matrix products; everything else is in 32-bit floats, as with PyTorch's autocast.</param>
internal sealed class TorchOperations(ParameterSet parameters, TokenBatch batch, Dropout? dropout, ScalarType productType) : IModelOperations<Tensor>
{
    private readonly long rows = batch.InputIds.shape[0];
    private readonly long tokens = batch.InputIds.shape[1];
    private readonly Tensor? attend = batch.AttentionMask?.view(batch.AttentionMask.shape[0], 1, 1, -1); // [rows, 1, 1, tokens]
    private bool partIsTrained = true;
    private bool needsGradients;

    /// <inheritdoc/>
    public Tensor InputIds => batch.InputIds;

    /// <inheritdoc/>
    public Tensor? SegmentIds => batch.SegmentIds;

    /// <inheritdoc/>
    public IDisposable Part(string parameter)
    {
        partIsTrained = parameters.IsTrainable(parameter);
        needsGradients |= partIsTrained;
        return new PartScope(this, set_grad_enabled(is_grad_enabled() && needsGradients));
    }

    /// <inheritdoc/>
    public Tensor Lookup(string table, Tensor ids) => parameters[table].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], -1);

    /// <inheritdoc/>
    public Tensor Row(string table, int index) => parameters[table].select(0, index);

    /// <inheritdoc/>
    public Tensor Positions(string table, int first) => parameters[table].narrow(0, first, tokens);

    /// <inheritdoc/>
    public Tensor Flatten(Tensor values) => values.view(rows * tokens, -1);

    /// <inheritdoc/>
    public Tensor FirstToken(Tensor hidden) => hidden.view(rows, tokens, -1).select(1, 0);

    /// <inheritdoc/>
    public Tensor WantedTokens(Tensor hidden) => batch.WantedTokens is { } wanted ? hidden.index_select(0, wanted) : hidden;

    /// <inheritdoc/>
    public Tensor Linear(string name, Tensor input) => Linear($"{name}.weight", $"{name}.bias", input);

    /// <inheritdoc/>
    public Tensor Linear(string weight, string? bias, Tensor input)
        => functional.linear(input.to(productType), parameters[weight].to(productType), bias is null ? null : parameters[bias].to(productType));

    /// <inheritdoc/>
    public Tensor Normalize(string name, Tensor input, double epsilon)
        => functional.layer_norm(input.to(ScalarType.Float32), [input.shape[^1]], parameters[$"{name}.weight"], parameters[$"{name}.bias"], epsilon);

    /// <inheritdoc/>
    public Tensor Activate(string activation, Tensor values) => activation switch
    {
        Activations.Gelu => functional.gelu(values),
        Activations.Relu => functional.relu(values),
        Activations.Tanh => values.tanh(),
        // tanh approximation: x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
        _ => values.Times(0.5).mul(values.Plus(values.mul(values).mul(values).Times(0.044715)).Times(Math.Sqrt(2 / Math.PI)).tanh().Plus(1)),
    };

    /// <inheritdoc/>
    public Tensor Add(Tensor left, Tensor right) => left.Plus(right);

    /// <inheritdoc/>
    public Tensor Drop(Tensor values, double probability) => ActiveDropout?.Apply(values, probability) ?? values;

    /// <inheritdoc/>
    public Tensor SplitHeads(Tensor vectors, int headCount) => vectors.view(rows, -1, headCount, vectors.shape[1] / headCount).transpose(1, 2);

    /// <inheritdoc/>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, double scale, double dropout, Tensor? bias = null)
    {
        // Attention with a scale of its own, a bias or our own dropout is computed in steps.
        if (bias is null && (dropout == 0 || ActiveDropout is null) && scale == 1 / Math.Sqrt(query.shape[3]))
        {
            return JoinHeads(functional.scaled_dot_product_attention(query, key, value, attend));
        }

        var scores = query.matmul(key.transpose(-1, -2)).Times(scale);          // [rows, heads, queries, tokens]
        if (bias is not null)
        {
            scores = scores.Plus(bias);
        }

        if (attend is not null)
        {
            scores = scores.Fill(attend.logical_not(), float.NegativeInfinity);
        }

        var weights = Drop(scores.softmax(-1, ScalarType.Float32), dropout);
        return JoinHeads(weights.to(productType).matmul(value));
    }

    /// <inheritdoc/>
    public Tensor BiasByDistance(string table, IReadOnlyList<int> rowOfDistance, bool firstTokenOnly)
    {
        var queries = firstTokenOnly ? 1 : (int)tokens;
        var zero = rowOfDistance.Count / 2;
        var rowOfPair = new long[queries * tokens];
        for (var i = 0; i < rowOfPair.Length; i++)
        {
            var (query, key) = Math.DivRem(i, (int)tokens);
            rowOfPair[i] = rowOfDistance[zero + key - query];
        }

        return parameters[table].index_select(0, tensor(rowOfPair, device: batch.InputIds.device)).view(1, queries, tokens, -1).permute(0, 3, 1, 2);
    }

    private Dropout? ActiveDropout => partIsTrained ? dropout : null;

    private static Tensor JoinHeads(Tensor heads) => heads.transpose(1, 2).reshape(-1, heads.shape[1] * heads.shape[3]);

    private sealed class PartScope(TorchOperations operations, IDisposable gradientMode) : IDisposable
    {
        public void Dispose()
        {
            operations.partIsTrained = true;
            gradientMode.Dispose();
        }
    }
}
