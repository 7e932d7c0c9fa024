namespace FineTune.Training.Data.Tokens;

/// <summary>The tag of a word: where it is in an entity, and the entity's type.</summary>
/// <param name="Prefix"><c>B</c> for the first word, <c>I</c> for one inside, <c>E</c> for the last, <c>S</c> for the only one, <c>O</c> for a word outside.</param>
/// <param name="Type">The entity's type; empty outside.</param>
internal readonly record struct WordTag(char Prefix, string Type)
{
    /// <summary>The tag of a word outside of entities.</summary>
    public static readonly WordTag Outside = new('O', string.Empty);

    /// <summary>Whether the word is outside of entities.</summary>
    public bool IsOutside => Prefix == 'O';

    /// <summary>Reads a tag such as <c>O</c> or <c>B-PER</c>; <c>L</c> and <c>U</c> of BILOU become <c>E</c> and <c>S</c>. <see langword="null"/> for anything else.</summary>
    public static WordTag? Parse(string tag) => tag switch
    {
        "O" => Outside,
        [('B' or 'I' or 'E' or 'S') and var prefix, '-', _, ..] => new WordTag(prefix, tag[2..]),
        ['L', '-', _, ..] => new WordTag('E', tag[2..]),
        ['U', '-', _, ..] => new WordTag('S', tag[2..]),
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => IsOutside ? "O" : $"{Prefix}-{Type}";
}
