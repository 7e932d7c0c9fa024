using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;

namespace FineTune.Runtime.Tokenization;

/// <summary>Reads settings and vocabulary from the tokenizer files of a model folder in Hugging Face layout.</summary>
internal static class HuggingFaceTokenizerReader
{
    internal const string VocabularyFile = "vocab.txt";
    private const string ByteLevelVocabularyFile = "vocab.json";
    private const string MergesFile = "merges.txt";
    private const string ModelConfigurationFile = "config.json";
    private const string TokenizerFile = "tokenizer.json";
    private const string ConfigurationFile = "tokenizer_config.json";
    private const string SpecialTokensFile = "special_tokens_map.json";
    private const string Supported = "Supported are RoBERTa's byte-level BPE with vocab.json and merges.txt, and BERT's WordPiece tokenizers (BERT, DistilBERT, ELECTRA, MobileBERT, MiniLM): a vocab.txt, or a tokenizer.json with a WordPiece model, BertNormalizer and BertPreTokenizer.";

    /// <summary>Reads a folder.</summary>
    /// <exception cref="FineTuneException">FT2050: no tokenizer; FT2051: another kind of tokenizer; FT2052: a damaged vocabulary; FT2054: a damaged file.</exception>
    internal static (TokenizerSettings Settings, Vocabulary Vocabulary) Read(string directory)
    {
        var tokenizerPath = Path.Combine(directory, TokenizerFile);
        var vocabularyPath = Path.Combine(directory, VocabularyFile);
        using var configuration = ReadJson(Path.Combine(directory, ConfigurationFile));
        using var specialTokens = ReadJson(Path.Combine(directory, SpecialTokensFile));
        using var tokenizer = ReadJson(tokenizerPath);
        CheckClass(configuration, directory);
        JsonElement? normalizer = null;
        Vocabulary vocabulary;
        if (tokenizer is not null)
        {
            vocabulary = ReadTokenizer(tokenizer.RootElement, tokenizerPath, out normalizer);
        }
        else if (File.Exists(vocabularyPath))
        {
            using var stream = File.OpenRead(vocabularyPath);
            vocabulary = Vocabulary.Read(stream, vocabularyPath);
        }
        else
        {
            throw new FineTuneException("FT2050", $"The folder '{directory}' has neither {TokenizerFile} nor {VocabularyFile}; {Found(directory)}. {Supported}");
        }

        var lowercase = Boolean(configuration, "do_lower_case") ?? Boolean(normalizer, "lowercase") ?? true;
        var settings = new TokenizerSettings
        {
            Kind = TextTokenizer.WordPieceKind,
            Files = [VocabularyFile],
            Lowercase = lowercase,
            StripAccents = Boolean(configuration, "strip_accents") ?? Boolean(normalizer, "strip_accents") ?? lowercase,
            SplitChineseCharacters = Boolean(configuration, "tokenize_chinese_chars") ?? Boolean(normalizer, "handle_chinese_chars") ?? true,
            UnknownToken = Token("unk_token", "[UNK]"),
            ClassifyToken = Token("cls_token", "[CLS]"),
            SeparatorToken = Token("sep_token", "[SEP]"),
            PaddingToken = Token("pad_token", "[PAD]"),
            MaskToken = Token("mask_token", "[MASK]"),
        };
        if (ClassOf(configuration) == "MPNetTokenizer")
        {
            // MPNet has BERT's words and segments, and two separators between the texts as RoBERTa.
            settings = settings with { PairTemplate = $"{settings.ClassifyToken} $A {settings.SeparatorToken} {settings.SeparatorToken} $B:1 {settings.SeparatorToken}:1" };
        }

        CheckAddedTokens(tokenizer, settings, tokenizerPath);
        return (settings, vocabulary);

        string Token(string name, string otherwise) => TokenText(configuration, name) ?? TokenText(specialTokens, name) ?? otherwise;
    }

    /// <summary>The settings of a folder with RoBERTa's tokenizer; <see langword="null"/> for a folder with another.</summary>
    /// <exception cref="FineTuneException">FT2050: its files are not there; FT2051: it has tokens beside the special ones; FT2054: a file is damaged.</exception>
    internal static TokenizerSettings? FindByteLevel(string directory)
    {
        using var configuration = ReadJson(Path.Combine(directory, ConfigurationFile));
        using var model = ReadJson(Path.Combine(directory, ModelConfigurationFile));
        var isByteLevel = ClassOf(configuration) is { } tokenizerClass
            ? tokenizerClass == "RobertaTokenizer"
            : Text(model, "model_type") == "roberta";
        if (!isByteLevel)
        {
            return null;
        }

        string[] files = [ByteLevelVocabularyFile, MergesFile];
        if (files.FirstOrDefault(file => !File.Exists(Path.Combine(directory, file))) is { } missing)
        {
            throw new FineTuneException("FT2050", $"The folder '{directory}' has no {missing}; {Found(directory)}. RoBERTa's tokenizer needs {ByteLevelVocabularyFile} and {MergesFile}: take them from where the model came from.");
        }

        using var specialTokens = ReadJson(Path.Combine(directory, SpecialTokensFile));
        using var tokenizer = ReadJson(Path.Combine(directory, TokenizerFile));
        var settings = new TokenizerSettings
        {
            Kind = TextTokenizer.ByteLevelKind,
            Files = files,
            Lowercase = false,
            StripAccents = false,
            SplitChineseCharacters = false,
            AddPrefixSpace = Boolean(configuration, "add_prefix_space") ?? false,
            UnknownToken = Token("unk_token", "<unk>"),
            ClassifyToken = Token("cls_token", "<s>"),
            SeparatorToken = Token("sep_token", "</s>"),
            PaddingToken = Token("pad_token", "<pad>"),
            MaskToken = Token("mask_token", "<mask>"),
        };
        CheckAddedTokens(tokenizer, settings, Path.Combine(directory, TokenizerFile));
        return settings;

        string Token(string name, string otherwise) => TokenText(configuration, name) ?? TokenText(specialTokens, name) ?? otherwise;
    }

    // DistilBertTokenizerFast, ElectraTokenizer, … are BERT's under other names; RoBERTa's, ALBERT's and CamemBERT's are not.
    private static void CheckClass(JsonDocument? configuration, string directory)
    {
        if (ClassOf(configuration) is { } tokenizerClass && !WordPieceClasses.Contains(tokenizerClass))
        {
            throw Unsupported(Path.Combine(directory, ConfigurationFile), $"a {Text(configuration, "tokenizer_class")}");
        }
    }

    // Without what the classes that are written in Rust have at their end.
    private static string? ClassOf(JsonDocument? configuration)
        => Text(configuration, "tokenizer_class") is { } name && name.EndsWith("Fast", StringComparison.Ordinal) ? name.Substring(0, name.Length - 4) : Text(configuration, "tokenizer_class");

    private static readonly HashSet<string> WordPieceClasses = new(StringComparer.Ordinal)
    {
        "BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "MobileBertTokenizer", "ConvBertTokenizer", "SqueezeBertTokenizer",
        "RetriBertTokenizer", "LxmertTokenizer", "FunnelTokenizer", "LayoutLMTokenizer", "DPRReaderTokenizer", "DPRContextEncoderTokenizer",
        "DPRQuestionEncoderTokenizer", "MPNetTokenizer", "PreTrainedTokenizer",
    };

    private static Vocabulary ReadTokenizer(JsonElement root, string path, out JsonElement? normalizer)
    {
        try
        {
            var model = root.GetProperty("model");
            var normalizerPart = root.GetProperty("normalizer");
            RequireType(model, "WordPiece", "model", path);
            RequireType(normalizerPart, "BertNormalizer", "normalizer", path);
            RequireType(root.GetProperty("pre_tokenizer"), "BertPreTokenizer", "pre_tokenizer", path);
            if (Boolean(normalizerPart, "clean_text") == false)
            {
                throw Unsupported(path, "a BertNormalizer with clean_text off");
            }

            if (model.TryGetProperty("continuing_subword_prefix", out var prefix) && prefix.GetString() is var text and not "##")
            {
                throw Unsupported(path, $"the continuation prefix '{text}' in place of '##'");
            }

            if (model.TryGetProperty("max_input_chars_per_word", out var longest) && longest.GetInt32() != WordBuffer.LongestWord)
            {
                throw Unsupported(path, $"max_input_chars_per_word {longest.GetInt32()} in place of {WordBuffer.LongestWord}");
            }

            normalizer = normalizerPart;
            return ReadVocabulary(root, model, path);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FineTuneException(
                "FT2054",
                $"The file lacks a part that every {TokenizerFile} has, or has it in another form: {exception.Message} Save the tokenizer again with tokenizer.save_pretrained.",
                new SourceLocation(path),
                exception);
        }
    }

    private static Vocabulary ReadVocabulary(JsonElement root, JsonElement model, string path)
    {
        var ids = new Dictionary<int, string>();
        foreach (var entry in model.GetProperty("vocab").EnumerateObject())
        {
            Add(entry.Value.GetInt32(), entry.Name);
        }

        if (root.TryGetProperty("added_tokens", out var added) && added.ValueKind == JsonValueKind.Array)
        {
            foreach (var token in added.EnumerateArray())
            {
                Add(token.GetProperty("id").GetInt32(), token.GetProperty("content").GetString()!);
            }
        }

        var tokens = new string[ids.Count];
        for (var id = 0; id < tokens.Length; id++)
        {
            tokens[id] = ids.TryGetValue(id, out var token)
                ? token
                : throw new FineTuneException("FT2052", $"The vocabulary has {ids.Count} tokens but none with the id {id}. Ids have to count from 0 without gaps.", new SourceLocation(path));
        }

        return new Vocabulary(tokens, path);

        void Add(int id, string token)
        {
            if (ids.TryGetValue(id, out var other) && other != token)
            {
                throw new FineTuneException("FT2052", $"The vocabulary gives the id {id} to '{other}' and to '{token}'. Take the file anew from where the model came from.", new SourceLocation(path));
            }

            ids[id] = token;
        }
    }

    // Tokens that were added beside the special ones are found in the raw text by the reference; leaving them out would change the ids silently.
    private static void CheckAddedTokens(JsonDocument? tokenizer, TokenizerSettings settings, string path)
    {
        if (tokenizer is null || !tokenizer.RootElement.TryGetProperty("added_tokens", out var added) || added.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        string[] known = [settings.UnknownToken, settings.ClassifyToken, settings.SeparatorToken, settings.PaddingToken, settings.MaskToken];
        var others = added.EnumerateArray().Select(token => token.GetProperty("content").GetString()).Where(token => !known.Contains(token)).ToArray();
        if (others.Length > 0)
        {
            throw Unsupported(path, $"{others.Length} added tokens ('{others[0]}', …) beside the five special ones");
        }
    }

    private static void RequireType(JsonElement part, string expected, string name, string path)
    {
        var type = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var value) ? value.GetString() : null;
        if (type != expected)
        {
            throw Unsupported(path, $"a {name} of type '{type ?? "none"}' in place of '{expected}'");
        }
    }

    private static FineTuneException Unsupported(string path, string found) => new(
        "FT2051",
        $"This tokenizer is not supported: the file has {found}. {Supported}",
        new SourceLocation(path));

    private static string Found(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return "the folder does not exist";
        }

        var files = Directory.GetFiles(directory).Select(Path.GetFileName).OrderBy(name => name, StringComparer.Ordinal).ToArray();
        return files.Length == 0 ? "the folder is empty" : "it has " + string.Join(", ", files.Take(20)) + (files.Length > 20 ? ", …" : "");
    }

    private static JsonDocument? ReadJson(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var stream = File.OpenRead(path);
            var document = JsonDocument.Parse(stream);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new FineTuneException("FT2054", "The file is JSON but not an object. Take it anew from where the model came from.", new SourceLocation(path));
        }
        catch (JsonException exception)
        {
            throw new FineTuneException(
                "FT2054",
                "The file is not valid JSON. Take it anew from where the model came from.",
                new SourceLocation(path, (int)(exception.LineNumber ?? -1) + 1, (int)(exception.BytePositionInLine ?? -1) + 1),
                exception);
        }
    }

    private static string? Text(JsonDocument? document, string name)
        => document is not null && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool? Boolean(JsonDocument? document, string name) => document is null ? null : Boolean(document.RootElement, name);

    private static bool? Boolean(JsonElement? element, string name)
        => element is { } part && part.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    // A special token is written as its text, or as an object with the text as "content".
    private static string? TokenText(JsonDocument? document, string name)
    {
        if (document is null || !document.RootElement.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Object when value.TryGetProperty("content", out var content) => content.GetString(),
            _ => null,
        };
    }
}
