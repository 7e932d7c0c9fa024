using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Export;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Strategies;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

/// <summary>A family's random models in TestData with what transformers computes with them; families.py beside them made both.</summary>
internal sealed class FamilyFolder
{
    public const int LabelCount = 3;

    private readonly string directory;

    public FamilyFolder(string family)
    {
        directory = Path.Combine(AppContext.BaseDirectory, "Models", "TestData", family);
        Architecture = Architectures.Read(Path.Combine(directory, "config.json"));
        Golden = JsonSerializer.Deserialize<FamilyNumbers>(File.ReadAllText(Path.Combine(directory, "golden.json")), JsonSerializerOptions.Web)!;
    }

    public string Directory => directory;

    public Architecture Architecture { get; }

    public FamilyNumbers Golden { get; }

    public int Outputs(HeadKind head) => head == HeadKind.MaskedLanguage ? Architecture.Config.VocabularySize : LabelCount;

    public SafetensorsFile Weights(HeadKind head) => SafetensorsFile.Open(WeightFile(head));

    public ParameterSet Parameters(HeadKind head, Action<Diagnostic>? report = null, Func<string, ParameterGroup>? groupOf = null)
    {
        LibTorch.Load();
        var definitions = Architecture.Parameters(head, Outputs(head));
        var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, definition => (groupOf ?? (name => FullStrategy.GroupOf(name, Golden.WeightDecay)))(definition.Name)), CPU);
        using var file = Weights(head);
        PretrainedWeights.Load(parameters, file, new SourceLocation(WeightFile(head)), Architecture, seed: 1, report ?? (_ => { }));
        return parameters;
    }

    public byte[] Export(HeadKind head, bool hasSegments = false)
    {
        using var parameters = Parameters(head);
        using var file = new MemoryStream();
        OnnxExport.Write(Architecture, head, Outputs(head), hasSegments, parameters.ReadAll().ToDictionary(weight => weight.Info.Name), file);
        return file.ToArray();
    }

    private string WeightFile(HeadKind head) => Path.Combine(directory, head switch { HeadKind.Sequence => "sequence", HeadKind.Token => "token", _ => "masked" } + ".safetensors");
}
