using FineTune.Core.Diagnostics;

namespace FineTune.Training.Training;

/// <summary>How long inputs may be.</summary>
internal static class TextLengths
{
    /// <summary>The smallest length that holds 99.9 % of the training texts, at most the model's limit.</summary>
    public static int FromData(IEnumerable<int> tokenCounts, int modelLimit)
    {
        int[] sorted = [.. tokenCounts.Order()];
        var index = (int)Math.Ceiling(0.999 * sorted.Length) - 1;
        return Math.Min(sorted[index], modelLimit);
    }

    /// <summary>Reports how many texts are cut.</summary>
    public static void ReportTruncation(IReadOnlyList<int> tokenCounts, int maxLength, string rows, SourceLocation? origin, Action<Diagnostic> report)
    {
        var cut = tokenCounts.Count(count => count > maxLength);
        if (cut > 0)
        {
            report(new Diagnostic("FT1090", DiagnosticSeverity.Warning, $"{cut} of {tokenCounts.Count} {rows} texts are longer than {maxLength} tokens (the longest has {tokenCounts.Max()}) and are cut there. Set MaxLength to change that.", origin));
        }
    }
}
