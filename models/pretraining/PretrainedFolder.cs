using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;

namespace FineTune.Pretraining;

/// <summary>Writes the model as a Hugging Face folder: half-precision weights, configuration, vocabulary and tokenizer settings.</summary>
internal static class PretrainedFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes or replaces the folder's files.</summary>
    public static void Write(string directory, EncoderConfig config, ParameterSet parameters, string vocabularyFile)
    {
        Directory.CreateDirectory(directory);
        WriteJson(Path.Combine(directory, "config.json"), new JsonObject
        {
            ["architectures"] = new JsonArray("BertForMaskedLM"),
            ["model_type"] = "bert",
            ["vocab_size"] = config.VocabularySize,
            ["hidden_size"] = config.HiddenSize,
            ["num_hidden_layers"] = config.LayerCount,
            ["num_attention_heads"] = config.HeadCount,
            ["intermediate_size"] = config.IntermediateSize,
            ["hidden_act"] = config.HiddenActivation,
            ["hidden_dropout_prob"] = config.HiddenDropout,
            ["attention_probs_dropout_prob"] = config.AttentionDropout,
            ["max_position_embeddings"] = config.MaxPositions,
            ["type_vocab_size"] = config.SegmentCount,
            ["initializer_range"] = config.InitializerRange,
            ["layer_norm_eps"] = config.LayerNormEpsilon,
            ["pad_token_id"] = config.PaddingId,
        });
        WriteJson(Path.Combine(directory, "tokenizer_config.json"), new JsonObject
        {
            ["tokenizer_class"] = "BertTokenizer",
            ["do_lower_case"] = true,
            ["tokenize_chinese_chars"] = true,
            ["strip_accents"] = null,
            ["model_max_length"] = config.MaxPositions,
            ["unk_token"] = "[UNK]",
            ["cls_token"] = "[CLS]",
            ["sep_token"] = "[SEP]",
            ["pad_token"] = "[PAD]",
            ["mask_token"] = "[MASK]",
        });
        var vocabulary = Path.Combine(directory, "vocab.txt");
        if (Path.GetFullPath(vocabularyFile) != Path.GetFullPath(vocabulary))
        {
            File.Copy(vocabularyFile, vocabulary, overwrite: true);
        }

        SafetensorsWriter.Write(
            Path.Combine(directory, "model.safetensors"),
            [.. parameters.ReadAll().Select(weight => (weight.Info with { Type = WeightType.Float16 }, weight.Values))],
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    private static void WriteJson(string file, JsonObject content) => File.WriteAllText(file, content.ToJsonString(Indented) + "\n");
}
