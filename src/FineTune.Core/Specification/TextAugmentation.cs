using System.Globalization;
using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>
/// How the altered copies of training rows are made, as <c>Augment</c> has it: <c>operation:probability</c>, separated by <c>,</c> or <c>;</c>. The order in
/// which the operations are written means nothing; they are applied in the order of <see cref="AugmentationOperation"/>.
/// </summary>
public sealed record TextAugmentation
{
    private const string Example = "swap:0.1,typo:0.05";

    private static readonly string[] Names = [.. typeof(AugmentationOperation).GetEnumNames().Select(name => name.ToLowerInvariant())];

    private TextAugmentation(IReadOnlyList<AugmentationStep> steps) => Steps = steps;

    /// <summary>The operations in the order in which they are applied.</summary>
    public IReadOnlyList<AugmentationStep> Steps { get; }

    /// <summary>Reads operations; an empty text has none.</summary>
    /// <exception cref="FineTuneException">Carries every mistake: FT0003, FT0004, FT0005, or FT0007 for an operation that is given twice.</exception>
    public static TextAugmentation Parse(string? text, SourceLocation? location = null)
    {
        var steps = new List<AugmentationStep>();
        var mistakes = new List<Diagnostic>();
        foreach (var item in (text ?? "").Split(',', ';').Select(item => item.Trim()).Where(item => item.Length > 0))
        {
            try
            {
                steps.Add(ParseStep(item, location));
            }
            catch (FineTuneException mistake)
            {
                mistakes.AddRange(mistake.Diagnostics);
            }
        }

        mistakes.AddRange(steps.GroupBy(step => step.Operation).Where(same => same.Count() > 1)
            .Select(same => SpecificationDiagnostics.Contradiction.With($"Augment names '{NameOf(same.Key)}' twice. Remove one.", location)));
        return mistakes.Count == 0 ? new TextAugmentation([.. steps.OrderBy(step => step.Operation)]) : throw new FineTuneException(mistakes);
    }

    /// <summary>Whether the operation is one of the <see cref="Steps"/>.</summary>
    public bool Uses(AugmentationOperation operation) => Steps.Any(step => step.Operation == operation);

    /// <summary>The one text that all spellings of the same operations have in common.</summary>
    public override string ToString() => string.Join(",", Steps);

    /// <inheritdoc/>
    public bool Equals(TextAugmentation? other) => other is not null && Steps.SequenceEqual(other.Steps);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode();

    internal static string NameOf(AugmentationOperation operation) => Names[(int)operation];

    private static AugmentationStep ParseStep(string item, SourceLocation? location)
    {
        var parts = item.Split(':');
        if (parts.Length != 2 || !double.TryParse(parts[1].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var probability) || double.IsNaN(probability))
        {
            var advice = item.All(char.IsDigit) ? " Write the decimal sign as a point." : "";
            throw SpecificationDiagnostics.MalformedValue.Exception($"Augment must be operations with probabilities, such as {Example}; '{item}' is not.{advice}", location);
        }

        var name = parts[0].Trim();
        var index = Array.FindIndex(Names, known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            throw SpecificationDiagnostics.ValueNotAllowed.Exception($"Augment has no operation '{name}'.{NameSuggestion.Question(name, Names)} It can be {string.Join(", ", Names)}.", location);
        }

        return probability is > 0 and < 1
            ? new AugmentationStep((AugmentationOperation)index, probability)
            : throw SpecificationDiagnostics.ValueOutOfRange.Exception($"The probability of '{Names[index]}' in Augment must be greater than 0 and less than 1; '{parts[1].Trim()}' is not.", location);
    }
}
