using FineTune.Training.Models.Attention;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace FineTune.Training.Models;

/// <summary>Computes a model for one batch.</summary>
/// <param name="parameters">The parameters, 32-bit floats.</param>
/// <param name="batch">The tokens.</param>
/// <param name="dropout">Random numbers while training; <see langword="null"/> for a prediction.</param>
/// <param name="productType">The number format of the matrix products; everything else is in 32-bit floats, as with PyTorch's autocast.</param>
/// <param name="checkpoints">Computes the layers that are trained once more in the backward pass; <see langword="null"/> to keep their values.</param>
internal sealed class TorchOperations(ParameterSet parameters, TokenBatch batch, Dropout? dropout, ScalarType productType, LayerCheckpoints? checkpoints = null) : IModelOperations<Tensor>
{
    private readonly long rows = batch.InputIds.shape[0];
    private readonly long tokens = batch.InputIds.shape[1];
    private readonly Tensor? attend = batch.AttentionMask?.view(batch.AttentionMask.shape[0], 1, 1, -1); // [rows, 1, 1, tokens]
    private readonly TokenPacking? packing = batch.Packing;
    // Where all tokens are real, rows lie one after the other too.
    private readonly TokenPacking? attentionRows = batch.Packing ?? (batch.AttentionMask is null ? TokenPacking.OfEqualRows(batch.InputIds.shape) : null);
    private readonly Dictionary<(double Theta, long Size), (Tensor Cosines, Tensor Sines)> rotations = [];
    private readonly Dictionary<(int Reach, long Queries), Tensor> windows = [];
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
    public Tensor Layer(Func<Tensor, Tensor?, Tensor> compute, Tensor hidden, Tensor? distances)
    {
        // What the backward pass does not need is freed here, not at the end of the batch.
        using var scope = NewDisposeScope();
        var isTrained = partIsTrained;
        return scope.MoveToOuter(checkpoints is null || !is_grad_enabled() ? compute(hidden, distances) : checkpoints.Run(Again, hidden, distances));

        Tensor Again(Tensor input, Tensor? told)
        {
            partIsTrained = isTrained;
            return compute(input, told);
        }
    }

    /// <inheritdoc/>
    public Tensor Lookup(string table, Tensor ids) => parameters.Lookup(table, ids.flatten()).view(ids.shape[0], ids.shape[1], -1);

    /// <inheritdoc/>
    public Tensor Row(string table, int index) => parameters[table].select(0, index);

    /// <inheritdoc/>
    public Tensor Positions(string table, int first) => parameters[table].narrow(0, first, tokens);

    /// <inheritdoc/>
    public Tensor Flatten(Tensor values) => packing?.Pack(values.unsqueeze(1)) ?? values.view(rows * tokens, -1);

    /// <inheritdoc/>
    public Tensor FirstToken(Tensor hidden) => packing?.FirstTokens(hidden) ?? hidden.view(rows, tokens, -1).select(1, 0);

    /// <inheritdoc/>
    public Tensor WantedTokens(Tensor hidden) => batch.WantedTokens is { } wanted
        ? hidden.index_select(0, packing?.PlacesOf(wanted) ?? wanted)
        : packing?.Unpack(hidden, 1).view(rows * tokens, -1) ?? hidden;

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
    public Tensor SplitHeads(Tensor vectors, int headCount) => packing is not null && vectors.shape[0] == packing.Count
        ? packing.Unpack(vectors, headCount)
        : vectors.view(rows, -1, headCount, vectors.shape[1] / headCount).transpose(1, 2);

    /// <inheritdoc/>
    public Tensor SelfAttend(string query, string key, string value, Tensor asking, Tensor hidden, int headCount, double scale, double dropout)
    {
        var size = (int)parameters[$"{query}.weight"].shape[0] / headCount;
        if (attentionRows is null || !PackedAttention.Supports(size, productType, hidden.device_type))
        {
            return this.SelfAttendInSteps(query, key, value, asking, hidden, headCount, scale, dropout);
        }

        var active = dropout > 0 ? ActiveDropout : null;
        var allAsk = ReferenceEquals(asking, hidden);
        var rows = new AttentionRows(attentionRows, headCount, size, !allAsk, scale, active is null ? 0 : dropout, active?.NextSeed() ?? 0);

        // One product in place of three is faster in 32-bit floats, and slower in bfloat16 (docs/decisions/training-speed.md).
        return PackedAttention.Compute(
            rows,
            productType != ScalarType.Float32 ? [Linear(query, asking), Linear(key, hidden), Linear(value, hidden)]
            : allAsk ? [LinearSideBySide([query, key, value], hidden)]
            : [Linear(query, asking), LinearSideBySide([key, value], hidden)]);
    }

    /// <inheritdoc/>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, double scale, double dropout, Tensor? bias = null, int? reach = null)
    {
        var sees = reach < tokens - 1 ? Window(reach.Value, query.shape[2]) : attend;

        // Attention with a scale of its own, a bias or our own dropout is computed in steps.
        if (bias is null && (dropout == 0 || ActiveDropout is null) && scale == 1 / Math.Sqrt(query.shape[3]))
        {
            return JoinHeads(functional.scaled_dot_product_attention(query, key, value, sees));
        }

        var scores = query.matmul(key.transpose(-1, -2)).Times(scale);          // [rows, heads, queries, tokens]
        if (bias is not null)
        {
            scores = scores.Plus(bias);
        }

        if (sees is not null)
        {
            scores = scores.Fill(sees.logical_not(), float.NegativeInfinity);
        }

        var weights = Drop(scores.softmax(-1, ScalarType.Float32), dropout);
        return JoinHeads(weights.to(productType).matmul(value));
    }

    /// <inheritdoc/>
    public Tensor Normalize(string weight, string? bias, Tensor input, double epsilon)
        => functional.layer_norm(input.to(ScalarType.Float32), [input.shape[^1]], parameters[weight], bias is null ? null : parameters[bias], epsilon);

    /// <inheritdoc/>
    public Tensor Multiply(Tensor left, Tensor right) => left.mul(right);

    /// <inheritdoc/>
    public Tensor Columns(Tensor values, int first, int width) => values.narrow(-1, first, width);

    /// <inheritdoc/>
    public Tensor MeanToken(Tensor hidden)
    {
        var byToken = (packing?.Unpack(hidden, 1) ?? hidden).view(rows, tokens, -1);
        if (batch.AttentionMask is null)
        {
            return byToken.mean([1]);
        }

        var real = batch.AttentionMask.to(byToken.dtype).unsqueeze(-1);          // [rows, tokens, 1]
        return byToken.mul(real).sum(1).div(real.sum(1));
    }

    /// <inheritdoc/>
    public Tensor Rotate(Tensor heads, double theta)
    {
        if (heads.shape[2] == 1)
        {
            return heads; // the first token is not turned
        }

        var size = heads.shape[3];
        if (!rotations.TryGetValue((theta, size), out var rotation))
        {
            rotations.Add((theta, size), rotation = Rotation(theta, size));
            rotation.Cosines.MoveToOuterDisposeScope();
            rotation.Sines.MoveToOuterDisposeScope();
        }

        var swapped = cat([heads.narrow(-1, size / 2, size / 2), heads.narrow(-1, 0, size / 2)], -1);
        return heads.mul(rotation.Cosines).Plus(swapped.mul(rotation.Sines)).to(heads.dtype);
    }

    /// <inheritdoc/>
    public Tensor Table(string parameter) => parameters[parameter];

    /// <inheritdoc/>
    public Tensor RowByHead(string parameter, int headCount) => parameters[parameter].to(productType).view(headCount, 1, -1);

    /// <inheritdoc/>
    public Tensor LinearByDistance(string weight, string? bias, Tensor table, IReadOnlyList<int> rows)
    {
        // Short texts have fewer distances than the table has rows: taking the rows first leaves less to multiply.
        var longest = rows.Count / 2;
        using var present = tensor([.. Enumerable.Range(longest - (int)tokens, 2 * (int)tokens).Select(i => (long)rows[i])], device: table.device);
        return Linear(weight, bias, table.index_select(0, present));
    }

    /// <inheritdoc/>
    public Tensor? ScoreDistances(Tensor query, Tensor key, Tensor? keyPositions, Tensor? queryPositions, double scale)
    {
        Tensor? scores = null;
        if (keyPositions is not null)
        {
            var positions = ByHead(keyPositions);                                // [heads, 2 × tokens, size]
            scores = query.shape[2] == 1
                ? query.matmul(positions.narrow(1, tokens - 1, tokens).transpose(-1, -2))
                : ByOtherToken(query.matmul(positions.transpose(-1, -2)), tokens - 1);
        }

        if (queryPositions is not null)
        {
            var positions = ByHead(queryPositions);
            var ofKeys = query.shape[2] == 1
                ? key.mul(positions.narrow(1, tokens - 1, tokens)).sum(-1).unsqueeze(2)
                : ByOtherToken(key.matmul(positions.flip(1).transpose(-1, -2)), tokens).transpose(-1, -2);
            scores = scores is null ? ofKeys : scores.Plus(ofKeys);
        }

        return scores;

        // Scaling the few positions costs less than scaling all scores.
        Tensor ByHead(Tensor positions) => positions.Times(scale).view(2 * tokens, query.shape[1], -1).transpose(0, 1);
    }

    /// <summary>
    /// From columns for distances to columns for tokens. Where one token's columns begin, the next token's begin one column to the left; read as one long row, that is rows
    /// which are a column shorter (Dai et al., 2019). Nothing is copied.
    /// </summary>
    /// <param name="byDistance">[rows, heads, tokens, 2 × tokens]</param>
    /// <param name="first">The first token's first column.</param>
    /// <returns>[rows, heads, tokens, tokens]</returns>
    private Tensor ByOtherToken(Tensor byDistance, long first)
        => byDistance.flatten(2).narrow(-1, first, tokens * ((2 * tokens) - 1)).view(rows, -1, tokens, (2 * tokens) - 1).narrow(-1, 0, tokens);

    /// <summary>Which tokens see which: those no farther away than <paramref name="reach"/>. Padding sees itself at least, for nothing to see would be no number.</summary>
    /// <returns>[rows, 1, queries, tokens], or [queries, tokens] when there is no padding</returns>
    private Tensor Window(int reach, long queries)
    {
        if (!windows.TryGetValue((reach, queries), out var window))
        {
            var numbers = tensor([.. Enumerable.Range(0, (int)tokens).Select(token => (long)token)], device: batch.InputIds.device);
            var distances = numbers.narrow(0, 0, queries).unsqueeze(1).Plus(numbers.neg()).abs();
            using var limit = reach.ToScalar();
            window = distances.le(limit);
            if (attend is not null)
            {
                using var none = 0.ToScalar();
                window = window.logical_and(attend.logical_or(distances.eq(none)));
            }

            windows.Add((reach, queries), window.MoveToOuterDisposeScope()); // for the other layers
        }

        return window;
    }

    /// <summary>The factors of a value and of the one it is paired with. [tokens, size] each</summary>
    private (Tensor Cosines, Tensor Sines) Rotation(double theta, long size)
    {
        var frequencies = RotaryFrequencies.Of(theta, (int)size);
        var angles = tensor(
            [.. Enumerable.Range(0, (int)tokens).SelectMany(position => frequencies.Select(frequency => position * frequency))],
            [tokens, size / 2],
            device: batch.InputIds.device);
        var sines = angles.sin();
        return (cat([angles.cos(), angles.cos()], -1), cat([sines.neg(), sines], -1));
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

    /// <summary>Several linear layers as one product.</summary>
    private Tensor LinearSideBySide(string[] names, Tensor input)
    {
        var weights = cat([.. names.Select(name => parameters[$"{name}.weight"])]);
        var biases = cat([.. names.Select(name => parameters[$"{name}.bias"])]);
        return functional.linear(input.to(productType), weights.to(productType), biases.to(productType));
    }

    private Dropout? ActiveDropout => partIsTrained ? dropout : null;

    private Tensor JoinHeads(Tensor heads) => packing is not null && heads.shape[2] == tokens
        ? packing.Pack(heads)
        : heads.transpose(1, 2).reshape(-1, heads.shape[1] * heads.shape[3]);

    private sealed class PartScope(TorchOperations operations, IDisposable gradientMode) : IDisposable
    {
        public void Dispose()
        {
            operations.partIsTrained = true;
            gradientMode.Dispose();
        }
    }
}
