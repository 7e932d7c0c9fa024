using FineTune.Core.Diagnostics;

namespace FineTune.Tool.Answers;

/// <summary>The inputs of <c>predict</c>: one text each, or two with a tab between them.</summary>
internal static class TextInputs
{
    /// <summary>Asks for pairs or single texts, whichever the model reads.</summary>
    /// <exception cref="FineTuneException">FT6066: an input is no pair.</exception>
    public static IReadOnlyList<TPrediction> Ask<TPrediction>(
        IReadOnlyList<string> inputs, bool hasPairs, Func<IEnumerable<string>, IReadOnlyList<TPrediction>> single, Func<IEnumerable<(string, string)>, IReadOnlyList<TPrediction>> pairs)
        => hasPairs ? pairs(inputs.Select(Split)) : single(inputs);

    private static (string, string) Split(string input)
    {
        var tab = input.IndexOf('\t', StringComparison.Ordinal);
        return tab >= 0
            ? (input[..tab], input[(tab + 1)..])
            : throw new FineTuneException("FT6066", $"The model reads pairs of texts, and '{(input.Length > 40 ? input[..40] + "…" : input)}' is one text. Write both texts with a tab between them.");
    }
}
