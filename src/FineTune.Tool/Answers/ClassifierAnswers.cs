using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Core.Serialization;
using FineTune.Runtime;

namespace FineTune.Tool.Answers;

/// <summary>One label for each text.</summary>
internal sealed class ClassifierAnswers(string path, bool hasPairs) : IAnsweringModel
{
    private readonly TextClassifier classifier = TextClassifier.Load(path);

    /// <inheritdoc/>
    public IReadOnlyList<Answer> Answer(IReadOnlyList<string> texts) => [.. TextInputs.Ask(texts, hasPairs, classifier.Predict, classifier.Predict).Select(Answer)];

    /// <inheritdoc/>
    public void Dispose() => classifier.Dispose();

    private Answer Answer(Prediction prediction) => new(
        string.Create(CultureInfo.InvariantCulture, $"{prediction.Label}\t{prediction.Score:0.0000}\t{prediction.Text}"),
        new JsonObject
        {
            ["text"] = prediction.Text,
            ["secondText"] = prediction.SecondText,
            ["label"] = prediction.Label,
            ["score"] = prediction.Score,
            ["scores"] = new JsonObject(classifier.Labels.Select((label, index) => KeyValuePair.Create(label, (JsonNode?)prediction.Scores[index]))),
            ["logits"] = new JsonArray([.. prediction.Logits.Select(logit => JsonValue.Create(logit))]),
        }.WithoutNulls());
}
