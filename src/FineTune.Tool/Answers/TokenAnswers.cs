using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Runtime;

namespace FineTune.Tool.Answers;

/// <summary>The entities of each text.</summary>
internal sealed class TokenAnswers(string path) : IAnsweringModel
{
    private readonly TokenClassifier classifier = TokenClassifier.Load(path);

    /// <inheritdoc/>
    public IReadOnlyList<Answer> Answer(IReadOnlyList<string> texts) => [.. classifier.Predict(texts).Select(prediction => new Answer(
        $"{string.Join(", ", prediction.Entities.Select(entity => string.Create(CultureInfo.InvariantCulture, $"{entity.Text} [{entity.Label} {entity.Score:0.00}]")))}\t{prediction.Text}",
        new JsonObject
        {
            ["text"] = prediction.Text,
            ["spans"] = new JsonArray([.. prediction.Entities.Select(ToJson)]),
        }))];

    /// <inheritdoc/>
    public void Dispose() => classifier.Dispose();

    private static JsonObject ToJson(EntityPrediction entity) => new()
    {
        ["label"] = entity.Label,
        ["text"] = entity.Text,
        ["start"] = entity.Start,
        ["end"] = entity.Start + entity.Length,
        ["score"] = entity.Score,
    };
}
