using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Runtime;

namespace FineTune.Tool.Answers;

/// <summary>What may stand in the places of each text's hidden tokens.</summary>
internal sealed class MaskAnswers(string path) : IAnsweringModel
{
    private readonly MaskedLanguageModel model = MaskedLanguageModel.Load(path);

    /// <inheritdoc/>
    public IReadOnlyList<Answer> Answer(IReadOnlyList<string> texts) => [.. model.Predict(texts).Select(prediction => new Answer(
        $"{string.Join(", ", prediction.Masks.Select(mask => string.Create(CultureInfo.InvariantCulture, $"{mask.Candidates[0].Token} [{mask.Candidates[0].Score:0.00}]")))}\t{prediction.Text}",
        new JsonObject
        {
            ["text"] = prediction.Text,
            ["masks"] = new JsonArray([.. prediction.Masks.Select(ToJson)]),
        }))];

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private static JsonObject ToJson(MaskedToken mask) => new()
    {
        ["start"] = mask.Start,
        ["end"] = mask.Start + mask.Length,
        ["candidates"] = new JsonArray([.. mask.Candidates.Select(candidate => new JsonObject { ["token"] = candidate.Token, ["id"] = candidate.TokenId, ["score"] = candidate.Score })]),
    };
}
