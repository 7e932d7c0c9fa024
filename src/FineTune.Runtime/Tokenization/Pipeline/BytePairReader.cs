using System.Text;
using System.Text.Json;
using FineTune.Core.Diagnostics;

namespace FineTune.Runtime.Tokenization.Pipeline;

/// <summary>Reads a byte-pair model from the two files of GPT-2's layout.</summary>
internal static class BytePairReader
{
    /// <summary>Reads <c>vocab.json</c> (token to id) and <c>merges.txt</c> (a pair per line, in the order of learning; a <c>#version</c> line is optional).</summary>
    /// <exception cref="FineTuneException">FT2054: a file is damaged.</exception>
    /// <param name="openFile">Opens a file of the model by its name.</param>
    /// <param name="vocabularyFile">The name of <c>vocab.json</c>.</param>
    /// <param name="mergesFile">The name of <c>merges.txt</c>.</param>
    /// <param name="unknownToken">The token for characters that the vocabulary lacks.</param>
    internal static BytePairModel Read(Func<string, Stream> openFile, string vocabularyFile, string mergesFile, string unknownToken)
    {
        using var vocabulary = openFile(vocabularyFile);
        using var merges = openFile(mergesFile);
        var ids = ReadVocabulary(vocabulary, vocabularyFile);
        return new BytePairModel(ids, ReadMerges(merges, mergesFile, ids), new BytePairOptions { UnknownToken = unknownToken });
    }

    /// <summary>Adds the merge of two tokens; false where they or their union are not in the vocabulary.</summary>
    internal static bool TryAdd(Dictionary<(int Left, int Right), (int Rank, int Id)> merges, int rank, string left, string right, string continuationPrefix, Dictionary<string, int> ids)
    {
        if (right.Length < continuationPrefix.Length
            || !ids.TryGetValue(left, out var leftId)
            || !ids.TryGetValue(right, out var rightId)
            || !ids.TryGetValue(left + right.Remove(0, continuationPrefix.Length), out var merged))
        {
            return false;
        }

        merges[(leftId, rightId)] = (rank, merged);
        return true;
    }

    private static Dictionary<string, int> ReadVocabulary(Stream stream, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(stream);
            var ids = new Dictionary<string, int>(StringComparer.Ordinal);
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                ids[entry.Name] = entry.Value.TryGetInt32(out var id) && id >= 0 ? id : throw new FormatException($"the id of '{entry.Name}' is not a number from 0 on");
            }

            return ids;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new FineTuneException("FT2054", $"The file is not a JSON object of tokens and their ids: {exception.Message} Take it anew from where the model came from.", new SourceLocation(file), exception);
        }
    }

    private static Dictionary<(int Left, int Right), (int Rank, int Id)> ReadMerges(Stream stream, string file, Dictionary<string, int> ids)
    {
        var merges = new Dictionary<(int, int), (int, int)>();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var row = 0;
        while (reader.ReadLine() is { } line)
        {
            row++;
            if (line.Length == 0 || line.StartsWith("#version", StringComparison.Ordinal))
            {
                continue;
            }

            var parts = line.Split(' ');
            if (parts.Length != 2 || !TryAdd(merges, row, parts[0], parts[1], continuationPrefix: "", ids))
            {
                throw new FineTuneException(
                    "FT2054",
                    $"'{line}' is not a pair of tokens of the vocabulary whose union is a token too. Take vocab.json and merges.txt anew, both from the same model.",
                    new SourceLocation(file, row));
            }

        }

        return merges;
    }
}
