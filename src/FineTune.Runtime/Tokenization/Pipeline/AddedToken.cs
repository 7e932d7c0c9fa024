namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>A token that is looked for in the text before the model sees it.</summary>
/// <param name="Content">The text of the token.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsSingleWord">Whether it counts only where no word goes on before or after it.</param>
/// <param name="TakesSpaceBefore">Whether white space before it belongs to it.</param>
/// <param name="TakesSpaceAfter">Whether white space after it belongs to it.</param>
/// <param name="IsNormalized">Whether it is looked for, normalized, in normalized text; else as it is in the text as it was written.</param>
internal sealed record AddedToken(string Content, int Id, bool IsSingleWord, bool TakesSpaceBefore, bool TakesSpaceAfter, bool IsNormalized);
