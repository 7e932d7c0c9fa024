using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Runtime;

namespace FineTune.Tool.Answers;

/// <summary>A number for each text.</summary>
internal sealed class RegressorAnswers(string path) : IAnsweringModel
{
    private readonly TextRegressor regressor = TextRegressor.Load(path);

    /// <inheritdoc/>
    public IReadOnlyList<Answer> Answer(IReadOnlyList<string> texts) => [.. regressor.Predict(texts).Select(prediction => new Answer(
        string.Create(CultureInfo.InvariantCulture, $"{prediction.Value:0.0000}\t{prediction.Text}"),
        new JsonObject { ["text"] = prediction.Text, ["value"] = prediction.Value }))];

    /// <inheritdoc/>
    public void Dispose() => regressor.Dispose();
}
