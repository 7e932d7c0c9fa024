using System.Text.Json;
using FineTune.Training.Checkpoints;
using FineTune.Training.Export;
using FineTune.Training.Models;

namespace FineTune.Training.Tests.Export;

/// <summary>The committed classifier with random weights, and the logits that transformers computes with it.</summary>
internal static class TinyBert
{
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "Export", "TestData", "tiny-bert");

    public static int LabelCount => 3;

    public static Architecture Architecture { get; } = Architectures.Read(Path.Combine(Directory, "config.json"));

    public static EncoderConfig Config => Architecture.Config;

    public static IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> Weights { get; } = ReadWeights(Path.Combine(Directory, "model.safetensors"));

    public static IReadOnlyList<IReadOnlyList<long>> InputIds { get; } = [.. Reference.RootElement.GetProperty("inputIds").EnumerateArray().Select(row => row.EnumerateArray().Select(id => id.GetInt64()).ToArray())];

    private static JsonDocument Reference => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Directory, "..", "reference-logits.json")));

    public static IReadOnlyList<IReadOnlyList<float>> ReferenceLogits(string activation)
        => [.. Reference.RootElement.GetProperty("logits").GetProperty(activation).EnumerateArray().Select(row => row.EnumerateArray().Select(logit => logit.GetSingle()).ToArray())];

    public static byte[] Export(string activation = "gelu")
    {
        using var file = new MemoryStream();
        Write(Config with { HiddenActivation = activation }, Weights, LabelCount, file);
        return file.ToArray();
    }

    public static void Write(EncoderConfig config, IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> weights, int labels, Stream file)
        => OnnxExport.Write(Architecture.With(config), HeadKind.Sequence, labels, hasSegments: false, weights, file);

    public static IReadOnlyDictionary<string, (WeightInfo Info, ReadOnlyMemory<float> Values)> ReadWeights(string path)
    {
        using var file = SafetensorsFile.Open(path);
        var weights = new Dictionary<string, (WeightInfo, ReadOnlyMemory<float>)>();
        foreach (var (name, info) in file.Weights)
        {
            var values = new float[info.ElementCount];
            file.ReadFloat32(name, values);
            weights[name] = (info with { Type = WeightType.Float32 }, values);
        }

        return weights;
    }
}
