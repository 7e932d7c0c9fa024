namespace FineTune.Training.Data.Augmentation;

/// <summary>Words and phrases with their replacements.</summary>
internal sealed class SynonymTable
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>> replacements;

    /// <summary>Makes the table; keys are in the form of <see cref="Normalize"/>.</summary>
    public SynonymTable(IReadOnlyDictionary<string, IReadOnlyList<string>> replacements)
    {
        this.replacements = replacements;
        LongestPhrase = replacements.Keys.Select(phrase => phrase.Count(character => character == ' ') + 1).DefaultIfEmpty().Max();
    }

    /// <summary>How many words the longest phrase has.</summary>
    public int LongestPhrase { get; }

    /// <summary>What may stand for a phrase, whatever its case; empty when nothing may.</summary>
    public IReadOnlyList<string> Find(string phrase) => replacements.TryGetValue(Normalize(phrase), out var found) ? found : [];

    /// <summary>A phrase in lower case, with one blank between two words.</summary>
    public static string Normalize(string phrase) => string.Join(' ', Split(phrase)).ToLowerInvariant();

    /// <summary>The words of a phrase.</summary>
    public static string[] Split(string phrase) => phrase.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
