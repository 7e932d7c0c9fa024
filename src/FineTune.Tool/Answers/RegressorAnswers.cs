using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Core.Serialization;
using FineTune.Runtime;

namespace FineTune.Tool.Answers;

/// <summary>A number for each text.</summary>
internal sealed class RegressorAnswers(string path, bool hasPairs) : IAnsweringModel
{
    private readonly TextRegressor regressor = TextRegressor.Load(path);

    /// <inheritdoc/>
    public IReadOnlyList<Answer> Answer(IReadOnlyList<string> texts) => [.. TextInputs.Ask(texts, hasPairs, regressor.Predict, regressor.Predict).Select(prediction => new Answer(
        string.Create(CultureInfo.InvariantCulture, $"{prediction.Value:0.0000}\t{prediction.Text}"),
        new JsonObject { ["text"] = prediction.Text, ["secondText"] = prediction.SecondText, ["value"] = prediction.Value }.WithoutNulls()))];

    /// <inheritdoc/>
    public void Dispose() => regressor.Dispose();
}
