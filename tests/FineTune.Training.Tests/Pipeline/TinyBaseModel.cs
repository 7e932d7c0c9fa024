using FineTune.Training.Checkpoints;

namespace FineTune.Training.Tests.Pipeline;

/// <summary>A random BERT of a few thousand parameters in Hugging Face layout: trains in a moment, and always from the same bytes.</summary>
internal static class TinyBaseModel
{
    private const int Hidden = 16;
    private const int Intermediate = 32;
    private const int Layers = 2;
    private const int Positions = 24;

    private static readonly string[] Vocabulary =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "great", "fine", "bad", "poor", "broken", "late", "the", "parcel", "was", "is", "arrived", "screen", "phone", "service", ".", "!",
    ];

    public static void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllLines(Path.Combine(directory, "vocab.txt"), Vocabulary);
        File.WriteAllText(Path.Combine(directory, "tokenizer_config.json"), """{"do_lower_case": true, "tokenizer_class": "BertTokenizer", "model_max_length": 24}""");
        File.WriteAllText(Path.Combine(directory, "config.json"), $$"""
            {
              "model_type": "bert", "architectures": ["BertModel"], "vocab_size": {{Vocabulary.Length}}, "hidden_size": {{Hidden}}, "num_hidden_layers": {{Layers}},
              "num_attention_heads": 2, "intermediate_size": {{Intermediate}}, "max_position_embeddings": {{Positions}}, "type_vocab_size": 2, "hidden_act": "gelu",
              "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "layer_norm_eps": 1e-12, "initializer_range": 0.02, "pad_token_id": 0
            }
            """);
        var random = new Random(7);
        SafetensorsWriter.Write(Path.Combine(directory, "model.safetensors"), [.. Weights().Select(weight => Fill(weight.Name, weight.Shape, random))], new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>Rows whose label hangs on one word, so that a few steps learn it.</summary>
    public static void WriteRows(string path, int rows)
    {
        string[] praise = ["good", "great", "fine"], complaint = ["bad", "poor", "broken", "late"], subject = ["parcel", "screen", "phone", "service"];
        var lines = Enumerable.Range(0, rows).Select(row => row % 2 == 0
            ? $"The {subject[row / 2 % 4]} was {praise[row / 2 % 3]}{(row % 3 == 0 ? "!" : ".")}\tpraise"
            : $"The {subject[row / 2 % 4]} is {complaint[row / 2 % 4]}{(row % 5 == 0 ? "!" : ".")}\tcomplaint");
        File.WriteAllLines(path, ["text\tlabel", .. lines]);
    }

    private static IEnumerable<(string Name, long[] Shape)> Weights()
    {
        yield return ("bert.embeddings.word_embeddings.weight", [Vocabulary.Length, Hidden]);
        yield return ("bert.embeddings.position_embeddings.weight", [Positions, Hidden]);
        yield return ("bert.embeddings.token_type_embeddings.weight", [2, Hidden]);
        foreach (var norm in Norm("bert.embeddings.LayerNorm"))
        {
            yield return norm;
        }

        for (var layer = 0; layer < Layers; layer++)
        {
            var prefix = $"bert.encoder.layer.{layer}.";
            (string Name, long[] Shape)[] parts =
            [
                .. Dense(prefix + "attention.self.query", Hidden, Hidden), .. Dense(prefix + "attention.self.key", Hidden, Hidden), .. Dense(prefix + "attention.self.value", Hidden, Hidden),
                .. Dense(prefix + "attention.output.dense", Hidden, Hidden), .. Norm(prefix + "attention.output.LayerNorm"),
                .. Dense(prefix + "intermediate.dense", Intermediate, Hidden), .. Dense(prefix + "output.dense", Hidden, Intermediate), .. Norm(prefix + "output.LayerNorm"),
            ];
            foreach (var part in parts)
            {
                yield return part;
            }
        }

        foreach (var part in Dense("bert.pooler.dense", Hidden, Hidden))
        {
            yield return part;
        }
    }

    private static (string, long[])[] Dense(string name, long outputs, long inputs) => [(name + ".weight", [outputs, inputs]), (name + ".bias", [outputs])];

    private static (string, long[])[] Norm(string name) => [(name + ".weight", [Hidden]), (name + ".bias", [Hidden])];

    private static (WeightInfo Info, ReadOnlyMemory<float> Values) Fill(string name, long[] shape, Random random)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = name.EndsWith("LayerNorm.weight", StringComparison.Ordinal) ? 1 : name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : ((float)random.NextDouble() - 0.5f) * 0.5f;
        }

        return (new WeightInfo(name, WeightType.Float32, shape), values);
    }
}
