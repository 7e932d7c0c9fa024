using FineTune.Core.Diagnostics;

namespace FineTune.Training.Models;

/// <summary>The architectures that can be fine-tuned.</summary>
internal static class Architectures
{
    // One line for each: Hugging Face's model_type, and how its config.json is read.
    private static readonly SortedDictionary<string, Func<ConfigKeys, Architecture>> ByModelType = new(StringComparer.Ordinal)
    {
        ["albert"] = Albert.Read,
        ["bert"] = Bert.Read,
        ["camembert"] = Roberta.Reader("Camembert"),
        ["deberta"] = Deberta.ReadFirstVersion,
        ["deberta-v2"] = Deberta.ReadSecondVersion,
        ["distilbert"] = DistilBert.Read,
        ["electra"] = Electra.Read,
        ["modernbert"] = ModernBert.Read,
        ["mpnet"] = MPNet.Read,
        ["roberta"] = Roberta.Reader("Roberta"),
        ["xlm-roberta"] = Roberta.Reader("XLMRoberta"),
    };

    /// <summary>Reads the architecture of a base model from its <c>config.json</c>.</summary>
    /// <exception cref="FineTuneException">FT2020: not readable; FT2021: a key is missing or its value is impossible; FT2022: not an architecture that this release supports.</exception>
    public static Architecture Read(string configJsonPath)
    {
        using var keys = ConfigKeys.Read(configJsonPath);
        var modelType = keys.Text("model_type", "");
        return ByModelType.TryGetValue(modelType, out var read)
            ? read(keys)
            : throw new FineTuneException("FT2022", $"The base model is of type '{modelType}' (key 'model_type'); this release fine-tunes {string.Join(", ", ByModelType.Keys)}. Choose a base model of one of these types.", keys.Location);
    }
}
