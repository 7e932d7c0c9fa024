using System.Text;
using System.Text.Json;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Tests.Tokenization;

/// <summary>Holds the tokenizer to ids that the reference gave (HardLines.py), over scripts, marks, control characters and special tokens.</summary>
public sealed class HardLinesTests
{
    private static readonly JsonElement HardLines = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Tokenization", "HardLines.json"))).RootElement;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Hard_lines_give_the_reference_ids(int settingsIndex)
    {
        var expected = HardLines.GetProperty("cases")[settingsIndex];
        var tokenizer = CreateTokenizer(expected);
        var lines = HardLines.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!).ToArray();

        for (var i = 0; i < lines.Length; i++)
        {
            int[] ids = [.. expected.GetProperty("ids")[i].EnumerateArray().Select(id => id.GetInt32())];
            Assert.True(ids.SequenceEqual(tokenizer.Encode(lines[i], int.MaxValue)), $"line {i}: '{lines[i]}'");
        }
    }

    private static TextTokenizer CreateTokenizer(JsonElement settings) => TextTokenizer.Create(
        new TokenizerSettings
        {
            Kind = "WordPiece",
            Files = ["vocab.txt"],
            Lowercase = settings.GetProperty("lowercase").GetBoolean(),
            StripAccents = settings.GetProperty("strip_accents").GetBoolean(),
            SplitChineseCharacters = settings.GetProperty("handle_chinese_chars").GetBoolean(),
        },
        _ => new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', HardLines.GetProperty("vocabulary").EnumerateArray().Select(token => token.GetString())))));
}
