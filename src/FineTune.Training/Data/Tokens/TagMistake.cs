namespace FineTune.Training.Data.Tokens;

/// <summary>Says what is wrong with a tag.</summary>
internal static class TagMistake
{
    /// <summary>The message for a text that is no tag (FT1043).</summary>
    public static string Describe(string text)
    {
        var advice = text.Length > 0 && text.All(char.IsAsciiDigit) ? "Numbers say nothing about entities: write the names that they stand for."
            : text is "o" or "0" ? "Write a capital letter O."
            : "Write O for a word outside of entities, B- and the type for the first word of one, I- and the type for the others.";
        return $"'{text}' is no tag. {advice}";
    }
}
