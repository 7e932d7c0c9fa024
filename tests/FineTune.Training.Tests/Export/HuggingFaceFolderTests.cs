using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;
using FineTune.Training.Data;
using FineTune.Training.Export;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Strategies;
using FineTune.Training.Tasks.TextClassification;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Export;

public sealed class HuggingFaceFolderTests : IDisposable
{
    private static readonly string[] Labels = ["refund", "größe \"XL\"", "other"];

    private readonly string directory = Directory.CreateTempSubdirectory("finetune-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void The_configuration_describes_the_new_head_and_keeps_the_rest()
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Write("out"), "config.json")))!.AsObject();

        Assert.Equal("BertForSequenceClassification", config["architectures"]![0]!.GetValue<string>());
        Assert.Equal("single_label_classification", config["problem_type"]!.GetValue<string>());
        Assert.Equal("float32", config["torch_dtype"]!.GetValue<string>());
        Assert.Equal(Labels, Enumerable.Range(0, 3).Select(index => config["id2label"]![$"{index}"]!.GetValue<string>()));
        Assert.Equal([0, 1, 2], Labels.Select(label => config["label2id"]![label]!.GetValue<int>()));
        Assert.Equal(48, config["intermediate_size"]!.GetValue<int>());
        Assert.Equal(1e-12, config["layer_norm_eps"]!.GetValue<double>());
        Assert.Equal("gelu", config["hidden_act"]!.GetValue<string>());
        Assert.False(config.ContainsKey("dtype"));
    }

    [Fact]
    public void What_the_base_says_of_its_own_head_is_gone()
    {
        var baseModel = CopyOfTheBase();
        var configFile = Path.Combine(baseModel, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(configFile))!.AsObject();
        config["num_labels"] = 7;
        config["finetuning_task"] = "mnli";
        config["_name_or_path"] = "/home/someone/model";
        File.WriteAllText(configFile, config.ToJsonString());

        var written = JsonNode.Parse(File.ReadAllText(Path.Combine(Write("out", baseModel), "config.json")))!.AsObject();

        Assert.False(written.ContainsKey("num_labels"));
        Assert.False(written.ContainsKey("finetuning_task"));
        Assert.False(written.ContainsKey("_name_or_path"));
    }

    [Fact]
    public void Weights_and_configuration_can_be_read_back()
    {
        var folder = Write("out");

        Assert.Equal(TinyBert.Config, Architectures.Read(Path.Combine(folder, "config.json")).Config);
        using var file = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.All(file.Weights.Values, info => Assert.Equal(WeightType.Float32, info.Type));
        foreach (var (name, weight) in TinyBert.ReadWeights(Path.Combine(folder, "model.safetensors")))
        {
            Assert.Equal(TinyBert.Weights[name].Values.Span, weight.Values.Span);
        }
    }

    [Fact]
    public void What_transformers_loads_and_saves_again_is_what_was_written()
    {
        // TestData/again.py makes the folder of this one; a variable names the place for it.
        var folder = Write(Environment.GetEnvironmentVariable("FINETUNE_WRITE_EXPORT") is { Length: > 0 } kept ? kept : "out");
        var again = Path.Combine(AppContext.BaseDirectory, "Export", "TestData", "again");
        using var written = WeightFiles.Open(folder);
        using var saved = WeightFiles.Open(again);

        Assert.Equal(TinyBert.Config, Architectures.Read(Path.Combine(again, "config.json")).Config);
        Assert.Equal(Labels, IdsOf(again));
        Assert.Equal(written.Weights.Keys.Order(StringComparer.Ordinal), saved.Weights.Keys.Order(StringComparer.Ordinal));
        Assert.All(written.Weights.Keys, name => Assert.Equal(Read(written, name), Read(saved, name)));

        LibTorch.Load();
        var definitions = TinyBert.Architecture.Parameters(HeadKind.Sequence, Labels.Length);
        var reported = new List<Diagnostic>();
        using var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, _ => ParameterGroup.Frozen), CPU);
        PretrainedWeights.Load(parameters, again, TinyBert.Architecture, seed: 1, reported.Add);

        Assert.Empty(reported);
        Assert.All(definitions, definition => Assert.Equal(Read(written, definition.Name), parameters.Read(definition.Name)));
    }

    [Fact]
    public void The_tokenizers_files_come_along_byte_for_byte_and_nothing_else()
    {
        var baseModel = CopyOfTheBase();
        File.WriteAllText(Path.Combine(baseModel, "special_tokens_map.json"), "{}");
        File.WriteAllText(Path.Combine(baseModel, "README.md"), "not a file of the tokenizer");

        var folder = Write("out", baseModel);

        Assert.Equal(
            ["config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(baseModel, "tokenizer.json")), File.ReadAllBytes(Path.Combine(folder, "tokenizer.json")));
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes()
    {
        var first = Write("first");
        var second = Write("second");

        foreach (var file in Directory.GetFiles(first))
        {
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(second, Path.GetFileName(file))));
        }
    }

    private static IEnumerable<string> IdsOf(string folder)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "config.json")))!;
        return Enumerable.Range(0, Labels.Length).Select(index => config["id2label"]![$"{index}"]!.GetValue<string>());
    }

    private static float[] Read(IWeightFile file, string name)
    {
        var values = new float[file.Weights[name].ElementCount];
        file.ReadFloat32(name, values);
        return values;
    }

    private string Write(string name, string? baseModel = null)
    {
        var folder = Path.Combine(directory, name);
        HuggingFaceFolder.Write(folder, baseModel ?? TinyBert.Directory, TinyBert.Architecture, [.. TinyBert.Weights.Values], new TextClassificationTask(new TrainingPlan { Name = "Test" }, new ClassificationData { Labels = Labels, Train = [], Validation = [], Test = [] }));
        return folder;
    }

    private string CopyOfTheBase()
    {
        var copy = Directory.CreateDirectory(Path.Combine(directory, "base")).FullName;
        foreach (var file in Directory.GetFiles(TinyBert.Directory))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }
}
