namespace FineTune.Runtime.Tokenization;

/// <summary>What a <see cref="TemplatePart"/> stands for.</summary>
internal enum TemplateContent
{
    /// <summary>A special token.</summary>
    SpecialToken,

    /// <summary>The text, or the first of a pair.</summary>
    First,

    /// <summary>The second text of a pair.</summary>
    Second,
}
