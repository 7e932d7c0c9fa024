using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Core.Serialization;
using FineTune.Runtime;

namespace FineTune.Tool.Answers;

/// <summary>Any number of labels for each text.</summary>
internal sealed class MultiLabelAnswers(string path, bool hasPairs) : IAnsweringModel
{
    private readonly MultiLabelClassifier classifier = MultiLabelClassifier.Load(path);

    /// <inheritdoc/>
    public IReadOnlyList<Answer> Answer(IReadOnlyList<string> texts) => [.. TextInputs.Ask(texts, hasPairs, classifier.Predict, classifier.Predict).Select(Answer)];

    /// <inheritdoc/>
    public void Dispose() => classifier.Dispose();

    private Answer Answer(MultiLabelPrediction prediction) => new(
        $"{string.Join(",", prediction.Labels)}\t{string.Join(",", prediction.LabelIndices.Select(label => prediction.Scores[label].ToString("0.0000", CultureInfo.InvariantCulture)))}\t{prediction.Text}",
        new JsonObject
        {
            ["text"] = prediction.Text,
            ["secondText"] = prediction.SecondText,
            ["labels"] = new JsonArray([.. prediction.Labels.Select(label => JsonValue.Create(label))]),
            ["scores"] = new JsonObject(classifier.Labels.Select((label, index) => KeyValuePair.Create(label, (JsonNode?)prediction.Scores[index]))),
            ["thresholds"] = new JsonObject(classifier.Labels.Select((label, index) => KeyValuePair.Create(label, (JsonNode?)classifier.Thresholds[index]))),
            ["logits"] = new JsonArray([.. prediction.Logits.Select(logit => JsonValue.Create(logit))]),
        }.WithoutNulls());
}
