using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization.Json;

/// <summary>Reads the <c>model</c> of a <c>tokenizer.json</c>.</summary>
internal static class ModelReader
{
    private const string Supported = "BPE, Unigram, WordLevel, WordPiece";

    /// <summary>Reads a model.</summary>
    internal static SubwordModel Read(JsonPart model) => (model.Find("type")?.AsText() ?? Guess(model)) switch
    {
        "BPE" => ReadBytePair(model),
        "Unigram" => ReadUnigram(model),
        "WordLevel" => ReadWordLevel(model),
        "WordPiece" => ReadWordPiece(model),
        var other => throw model.Unsupported($"is of type '{other}'", Supported),
    };

    // Files that are older than the key tell their kind by what else they have.
    private static string Guess(JsonPart model) => model switch
    {
        _ when model.Find("merges") is not null => "BPE",
        _ when model.Find("max_input_chars_per_word") is not null => "WordPiece",
        _ when model.Find("vocab") is { IsList: true } => "Unigram",
        _ => "WordLevel",
    };

    private static BytePairModel ReadBytePair(JsonPart model)
    {
        if (model.Find("dropout") is { } dropout && dropout.AsReal() != 0)
        {
            throw dropout.Unsupported($"is {dropout.AsReal()}", "byte-pair encoding without dropout");
        }

        var ids = ReadVocabulary(model.Require("vocab"));
        var prefix = model.Find("continuing_subword_prefix")?.AsText() ?? "";
        var merges = new Dictionary<(int, int), (int, int)>();
        var list = model.Require("merges").Items();
        for (var rank = 0; rank < list.Count; rank++)
        {
            var pair = list[rank].IsList ? list[rank].Items().Select(item => item.AsText()).ToArray() : list[rank].AsText().Split(' ');
            if (pair.Length != 2 || !BytePairReader.TryAdd(merges, rank, pair[0], pair[1], prefix, ids))
            {
                throw list[rank].Damaged($"('{string.Join(" ", pair)}') is not a pair of tokens of the vocabulary whose union is a token too");
            }
        }

        return new BytePairModel(ids, merges, new BytePairOptions
        {
            UnknownToken = model.Find("unk_token")?.AsText(),
            FusesUnknown = model.Boolean("fuse_unk", false),
            FallsBackToBytes = model.Boolean("byte_fallback", false),
            IgnoresMergesOfTokens = model.Boolean("ignore_merges", false),
            ContinuationPrefix = prefix,
            EndSuffix = model.Find("end_of_word_suffix")?.AsText() ?? "",
        });
    }

    private static UnigramModel ReadUnigram(JsonPart model)
    {
        var list = model.Require("vocab").Items();
        List<(string, double?)> pieces = new(list.Count);
        foreach (var entry in list)
        {
            pieces.Add(entry.Items() is [var token, var score] ? (token.AsText(), score.AsReal()) : throw entry.Damaged("is not a token and its score"));
        }

        var unknownId = model.Find("unk_id")?.AsNumber() ?? throw model.Unsupported("has no 'unk_id'", "unigram models that know a token for unknown text");
        return unknownId >= 0 && unknownId < pieces.Count
            ? new UnigramModel(pieces, unknownId, model.Boolean("byte_fallback", false), isSinglePrecision: false)
            : throw model.Damaged($"has {pieces.Count} tokens and the 'unk_id' {unknownId}");
    }

    private static WordLevelModel ReadWordLevel(JsonPart model)
    {
        var ids = ReadVocabulary(model.Require("vocab"));
        return new WordLevelModel(ids, UnknownId(model, ids));
    }

    private static WordPieceSubwords ReadWordPiece(JsonPart model)
    {
        var ids = ReadVocabulary(model.Require("vocab"));
        return new WordPieceSubwords(
            ids,
            model.Find("continuing_subword_prefix")?.AsText() ?? WordPieceTextTokenizer.ContinuationPrefix,
            UnknownId(model, ids),
            model.Find("max_input_chars_per_word")?.AsNumber() ?? WordBuffer.LongestWord);
    }

    private static int UnknownId(JsonPart model, Dictionary<string, int> ids) => ids.TryGetValue(model.Text("unk_token"), out var id)
        ? id
        : throw model.Damaged($"has no token '{model.Text("unk_token")}', which it names for unknown words");

    private static Dictionary<string, int> ReadVocabulary(JsonPart vocabulary)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (token, id) in vocabulary.Entries())
        {
            ids[token] = id.AsNumber() is var number and >= 0 ? number : throw id.Damaged("is below 0");
        }

        return ids;
    }
}
