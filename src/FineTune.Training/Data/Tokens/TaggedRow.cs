using FineTune.Core.Diagnostics;
using FineTune.Runtime.Words;

namespace FineTune.Training.Data.Tokens;

/// <summary>A row before its tags have indices.</summary>
/// <param name="Text">The text; given words are joined by blanks.</param>
/// <param name="Words">Its words.</param>
/// <param name="Tags">The tag of each word, in the file's scheme.</param>
/// <param name="Origin">Where the text, or the first word, stands.</param>
internal sealed record TaggedRow(string Text, IReadOnlyList<TextWord> Words, IReadOnlyList<WordTag> Tags, SourceLocation Origin) : ITextRow
{
    /// <inheritdoc/>
    public string? Pair => null;

    /// <summary>Whether the row was made from spans, so that its tags are BIO whatever the scheme of other files is.</summary>
    public bool HasSpans { get; init; }

    /// <summary>The number of words that were divided because a span begins or ends in them.</summary>
    public int DividedWords { get; init; }

    /// <summary>Whether each word stands in a line of its own.</summary>
    public bool HasLineForEachWord { get; init; }

    /// <summary>A row of given words.</summary>
    public static TaggedRow Of(IReadOnlyList<string> words, IReadOnlyList<WordTag> tags, SourceLocation origin)
    {
        var (places, start) = (new TextWord[words.Count], 0);
        for (var index = 0; index < places.Length; index++)
        {
            places[index] = new TextWord(start, words[index].Length);
            start += words[index].Length + 1;
        }

        return new TaggedRow(string.Join(' ', words), places, tags, origin);
    }

    /// <summary>Where a word stands, as exactly as that is known.</summary>
    public SourceLocation PlaceOf(int word) => HasLineForEachWord ? new SourceLocation(Origin.File, Origin.Line + word, 1) : Origin;
}
