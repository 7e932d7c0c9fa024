using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization.Json;

/// <summary>Reads the <c>pre_tokenizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class PreTokenizerReader
{
    private const string Supported = "BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, Metaspace, Punctuation, Sequence, Split, Whitespace, WhitespaceSplit";

    /// <summary>Reads a pre-tokenizer; without one a text is one piece.</summary>
    internal static PreTokenizer Read(JsonPart? preTokenizer) => preTokenizer is { } part ? ReadPart(part) : text => [text];

    private static PreTokenizer ReadPart(JsonPart part)
    {
        switch (part.Type)
        {
            case "BertPreTokenizer":
                return PreTokenizers.Bert;
            case "ByteLevel":
                var (addsPrefixSpace, splitsWords) = (part.Boolean("add_prefix_space", true), part.Boolean("use_regex", true));
                return text => PreTokenizers.ByteLevel(text, addsPrefixSpace, splitsWords);
            case "CharDelimiterSplit":
                var delimiter = OneCharacter(part.Require("delimiter"));
                return text => PreTokenizers.AtCharacters(text, codePoint => codePoint == delimiter, SplitBehavior.Removed);
            case "Digits":
                var digits = part.Boolean("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous;
                return text => PreTokenizers.AtCharacters(text, UnicodeText.IsNumber, digits);
            case "Metaspace":
                var (mark, prefix, splits) = (OneCharacter(part.Require("replacement")), Prefix(part), part.Boolean("split", true));
                return text => PreTokenizers.Metaspace(text, mark, prefix, splits);
            case "Punctuation":
                var punctuation = part.Find("behavior") is { } behavior ? Behavior(behavior) : SplitBehavior.Isolated;
                return text => PreTokenizers.AtCharacters(text, PreTokenizers.IsPunctuation, punctuation);
            case "Sequence":
                PreTokenizer[] steps = [.. part.Require("pretokenizers").Items().Select(ReadPart)];
                return text => steps.Aggregate<PreTokenizer, IEnumerable<AlignedText>>([text], (pieces, step) => pieces.SelectMany(piece => step(piece)));
            case "Split":
                var (pattern, atMatches, isInverted) = (PatternReader.Read(part.Require("pattern")), Behavior(part.Require("behavior")), part.Boolean("invert", false));
                return text => PreTokenizers.At(text, pattern, atMatches, isInverted);
            case "Whitespace":
                return PreTokenizers.Words;
            case "WhitespaceSplit":
                return text => PreTokenizers.AtCharacters(text, UnicodeText.IsWhiteSpace, SplitBehavior.Removed);
            default:
                throw part.Unsupported($"is a '{part.Type}'", Supported);
        }
    }

    // Older files say add_prefix_space in place of prepend_scheme.
    private static MetaspacePrefix Prefix(JsonPart part)
    {
        if (part.Find("prepend_scheme") is not { } scheme)
        {
            return part.Boolean("add_prefix_space", true) ? MetaspacePrefix.Always : MetaspacePrefix.Never;
        }

        return scheme.AsText() switch
        {
            "always" => MetaspacePrefix.Always,
            "first" => MetaspacePrefix.First,
            "never" => MetaspacePrefix.Never,
            var other => throw scheme.Damaged($"is '{other}', and not always, first or never"),
        };
    }

    private static SplitBehavior Behavior(JsonPart part) => part.AsText() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        var other => throw part.Damaged($"is '{other}', and not Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"),
    };

    private static int OneCharacter(JsonPart part) => AlignedText.CodePointsOf(part.AsText()) is [var codePoint] ? codePoint : throw part.Damaged("is not one character");
}
