using System.Text.Json;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Strategies;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

/// <summary>A random model in TestData/DistanceFamilies with its reference numbers.</summary>
internal sealed class DistanceFamily
{
    public const int Labels = 3;

    private readonly string name;

    public DistanceFamily(string name)
    {
        this.name = name;
        Architecture = Architectures.Read(Path.Combine(Folder, "config.json"));
        Golden = JsonSerializer.Deserialize<Numbers>(File.ReadAllText(Path.Combine(Folder, "golden.json")), JsonSerializerOptions.Web)!;
    }

    public static IReadOnlyList<string> Names { get; } = ["deberta-v3", "deberta-v2", "deberta-v1", "deberta-c2p", "deberta-p2c", "deberta-absolute", "modernbert-cls", "modernbert-mean"];

    public static string Root { get; } = Path.Combine(AppContext.BaseDirectory, "Models", "TestData", "DistanceFamilies");

    public string Folder => Path.Combine(Root, name);

    public Architecture Architecture { get; }

    public Numbers Golden { get; }

    public IReadOnlyList<ParameterDefinition> Definitions(HeadKind head) => Architecture.Parameters(head, OutputsOf(head));

    public int OutputsOf(HeadKind head) => head == HeadKind.MaskedLanguage ? Architecture.Config.VocabularySize : Labels;

    public IReadOnlyList<float[]> LogitsOf(HeadKind head) => head switch
    {
        HeadKind.Sequence => Golden.Sequence,
        HeadKind.Token => Golden.Token,
        _ => Golden.MaskedLanguage,
    };

    public ParameterSet Parameters(HeadKind head, Func<string, ParameterGroup>? groupOf = null)
    {
        LibTorch.Load();
        var definitions = Definitions(head);
        var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, definition => (groupOf ?? (name => FullStrategy.GroupOf(name, Golden.Decay)))(definition.Name)), CPU);
        PretrainedWeights.Load(parameters, Folder, Architecture, seed: 1, report: diagnostic => Assert.Fail(diagnostic.Message));
        return parameters;
    }

    public IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> Weights(HeadKind head)
    {
        using var parameters = Parameters(head);
        return parameters.ReadAll().ToDictionary(weight => weight.Info.Name, weight => (weight.Info, weight.Values));
    }

    public override string ToString() => name;

    /// <summary>Golden.json.</summary>
    internal sealed record Numbers(
        IReadOnlyList<int[]> Rows,
        IReadOnlyList<int[]> Segments,
        IReadOnlyList<float[]> Sequence,
        IReadOnlyList<float[]> Token,
        IReadOnlyList<float[]> MaskedLanguage,
        IReadOnlyList<float[]>? SequenceWithSegments,
        IReadOnlyList<double> Losses,
        IReadOnlyDictionary<string, double> GradientNorms,
        IReadOnlyList<float[]> Trained,
        IReadOnlyList<string> Decaying,
        double Rate,
        double Decay);
}
