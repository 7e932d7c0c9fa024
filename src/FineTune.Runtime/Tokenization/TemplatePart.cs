namespace FineTune.Runtime.Tokenization;

/// <summary>A special token, or the place of a text, in a <see cref="SpecialTokenTemplate"/>.</summary>
/// <param name="Content">What stands here.</param>
/// <param name="Id">The id of the special token; 0 for a text.</param>
/// <param name="SegmentId">The segment that all tokens of this part belong to.</param>
internal readonly record struct TemplatePart(TemplateContent Content, int Id, int SegmentId);
