using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

/// <summary>The last layer computes what is read of it and no more; nobody may notice but the clock.</summary>
public sealed class WantedTokensTests
{
    public static TheoryData<string, string> FamiliesAndHeads
        => [.. from family in new[] { "Roberta", "DistilBert", "Electra", "Albert", "MPNet" } from head in new[] { HeadKind.Token, HeadKind.MaskedLanguage } select (family, head.ToString())];

    public static TheoryData<string> DistanceFamilies => [.. DistanceFamilyTests.Families];

    [Theory]
    [MemberData(nameof(FamiliesAndHeads))]
    public void Some_tokens_have_the_outputs_and_gradients_that_they_have_among_all(string family, string head)
    {
        var folder = new FamilyFolder(family);
        var kind = Enum.Parse<HeadKind>(head);
        using var parameters = folder.Parameters(kind);

        AssertSame(folder.Architecture, kind, parameters, folder.Golden.InputIds);
    }

    [Theory]
    [MemberData(nameof(DistanceFamilies))]
    public void Some_tokens_have_the_outputs_and_gradients_that_they_have_among_all_where_distances_count(string name)
    {
        var family = new DistanceFamily(name);
        using var parameters = family.Parameters(HeadKind.Token);

        AssertSame(family.Architecture, HeadKind.Token, parameters, family.Golden.Rows);
    }

    private static void AssertSame(Architecture architecture, HeadKind head, ParameterSet parameters, IReadOnlyList<int[]> rows)
    {
        using var scope = NewDisposeScope();
        var model = new TransformerModel(architecture.With(architecture.Config.WithDropout(0)), head, parameters);
        var batch = TokenBatch.Of(rows, architecture.Config.PaddingId, CPU);
        var length = rows.Max(row => row.Length);
        var wanted = tensor([.. rows.SelectMany((row, index) => new[] { index * length, (index * length) + row.Length - 1 }).Skip(1).Select(position => (long)position)]);

        var amongAll = OutputsAndGradients(model.Forward(batch, dropout: null).index_select(0, wanted), parameters);
        var alone = OutputsAndGradients(model.Forward(batch with { WantedTokens = wanted }, dropout: null), parameters);

        Assert.Equal(amongAll.Length, alone.Length);
        foreach (var (expected, actual) in amongAll.Zip(alone))
        {
            Assert.True(actual.allclose(expected, rtol: 1e-5, atol: 1e-6 * Math.Max(1, expected.abs().max().item<float>())));
        }
    }

    /// <summary>The outputs, and the gradients of a sum in which each has another weight.</summary>
    private static Tensor[] OutputsAndGradients(Tensor outputs, ParameterSet parameters)
    {
        outputs.mul(linspace(-1, 1, outputs.numel()).view(outputs.shape)).sum().backward();
        using var noGradients = no_grad();
        Tensor[] gradients = [.. parameters.Buffers.Select(buffer => buffer.Gradients!.clone())];
        foreach (var buffer in parameters.Buffers)
        {
            buffer.Gradients!.zero_();
        }

        return [outputs.detach(), .. gradients];
    }
}
