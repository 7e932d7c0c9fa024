using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Runtime.Tokenization;

namespace FineTune.Runtime.Tests.Tokenization;

public sealed class HuggingFaceFolderTests : IDisposable
{
    private const string SmallVocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\ncafe\ncafé\nCafé\nbar\n##s\n中\n文\n中文\n";
    private const string TokenizerJson = """
        {"added_tokens":[{"id":0,"content":"[PAD]"},{"id":1,"content":"[UNK]"},{"id":2,"content":"[CLS]"},{"id":3,"content":"[SEP]"},{"id":4,"content":"[MASK]"}],
         "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
         "pre_tokenizer":{"type":"BertPreTokenizer"},
         "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
                  "vocab":{"##s":6,"bar":5,"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4}}}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_vocabulary_alone_is_lowercased_without_accents_as_in_transformers()
    {
        _folder.Write("vocab.txt", SmallVocabulary);

        var tokenizer = TextTokenizer.FromHuggingFaceFolder(_folder.Path, out var settings);

        Assert.True(settings.Lowercase);
        Assert.True(settings.StripAccents);
        Assert.Equal([2, 5, 8, 9, 3], tokenizer.Encode("Café BARS", 16));
        Assert.Equal((13, 0, 1, 2, 3, 4), (tokenizer.VocabularySize, tokenizer.PaddingId, tokenizer.UnknownId, tokenizer.ClassifyId, tokenizer.SeparatorId, tokenizer.MaskId));
    }

    [Fact]
    public void Configuration_decides_case_accents_and_ideographs()
    {
        _folder.Write("vocab.txt", SmallVocabulary);
        _folder.Write("tokenizer_config.json", """{"do_lower_case":false,"strip_accents":null,"tokenize_chinese_chars":false,"tokenizer_class":"BertTokenizer"}""");

        var tokenizer = TextTokenizer.FromHuggingFaceFolder(_folder.Path, out var settings);

        Assert.False(settings.Lowercase);
        Assert.False(settings.StripAccents);
        Assert.Equal([7, 12], tokenizer.Tokenize("Café 中文").Select(token => token.Id));
    }

    [Fact]
    public void Lowercasing_may_keep_accents()
    {
        _folder.Write("vocab.txt", SmallVocabulary);
        _folder.Write("tokenizer_config.json", """{"do_lower_case":true,"strip_accents":false}""");

        Assert.Equal([6], TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _).Tokenize("Café").Select(token => token.Id));
    }

    [Fact]
    public void Special_tokens_take_the_names_of_the_configuration()
    {
        _folder.Write("vocab.txt", "<pad>\n<unk>\n<s>\n</s>\nbar\n");
        _folder.Write("tokenizer_config.json", """{"pad_token":"<pad>","unk_token":"<unk>","cls_token":{"content":"<s>"},"sep_token":"</s>"}""");

        var tokenizer = TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _);

        Assert.Equal([2, 4, 3, 1, 3], tokenizer.Encode("bar</s>foo", 16));
        Assert.Equal(-1, tokenizer.MaskId);
    }

    [Fact]
    public void A_tokenizer_json_alone_suffices_and_its_vocabulary_can_be_written()
    {
        _folder.Write("tokenizer.json", TokenizerJson);

        var tokenizer = TextTokenizer.FromHuggingFaceFolder(_folder.Path, out var settings);
        using var vocabulary = new MemoryStream();
        tokenizer.WriteFile("vocab.txt", vocabulary);

        Assert.Equal("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nbar\n##s\n", Encoding.UTF8.GetString(vocabulary.ToArray()));
        Assert.Equal(["vocab.txt"], settings.Files);
        var again = TextTokenizer.Create(settings, _ => new MemoryStream(vocabulary.ToArray()));
        Assert.Equal(tokenizer.Encode("bars bar", 16), again.Encode("bars bar", 16));
    }

    [Fact]
    public void A_folder_without_tokenizer_says_what_it_has()
    {
        _folder.Write("config.json", "{}");

        var exception = Assert.Throws<FineTuneException>(() => TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _));

        Assert.Equal("FT2050", exception.Code);
        Assert.Contains("it has config.json", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"##\"", "\"@@\"")]
    [InlineData("\"max_input_chars_per_word\":100", "\"max_input_chars_per_word\":50")]
    [InlineData("\"clean_text\":true", "\"clean_text\":false")]
    [InlineData("BertPreTokenizer", "Whitespace")]
    [InlineData("""{"id":4,"content":"[MASK]"}""", """{"id":4,"content":"[MASK]"},{"id":7,"content":"[USER]"}""")]
    [InlineData("""{"id":4,"content":"[MASK]"}""", """{"id":4,"content":"[MASK]","lstrip":true}""")]
    public void What_is_not_plainly_BERTs_keeps_its_file(string part, string replacement)
    {
        var file = _folder.Write("tokenizer.json", TokenizerJson.Replace(part, replacement, StringComparison.Ordinal));

        var tokenizer = TextTokenizer.FromHuggingFaceFolder(_folder.Path, out var settings);
        using var written = new MemoryStream();
        tokenizer.WriteFile("tokenizer.json", written);

        Assert.Equal("HuggingFaceJson", settings.Kind);
        Assert.Equal(["tokenizer.json"], settings.Files);
        Assert.Equal(File.ReadAllBytes(file), written.ToArray());
        Assert.Equal(tokenizer.Tokenize("Bars [USER] bar"), TextTokenizer.Create(settings, _ => File.OpenRead(file)).Tokenize("Bars [USER] bar"));
    }

    [Fact]
    public void Another_tokenizer_class_is_named()
    {
        _folder.Write("vocab.txt", SmallVocabulary);
        _folder.Write("tokenizer_config.json", """{"tokenizer_class":"CamembertTokenizerFast"}""");

        var exception = Assert.Throws<FineTuneException>(() => TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _));

        Assert.Equal("FT2051", exception.Code);
        Assert.Contains("CamembertTokenizerFast", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\na\n", "FT2052")]
    [InlineData("vocab.txt", "", "FT2052")]
    [InlineData("vocab.txt", "[PAD]\n[UNK]\n[CLS]\na\n", "FT2053")]
    [InlineData("tokenizer.json", "{\"model\":", "FT2054")]
    [InlineData("tokenizer.json", "[]", "FT2054")]
    [InlineData("tokenizer.json", "{\"model\":{\"type\":\"WordPiece\"}}", "FT2054")]
    [InlineData("tokenizer.json", "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}", "FT2054")]
    [InlineData("tokenizer.json", "{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0},\"unk_token\":\"a\"}}", "FT2053")]
    [InlineData("tokenizer.json", "{\"model\":{\"type\":\"Other\"}}", "FT2055")]
    [InlineData("tokenizer.json", "{\"normalizer\":{\"type\":\"Other\"},\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0},\"unk_token\":\"a\"}}", "FT2055")]
    [InlineData("tokenizer.json", "{\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\\\\h+\"},\"behavior\":\"Isolated\"},\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0},\"unk_token\":\"a\"}}", "FT2056")]
    public void Damage_has_a_code_and_names_the_file(string name, string text, string code)
    {
        var path = _folder.Write(name, text);

        var exception = Assert.Throws<FineTuneException>(() => TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _));

        Assert.Equal(code, exception.Code);
        Assert.Equal(path, exception.Diagnostics[0].Location?.File);
    }

    [Fact]
    public void Long_text_is_cut_and_ends_with_the_separator()
    {
        _folder.Write("vocab.txt", SmallVocabulary);
        var tokenizer = TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _);

        Assert.Equal([2, 8, 9, 8, 3], tokenizer.Encode("bars bars bars", 5));
        Assert.Equal([2, 3], tokenizer.Encode("bars", 2));
        Assert.Equal(8, tokenizer.CountTokens("bars bars bars"));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Encode("bars", 1));
    }

    [Fact]
    public void Ranges_count_UTF16_units_of_the_text_as_it_was_written()
    {
        _folder.Write("vocab.txt", SmallVocabulary);

        Assert.Equal(
            [new TextToken(1, 1, 3), new TextToken(5, 4, 8), new TextToken(4, 10, 16), new TextToken(8, 16, 19), new TextToken(9, 19, 20)],
            TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _).Tokenize(" 😀 CAFE\u0301 [MASK]BARS"));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_dropped()
    {
        _folder.Write("vocab.txt", SmallVocabulary);

        Assert.Equal([8, 9], TextTokenizer.FromHuggingFaceFolder(_folder.Path, out _).Tokenize("ba\ud83dr\udc4ds\ud83d").Select(token => token.Id));
    }
}
