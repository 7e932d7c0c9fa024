using System.Text.Json;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Strategies;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

/// <summary>The random BERT in TestData/TinyBert with its reference numbers.</summary>
internal static class TinyBertFolder
{
    public static readonly string[] Labels = ["delivery", "praise", "question"];

    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "Models", "TestData", "TinyBert");

    public static Architecture Architecture { get; } = Architectures.Read(Path.Combine(Directory, "config.json"));

    public static EncoderConfig Config => Architecture.Config;

    public static TransformerModel Model(ParameterSet parameters, EncoderConfig? config = null) => new(Architecture.With(config ?? Config), HeadKind.Sequence, parameters);

    public static TextTokenizer Tokenizer { get; } = TextTokenizer.FromHuggingFaceFolder(Directory, out _);

    public static JsonDocument Json(string file) => JsonDocument.Parse(File.ReadAllText(Path.Combine(Directory, file)));

    public static EncodedText[] Rows()
        => [.. File.ReadLines(Path.Combine(Directory, "rows.jsonl")).Select(line =>
        {
            using var row = JsonDocument.Parse(line);
            return new EncodedText(
                Tokenizer.Encode(row.RootElement.GetProperty("text").GetString()!, 40),
                Array.IndexOf(Labels, row.RootElement.GetProperty("label").GetString()));
        })];

    public static ParameterSet Parameters(Func<string, ParameterGroup>? groupOf = null)
    {
        LibTorch.Load();
        var definitions = Architecture.Parameters(HeadKind.Sequence, Labels.Length);
        var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, definition => (groupOf ?? (name => FullStrategy.GroupOf(name, 0.01)))(definition.Name)), CPU);
        PretrainedWeights.Load(parameters, Directory, Architecture, seed: 1, report: _ => { });
        return parameters;
    }

    /// <summary>The folder's weights; those that it has not, or in another shape, are sin(i + 1) / 20 in each element i, as tasks.py has them.</summary>
    public static ParameterSet Parameters(IReadOnlyList<ParameterDefinition> definitions, Func<string, ParameterGroup>? groupOf = null)
    {
        LibTorch.Load();
        var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, definition => (groupOf ?? (name => FullStrategy.GroupOf(name, 0.01)))(definition.Name)), CPU);
        using var saved = SafetensorsFile.Open(Path.Combine(Directory, "model.safetensors"));
        foreach (var definition in definitions)
        {
            var values = new float[definition.Count];
            if (saved.Weights.TryGetValue(definition.Name, out var weight) && weight.Shape.SequenceEqual(definition.Shape))
            {
                saved.ReadFloat32(definition.Name, values);
            }
            else
            {
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)(Math.Sin(i + 1) / 20);
                }
            }

            parameters.Write(definition.Name, values);
        }

        return parameters;
    }
}
