using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;

namespace FineTune.Core.Serialization;

/// <summary>The JSON form of <c>manifest.json</c>. Applications read it, so nothing here needs reflection.</summary>
internal static class ManifestJson
{
    public static JsonObject Write(ModelManifest manifest) => new JsonObject
    {
        ["formatVersion"] = manifest.FormatVersion,
        ["name"] = manifest.Name,
        ["task"] = manifest.Task.ToString(),
        ["labels"] = JsonWriting.Texts(manifest.Labels),
        ["thresholds"] = manifest.Thresholds.Count > 0 ? JsonWriting.List(manifest.Thresholds, JsonWriting.Number) : null,
        ["hasPairs"] = manifest.HasPairs ? true : null,
        ["maxLength"] = manifest.MaxLength,
        ["quantization"] = manifest.Quantization == Quantization.None ? null : manifest.Quantization.ToString(),
        ["tokenizer"] = WriteTokenizer(manifest.Tokenizer),
        ["trainingFingerprint"] = manifest.TrainingFingerprint,
        ["exportFingerprint"] = manifest.ExportFingerprint,
        ["files"] = JsonWriting.Map(manifest.Files.OrderBy(file => file.Key, StringComparer.Ordinal), hash => JsonValue.Create(hash)),
    }.WithoutNulls();

    public static ModelManifest Read(JsonElement element) => new()
    {
        FormatVersion = element.Text("formatVersion"),
        Name = element.Text("name"),
        Task = element.Enumeration<FineTuneTask>("task"),
        Labels = element.Texts("labels"),
        Thresholds = element.Optional("thresholds")?.List(threshold => threshold.Number()) ?? [],
        HasPairs = element.Optional("hasPairs")?.GetBoolean() ?? false,
        MaxLength = element.Whole("maxLength"),
        Quantization = element.Optional("quantization") is null ? Quantization.None : element.Enumeration<Quantization>("quantization"),
        Tokenizer = ReadTokenizer(element.Required("tokenizer")),
        TrainingFingerprint = element.Text("trainingFingerprint"),
        ExportFingerprint = element.Text("exportFingerprint"),
        Files = element.Required("files").Map(hash => hash.GetString() ?? throw new FormatException("a file's hash is null")),
    };

    private static JsonObject WriteTokenizer(TokenizerSettings tokenizer)
    {
        var json = WriteTokenizerOfEveryKind(tokenizer);
        if (tokenizer.AddPrefixSpace)
        {
            json["addPrefixSpace"] = true;
        }

        if (tokenizer.Family is { } family)
        {
            json["family"] = family;
        }

        if (tokenizer.SingleTemplate is { } single)
        {
            json["singleTemplate"] = single;
        }

        if (tokenizer.PairTemplate is { } pair)
        {
            json["pairTemplate"] = pair;
        }

        return json;
    }

    private static JsonObject WriteTokenizerOfEveryKind(TokenizerSettings tokenizer) => new()
    {
        ["kind"] = tokenizer.Kind,
        ["files"] = JsonWriting.Texts(tokenizer.Files),
        ["lowercase"] = tokenizer.Lowercase,
        ["stripAccents"] = tokenizer.StripAccents,
        ["splitChineseCharacters"] = tokenizer.SplitChineseCharacters,
        ["unknownToken"] = tokenizer.UnknownToken,
        ["classifyToken"] = tokenizer.ClassifyToken,
        ["separatorToken"] = tokenizer.SeparatorToken,
        ["paddingToken"] = tokenizer.PaddingToken,
        ["maskToken"] = tokenizer.MaskToken,
    };

    private static TokenizerSettings ReadTokenizer(JsonElement element) => new()
    {
        Kind = element.Text("kind"),
        Files = element.Texts("files"),
        Lowercase = element.Boolean("lowercase"),
        StripAccents = element.Boolean("stripAccents"),
        SplitChineseCharacters = element.Boolean("splitChineseCharacters"),
        AddPrefixSpace = element.TryGetProperty("addPrefixSpace", out _) && element.Boolean("addPrefixSpace"),
        Family = element.TryGetProperty("family", out _) ? element.Text("family") : null,
        SingleTemplate = element.TryGetProperty("singleTemplate", out _) ? element.Text("singleTemplate") : null,
        PairTemplate = element.TryGetProperty("pairTemplate", out _) ? element.Text("pairTemplate") : null,
        UnknownToken = element.Text("unknownToken"),
        ClassifyToken = element.Text("classifyToken"),
        SeparatorToken = element.Text("separatorToken"),
        PaddingToken = element.Text("paddingToken"),
        MaskToken = element.Text("maskToken"),
    };
}
