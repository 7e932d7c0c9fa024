using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization.Json;

/// <summary>Reads the <c>normalizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class NormalizerReader
{
    private const string Supported = "BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, StripAccents";

    /// <summary>Reads a normalizer; of BERT's the settings decide, because <c>tokenizer_config.json</c> may overrule the file.</summary>
    internal static Normalizer Read(JsonPart? normalizer, TokenizerSettings settings)
    {
        if (normalizer is not { } part)
        {
            return text => text;
        }

        return part.Type == "BertNormalizer" ? ReadBert(part, settings.SplitChineseCharacters, settings.StripAccents, settings.Lowercase) : ReadPart(part);
    }

    /// <summary>Whether text is lowercased.</summary>
    internal static bool Lowercases(JsonPart? normalizer) => normalizer is { } part && part.Type switch
    {
        "Lowercase" => true,
        "BertNormalizer" => part.Boolean("lowercase", true),
        "Sequence" => part.Require("normalizers").Items().Any(item => Lowercases(item)),
        _ => false,
    };

    private static Normalizer ReadPart(JsonPart part)
    {
        switch (part.Type)
        {
            case "BertNormalizer":
                var lowercases = part.Boolean("lowercase", true);
                return ReadBert(part, part.Boolean("handle_chinese_chars", true), part.Boolean("strip_accents", lowercases), lowercases);
            case "ByteLevel":
                return Normalizers.ToBytes;
            case "Lowercase":
                return Normalizers.Lowercase;
            case "NFC":
                return text => UnicodeNormalization.Normalize(text, isCompatible: false, isComposed: true);
            case "NFD":
                return text => UnicodeNormalization.Normalize(text, isCompatible: false, isComposed: false);
            case "NFKC":
                return text => UnicodeNormalization.Normalize(text, isCompatible: true, isComposed: true);
            case "NFKD":
                return text => UnicodeNormalization.Normalize(text, isCompatible: true, isComposed: false);
            case "Nmt":
                return Normalizers.CleanForTranslation;
            case "Precompiled":
                var map = ReadMap(part);
                return text => Normalizers.MapCharacters(text, map);
            case "Prepend":
                var prefix = AlignedText.CodePointsOf(part.Text("prepend"));
                return text => text.Prepend(prefix);
            case "Replace":
                var (pattern, content) = (PatternReader.Read(part.Require("pattern")), AlignedText.CodePointsOf(part.Text("content")));
                return text => Normalizers.Replace(text, pattern, content);
            case "Strip":
                var (left, right) = (part.Boolean("strip_left", true), part.Boolean("strip_right", true));
                return text => Normalizers.Strip(text, left, right);
            case "StripAccents":
                return Normalizers.StripAccents;
            case "Sequence":
                Normalizer[] steps = [.. part.Require("normalizers").Items().Select(ReadPart)];
                return text => steps.Aggregate(text, (current, step) => step(current));
            default:
                throw part.Unsupported($"is a '{part.Type}'", Supported);
        }
    }

    private static Normalizer ReadBert(JsonPart part, bool splitsIdeographs, bool stripsAccents, bool lowercases)
    {
        var cleans = part.Boolean("clean_text", true);
        return text => Normalizers.Bert(text, cleans, splitsIdeographs, stripsAccents, lowercases);
    }

    private static CharacterMap ReadMap(JsonPart part)
    {
        try
        {
            return new CharacterMap(Convert.FromBase64String(part.Text("precompiled_charsmap")));
        }
        catch (FormatException exception)
        {
            throw part.Damaged($"has a damaged character map: {exception.Message}");
        }
    }
}
