using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Tests.Tokenization;

/// <summary>Texts with the ids and ranges that the reference gave.</summary>
internal sealed record ReferenceLine(string Text, int[] Ids, (int Start, int End)[]? Ranges)
{
    /// <summary>The number of lines of each reference, and of those at its beginning that real texts are.</summary>
    public const int All = 2357;

    /// <summary>Reads a reference; the test is skipped where it is not there.</summary>
    public static IReadOnlyList<ReferenceLine> Read(string name)
    {
        using var stream = new GZipStream(File.OpenRead(SharedFiles.Require($"data/tokenizers/{name}.jsonl.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        List<ReferenceLine> lines = [];
        while (reader.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            lines.Add(From(document.RootElement));
        }

        Assert.Equal(All, lines.Count);
        return lines;
    }

    /// <summary>Reads a line; its ranges count code points.</summary>
    public static ReferenceLine From(JsonElement line)
    {
        var text = line.GetProperty("text").GetString()!;
        var units = UnitsOf(text);
        return new(
            text,
            [.. line.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())],
            line.TryGetProperty("offsets", out var offsets) ? [.. offsets.EnumerateArray().Select(range => (units[range[0].GetInt32()], units[range[1].GetInt32()]))] : null);
    }

    /// <summary>What differs, line by line; empty where nothing does.</summary>
    public static string Differences(IReadOnlyList<ReferenceLine> lines, Func<string, IEnumerable<TextToken>> tokenize, int specialTokensAtEachEnd)
    {
        var differences = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            var (text, ids, ranges) = lines[i];
            TextToken[] expected = [.. ids.Select((id, position) => new TextToken(id, ranges?[position].Start ?? 0, ranges?[position].End ?? 0))];
            var without = expected.AsSpan()[specialTokensAtEachEnd..^specialTokensAtEachEnd].ToArray();
            TextToken[] actual = [.. tokenize(text).Select(token => ranges is null ? new TextToken(token.Id, 0, 0) : token)];
            if (!without.SequenceEqual(actual))
            {
                differences.AppendLine($"line {i + 1}: {JsonSerializer.Serialize(text)}\n  reference: {Show(without)}\n  ours:      {Show(actual)}");
            }
        }

        return differences.ToString();
    }

    private static string Show(IEnumerable<TextToken> tokens) => string.Join(' ', tokens.Select(token => $"{token.Id}[{token.Start},{token.End})"));

    private static List<int> UnitsOf(string text)
    {
        List<int> units = [0];
        for (var unit = 0; unit < text.Length;)
        {
            unit += char.IsHighSurrogate(text[unit]) && unit + 1 < text.Length ? 2 : 1;
            units.Add(unit);
        }

        return units;
    }
}
