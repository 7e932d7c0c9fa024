using System.Globalization;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>Reads the files of a regression plan.</summary>
/// <param name="plan">The plan.</param>
/// <param name="errors">Takes the errors of all files.</param>
internal sealed class RegressionFiles(TrainingPlan plan, DataErrors errors) : TaskFiles<ScoredText>(plan, errors)
{
    /// <summary>A finite number with a decimal point, in whatever culture the machine is.</summary>
    public static bool TryParse(string text, out double number)
        => double.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <inheritdoc/>
    protected override ScoredText? ReadRow(TableRow row)
    {
        var field = row.Labels[0];
        if (TryParse(field.Value, out var score))
        {
            return new ScoredText(row.Text.Value, score, row.Origin) { Pair = row.Pair?.Value };
        }

        var (code, message) = string.IsNullOrWhiteSpace(field.Value)
            ? ("FT1006", "The number is empty. Write one, or remove the row.")
            : ("FT1050", $"'{field.Value}' is no number. Write a finite one such as 0.5 or 1e-3{(field.Value.Contains(',', StringComparison.Ordinal) ? ", with a point as the decimal sign and nothing between the thousands" : string.Empty)}. Texts in its place are labels: set Task to TextClassification.");
        Errors.Add(code, message, row.Place(field));
        return null;
    }
}
