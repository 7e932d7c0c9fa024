using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Strategies;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

public sealed class PretrainedWeightsTests
{
    private static readonly SourceLocation Location = new("model.safetensors");

    [Fact]
    public void Old_names_without_prefix_and_with_gamma_and_beta_are_understood()
    {
        using var file = new MemoryWeights(name => name["bert.".Length..].Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal), keep: name => name.StartsWith("bert.", StringComparison.Ordinal));
        using var expected = TinyBertFolder.Parameters();

        using var parameters = Load(file, labels: 3, out _);

        foreach (var definition in expected.Definitions.Where(definition => definition.Name.StartsWith("bert.", StringComparison.Ordinal)))
        {
            Assert.Equal(expected.Read(definition.Name), parameters.Read(definition.Name));
        }
    }

    [Fact]
    public void Of_two_spellings_of_a_weight_todays_is_read()
    {
        const string name = "bert.embeddings.LayerNorm.weight";
        var path = Path.Combine(Directory.CreateTempSubdirectory("finetune-weights-").FullName, "model.safetensors");
        using var expected = TinyBertFolder.Parameters();
        var old = new WeightInfo("", WeightType.Float32, [TinyBertFolder.Config.HiddenSize]);
        SafetensorsWriter.Write(
            path,
            [
                .. expected.Definitions.Select(definition => (new WeightInfo(definition.Name, WeightType.Float32, definition.Shape), (ReadOnlyMemory<float>)expected.Read(definition.Name))),
                (old with { Name = "bert.embeddings.LayerNorm.gamma" }, new float[TinyBertFolder.Config.HiddenSize]),
                (old with { Name = "embeddings.LayerNorm.weight" }, new float[TinyBertFolder.Config.HiddenSize]),
            ],
            metadata: null);
        using var parameters = TinyBertFolder.Parameters();

        PretrainedWeights.Load(parameters, Path.GetDirectoryName(path)!, TinyBertFolder.Architecture, seed: 1, _ => { });

        Assert.Equal(expected.Read(name), parameters.Read(name));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Missing_weights_are_listed_by_name()
    {
        using var file = new MemoryWeights(keep: name => !name.Contains("layer.1.output.dense", StringComparison.Ordinal));

        var exception = Assert.Throws<FineTuneException>(() => Load(file, labels: 3, out _));

        Assert.Equal("FT2023", exception.Code);
        Assert.Contains("bert.encoder.layer.1.output.dense.weight", exception.Message, StringComparison.Ordinal);
        Assert.Contains("bert.encoder.layer.1.output.dense.bias", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_shapes_are_listed_with_both_shapes()
    {
        using var file = new MemoryWeights();

        var exception = Assert.Throws<FineTuneException>(() => Load(file, labels: 3, out _, TinyBertFolder.Config with { MaxPositions = 41 }));

        Assert.Equal("FT2024", exception.Code);
        Assert.Contains("bert.embeddings.position_embeddings.weight is [40, 16] instead of [41, 16]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unused_layers_are_a_warning()
    {
        using var file = new MemoryWeights();

        using var parameters = Load(file, labels: 3, out var reported, TinyBertFolder.Config with { LayerCount = 2 });

        var warning = Assert.Single(reported);
        Assert.Equal("FT2025", warning.Code);
        Assert.Equal(DiagnosticSeverity.Warning, warning.Severity);
        Assert.Contains("bert.encoder.layer.2.", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_for_other_labels_is_made_anew_with_a_remark_and_the_same_for_the_same_seed()
    {
        using var file = new MemoryWeights();

        using var first = Load(file, labels: 5, out var reported);
        using var again = Load(file, labels: 5, out _);

        Assert.Equal("FT2026", Assert.Single(reported).Code);
        Assert.Equal(first.Read("classifier.weight"), again.Read("classifier.weight"));
        Assert.All(first.Read("classifier.bias"), value => Assert.Equal(0, value));
        Assert.InRange(first.Read("classifier.weight").Max(Math.Abs), 0.01, 5 * TinyBertFolder.Config.InitializerRange);
    }

    [Fact]
    public void A_long_list_of_missing_weights_is_cut()
    {
        using var file = new MemoryWeights(keep: name => !name.Contains("layer.1.", StringComparison.Ordinal));

        var exception = Assert.Throws<FineTuneException>(() => Load(file, labels: 3, out _));

        Assert.Contains("16 weights are missing: bert.encoder.layer.1.attention.self.query.weight, ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(" and 8 more.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_several_files_of_either_form_and_their_head_are_loaded()
    {
        using var safetensors = LoadSharded("safetensors", labels: 3, out var ofSafetensors);
        using var pytorch = LoadSharded("pytorch", labels: 3, out var ofPyTorch);
        using var file = WeightFiles.Open(ShardedFolder("safetensors"));

        Assert.Empty(ofSafetensors.Concat(ofPyTorch));
        foreach (var definition in safetensors.Definitions)
        {
            var values = new float[definition.Count];
            file.ReadFloat32(definition.Name, values);
            Assert.Equal(values, safetensors.Read(definition.Name));
            Assert.Equal(values, pytorch.Read(definition.Name));
        }
    }

    [Fact]
    public void A_head_for_other_labels_in_a_pytorch_file_is_made_anew_with_a_remark()
    {
        using var parameters = LoadSharded("pytorch", labels: 5, out var reported);

        var remark = Assert.Single(reported);
        Assert.Equal("FT2026", remark.Code);
        Assert.Contains("classifier.weight", remark.Message, StringComparison.Ordinal);
        Assert.All(parameters.Read("classifier.bias"), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_pytorch_file_with_old_names_tied_weights_and_constants_is_loaded()
    {
        using var expected = LoadSharded("safetensors", labels: 3, out _);

        using var parameters = LoadSharded("old", labels: 3, out var reported);

        Assert.Empty(reported);
        Assert.All(expected.Definitions.Where(definition => definition.Name.StartsWith("bert.", StringComparison.Ordinal)), definition => Assert.Equal(expected.Read(definition.Name), parameters.Read(definition.Name)));
    }

    private static string ShardedFolder(string form) => Path.Combine(AppContext.BaseDirectory, "Checkpoints", "TestData", "Sharded", form);

    private static ParameterSet LoadSharded(string form, int labels, out List<Diagnostic> reported)
    {
        FineTune.Training.Native.LibTorch.Load();
        var architecture = Architectures.Read(Path.Combine(ShardedFolder(form), "config.json"));
        var definitions = architecture.Parameters(HeadKind.Sequence, labels);
        var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, definition => FullStrategy.GroupOf(definition.Name, 0)), CPU);
        reported = [];
        PretrainedWeights.Load(parameters, ShardedFolder(form), architecture, seed: 3, reported.Add);
        return parameters;
    }

    private static ParameterSet Load(MemoryWeights file, int labels, out List<Diagnostic> reported, EncoderConfig? config = null)
    {
        FineTune.Training.Native.LibTorch.Load();
        var architecture = TinyBertFolder.Architecture.With(config ?? TinyBertFolder.Config);
        var definitions = architecture.Parameters(HeadKind.Sequence, labels);
        var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, definition => FullStrategy.GroupOf(definition.Name, 0)), CPU);
        var list = new List<Diagnostic>();
        PretrainedWeights.Load(parameters, file, Location, architecture, seed: 3, list.Add);
        reported = list;
        return parameters;
    }

    /// <summary>The tiny model's weights under other names, or without some.</summary>
    private sealed class MemoryWeights : IWeightFile
    {
        private readonly SafetensorsFile file = SafetensorsFile.Open(Path.Combine(TinyBertFolder.Directory, "model.safetensors"));
        private readonly Dictionary<string, string> originals;

        public MemoryWeights(Func<string, string>? rename = null, Func<string, bool>? keep = null)
        {
            originals = file.Weights.Keys.Where(name => keep?.Invoke(name) ?? true).ToDictionary(name => rename?.Invoke(name) ?? name);
            Weights = originals.ToDictionary(pair => pair.Key, pair => file.Weights[pair.Value] with { Name = pair.Key });
        }

        public IReadOnlyDictionary<string, WeightInfo> Weights { get; }

        public IReadOnlyDictionary<string, string> Metadata => file.Metadata;

        public void ReadFloat32(string name, Span<float> destination) => file.ReadFloat32(originals[name], destination);

        public void Dispose() => file.Dispose();
    }
}
