using FineTune.Training.Models;

namespace FineTune.Training.Data.Augmentation;

/// <summary>Writes words in lower, UPPER or Title case, whichever of these differs from how they are written.</summary>
internal sealed class CaseOperation : IWordOperation
{
    /// <inheritdoc />
    public IReadOnlyList<Word> Apply(IReadOnlyList<Word> words, double probability, RandomStream random)
        => [.. words.Select(word => random.NextDouble() < probability ? word with { Text = Otherwise(word.Text, random) } : word)];

    private static string Otherwise(string word, RandomStream random)
    {
        string[] forms = [.. new[] { word.ToLowerInvariant(), word.ToUpperInvariant(), WordCasing.Title(word) }.Distinct(StringComparer.Ordinal).Where(form => form != word)];
        return forms.Length == 0 ? word : forms[random.NextInt(forms.Length)];
    }
}
