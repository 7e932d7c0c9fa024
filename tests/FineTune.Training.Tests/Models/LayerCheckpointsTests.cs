using FineTune.Training.Models;
using FineTune.Training.Strategies;
using static TorchSharp.torch;
using Architecture = FineTune.Training.Models.Architecture;

namespace FineTune.Training.Tests.Models;

/// <summary>Layers that are computed again in the backward pass give the gradients of layers whose values were kept.</summary>
public sealed class LayerCheckpointsTests
{
    private static readonly string[] Families = ["Roberta", "DistilBert", "Electra", "MPNet"];

    internal static IEnumerable<string> AllFamilies => [.. Families, "Albert", .. DistanceFamily.Names];

    public static TheoryData<string> Names => [.. Families.Concat(DistanceFamily.Names)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_the_same_to_the_bit(string family) => AssertSame(family, HeadKind.Sequence);

    [Theory]
    [MemberData(nameof(Names))]
    public void So_they_are_with_products_in_sixteen_bits(string family) => AssertSame(family, HeadKind.Token, productType: ScalarType.BFloat16);

    [Theory]
    [MemberData(nameof(Names))]
    public void So_they_are_where_the_lower_layers_are_frozen(string family)
        => AssertSame(family, HeadKind.Token, architecture => name => FrozenStrategy.GroupOf(name, 0, architecture.LayerCount, trainableLayers: 1));

    [Fact]
    public void So_they_are_where_an_upper_part_is_frozen()
        => AssertSame("Roberta", HeadKind.Sequence, _ => name => name.Contains("layer.1", StringComparison.Ordinal) ? ParameterGroup.Frozen : FullStrategy.GroupOf(name, 0));

    /// <summary>The decoder of hidden words shares the embeddings, and Albert's layers share theirs.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    [InlineData("Albert")]
    public void Gradients_of_what_several_parts_share_are_the_same_up_to_rounding(string family)
    {
        var kept = Gradients(family, HeadKind.MaskedLanguage, batches: 2);
        var computedAgain = Gradients(family, HeadKind.MaskedLanguage, batches: 2, checkpointed: true);

        Assert.All(kept, gradient =>
        {
            var tolerance = 1e-6f * gradient.Value.Max(Math.Abs);
            Assert.All(gradient.Value.Zip(computedAgain[gradient.Key]), pair => Assert.InRange(pair.Second, pair.First - tolerance, pair.First + tolerance));
        });
    }

    private static void AssertSame(string family, HeadKind head, Func<Architecture, Func<string, ParameterGroup>>? groupOf = null, ScalarType productType = ScalarType.Float32)
    {
        var kept = Gradients(family, head, groupOf, productType);
        var computedAgain = Gradients(family, head, groupOf, productType, checkpointed: true);

        Assert.NotEmpty(kept);
        Assert.Equal(kept.Keys, computedAgain.Keys);
        Assert.All(kept, gradient => Assert.Equal(gradient.Value, computedAgain[gradient.Key]));
    }

    private static Dictionary<string, float[]> Gradients(
        string family, HeadKind head, Func<Architecture, Func<string, ParameterGroup>>? groupOf = null, ScalarType productType = ScalarType.Float32, bool checkpointed = false, int batches = 1)
    {
        var (architecture, parameters, rows) = Read(family, head, groupOf);
        using var owned = parameters;
        using var scope = NewDisposeScope();
        var dropout = new Dropout(1);
        var model = new TransformerModel(architecture.With(architecture.Config.WithDropout(0.1)), head, parameters, productType, checkpoints: checkpointed ? new LayerCheckpoints(dropout) : null);
        for (var batch = 0; batch < batches; batch++)
        {
            model.Backward(model.Forward(TokenBatch.Of(rows, architecture.Config.PaddingId, CPU), dropout).square().sum());
        }

        return parameters.Definitions.Where(definition => parameters.IsTrainable(definition.Name))
            .ToDictionary(definition => definition.Name, definition => parameters[definition.Name].grad!.data<float>().ToArray());
    }

    internal static (Architecture Architecture, ParameterSet Parameters, IReadOnlyList<int[]> Rows) Read(string family, HeadKind head, Func<Architecture, Func<string, ParameterGroup>>? groupOf = null)
    {
        if (DistanceFamily.Names.Contains(family))
        {
            var distances = new DistanceFamily(family);
            return (distances.Architecture, distances.Parameters(head, groupOf?.Invoke(distances.Architecture)), distances.Golden.Rows);
        }

        var folder = new FamilyFolder(family);
        return (folder.Architecture, folder.Parameters(head, groupOf: groupOf?.Invoke(folder.Architecture)), folder.Golden.InputIds);
    }
}
