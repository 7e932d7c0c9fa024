using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization.Json;
using FineTune.Runtime.Tokenization.SentencePiece;

namespace FineTune.Runtime.Tokenization;

/// <summary>Reads the tokenizer of a model folder in Hugging Face layout.</summary>
internal static class HuggingFaceTokenizerReader
{
    internal const string VocabularyFile = "vocab.txt";
    private const string ByteLevelVocabularyFile = "vocab.json";
    private const string MergesFile = "merges.txt";
    private const string ModelConfigurationFile = "config.json";
    private const string TokenizerFile = "tokenizer.json";
    private const string ConfigurationFile = "tokenizer_config.json";
    private const string SpecialTokensFile = "special_tokens_map.json";
    private const string Supported = "Supported are a tokenizer.json; BERT's vocab.txt (BERT, DistilBERT, ELECTRA, MobileBERT, MiniLM, MPNet); RoBERTa's vocab.json with merges.txt; and the SentencePiece models of ALBERT, CamemBERT, DeBERTa v2, Llama, T5 and XLM-RoBERTa.";

    /// <summary>The names that SentencePiece models have in the folders of their families.</summary>
    private static readonly string[] SentencePieceFiles = ["spiece.model", "sentencepiece.bpe.model", "spm.model", "tokenizer.model", "sentencepiece.model"];

    private static readonly string[] AddedTokenFlags = ["normalized", "single_word", "lstrip", "rstrip"];

    /// <summary>Reads a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="settings">The settings for a manifest.</param>
    /// <exception cref="FineTuneException">
    /// FT2050: no tokenizer; FT2051, FT2055, FT2056: one that is not supported; FT2052: a damaged vocabulary; FT2053: a special token is missing; FT2054: a damaged file.
    /// </exception>
    internal static TextTokenizer Read(string directory, out TokenizerSettings settings)
    {
        using var configuration = ReadJson(Path.Combine(directory, ConfigurationFile));
        using var specialTokens = ReadJson(Path.Combine(directory, SpecialTokensFile));
        var tokenizerPath = Path.Combine(directory, TokenizerFile);
        using var tokenizer = ReadJson(tokenizerPath);
        if (tokenizer is not null)
        {
            return ReadTokenizer(JsonPart.Root(tokenizer.RootElement, tokenizerPath), configuration, Token, out settings);
        }

        using var model = ReadJson(Path.Combine(directory, ModelConfigurationFile));
        if (ClassOf(configuration) is { } tokenizerClass ? tokenizerClass == "RobertaTokenizer" : Text(model, "model_type") == "roberta")
        {
            settings = ByteLevelSettings(directory, configuration, Token);
            return TextTokenizer.Create(settings, name => File.OpenRead(Path.Combine(directory, name)));
        }

        if (FindFamily(configuration, model) is { } family && FindSentencePiece(directory) is { } sentencePiece)
        {
            settings = SentencePieceSettings(family, sentencePiece, configuration, Token);
            return SentencePieceTextTokenizer.Create(settings, new Dictionary<string, byte[]> { [sentencePiece] = File.ReadAllBytes(Path.Combine(directory, sentencePiece)) }, Path.Combine(directory, sentencePiece));
        }

        CheckClass(configuration, directory);
        var vocabularyPath = Path.Combine(directory, VocabularyFile);
        if (!File.Exists(vocabularyPath))
        {
            throw new FineTuneException("FT2050", $"The folder '{directory}' has neither {TokenizerFile} nor {VocabularyFile}; {Found(directory)}. {Supported}");
        }

        using var stream = File.OpenRead(vocabularyPath);
        settings = WordPieceSettings(configuration, normalizer: null, Token);
        if (ClassOf(configuration) == "MPNetTokenizer")
        {
            // MPNet has BERT's words and segments, and two separators between the texts as RoBERTa.
            settings = settings with { PairTemplate = $"{settings.ClassifyToken} $A {settings.SeparatorToken} {settings.SeparatorToken} $B:1 {settings.SeparatorToken}:1" };
        }

        return new WordPieceTextTokenizer(settings, Vocabulary.Read(stream, vocabularyPath));

        string? Token(string name) => TokenText(configuration, name) ?? TokenText(specialTokens, name);
    }

    private static TextTokenizer ReadTokenizer(JsonPart root, JsonDocument? configuration, Func<string, string?> token, out TokenizerSettings settings)
    {
        var normalizer = root.Find("normalizer");
        var isBert = normalizer?.Type == "BertNormalizer";
        settings = WordPieceSettings(configuration, isBert ? normalizer : null, token);
        if (isBert && IsPlainWordPiece(root, settings))
        {
            var vocabulary = ReadVocabulary(root);
            if (root.Find("post_processor") is { } postProcessor)
            {
                var (template, _) = PostProcessorReader.Read(postProcessor, new Dictionary<string, int>());
                var (single, pair) = (template.DescribeSingle(id => vocabulary.Tokens[id]), template.DescribePair(id => vocabulary.Tokens[id]));
                settings = settings with
                {
                    SingleTemplate = single == WordPieceTextTokenizer.UsualSingleTemplate(settings) ? null : single,
                    PairTemplate = pair == WordPieceTextTokenizer.UsualPairTemplate(settings) ? null : pair,
                };
            }

            return new WordPieceTextTokenizer(settings, vocabulary);
        }

        var pipeline = TokenizerJsonReader.Read(root, settings);
        settings = settings with
        {
            Kind = TextTokenizer.JsonKind,
            Files = [TokenizerFile],
            Lowercase = isBert ? settings.Lowercase : NormalizerReader.Lowercases(normalizer),
            StripAccents = isBert && settings.StripAccents,
            SplitChineseCharacters = isBert && settings.SplitChineseCharacters,
            UnknownToken = Known("unk_token", "[UNK]", "<unk>"),
            ClassifyToken = Known("cls_token", "[CLS]", "<s>"),
            SeparatorToken = Known("sep_token", "[SEP]", "</s>"),
            PaddingToken = Known("pad_token", "[PAD]", "<pad>"),
            MaskToken = Known("mask_token", "[MASK]", "<mask>"),
        };
        return new PipelineTextTokenizer(pipeline, settings, new Dictionary<string, byte[]> { [TokenizerFile] = File.ReadAllBytes(root.File) }, root.File);

        string Known(string name, params string[] usual) => token(name) ?? usual.FirstOrDefault(text => pipeline.Find(text) is not null) ?? usual[0];
    }

    private static TokenizerSettings WordPieceSettings(JsonDocument? configuration, JsonPart? normalizer, Func<string, string?> token)
    {
        var lowercase = Boolean(configuration, "do_lower_case") ?? normalizer?.Boolean("lowercase", true) ?? true;
        return new TokenizerSettings
        {
            Kind = TextTokenizer.WordPieceKind,
            Files = [VocabularyFile],
            Lowercase = lowercase,
            StripAccents = Boolean(configuration, "strip_accents") ?? normalizer?.Boolean("strip_accents", lowercase) ?? lowercase,
            SplitChineseCharacters = Boolean(configuration, "tokenize_chinese_chars") ?? normalizer?.Boolean("handle_chinese_chars", true) ?? true,
            UnknownToken = token("unk_token") ?? "[UNK]",
            ClassifyToken = token("cls_token") ?? "[CLS]",
            SeparatorToken = token("sep_token") ?? "[SEP]",
            PaddingToken = token("pad_token") ?? "[PAD]",
            MaskToken = token("mask_token") ?? "[MASK]",
        };
    }

    private static TokenizerSettings ByteLevelSettings(string directory, JsonDocument? configuration, Func<string, string?> token)
    {
        string[] files = [ByteLevelVocabularyFile, MergesFile];
        if (files.FirstOrDefault(file => !File.Exists(Path.Combine(directory, file))) is { } missing)
        {
            throw new FineTuneException("FT2050", $"The folder '{directory}' has no {missing}; {Found(directory)}. RoBERTa's tokenizer needs {TokenizerFile}, or {ByteLevelVocabularyFile} and {MergesFile}: take them from where the model came from.");
        }

        return new TokenizerSettings
        {
            Kind = TextTokenizer.ByteLevelKind,
            Files = files,
            Lowercase = false,
            StripAccents = false,
            SplitChineseCharacters = false,
            AddPrefixSpace = Boolean(configuration, "add_prefix_space") ?? false,
            UnknownToken = token("unk_token") ?? "<unk>",
            ClassifyToken = token("cls_token") ?? "<s>",
            SeparatorToken = token("sep_token") ?? "</s>",
            PaddingToken = token("pad_token") ?? "<pad>",
            MaskToken = token("mask_token") ?? "<mask>",
        };
    }

    private static TokenizerSettings SentencePieceSettings(SentencePieceFamily family, string file, JsonDocument? configuration, Func<string, string?> token)
    {
        if (Boolean(configuration, "split_by_punct") == true)
        {
            throw new FineTuneException("FT2055", $"{ConfigurationFile} asks for 'split_by_punct', which this version does not do. Save the tokenizer as {TokenizerFile} with transformers.");
        }

        var usual = SentencePieceTextTokenizer.UsualTokens(family);
        var isAlbert = family == SentencePieceFamily.Albert;
        var isBare = family == SentencePieceFamily.Llama && Boolean(configuration, "add_bos_token") == false;
        return new TokenizerSettings
        {
            Kind = TextTokenizer.SentencePieceKind,
            Family = family.ToString(),
            Files = [file],
            SingleTemplate = isBare ? "$A" : null,
            PairTemplate = isBare ? "$A $B:1" : null,
            Lowercase = (Boolean(configuration, "do_lower_case") ?? isAlbert) && family is SentencePieceFamily.Albert or SentencePieceFamily.DebertaV2,
            StripAccents = isAlbert && Boolean(configuration, "keep_accents") != true,
            SplitChineseCharacters = false,
            UnknownToken = token("unk_token") ?? usual.Unknown,
            ClassifyToken = token("cls_token") ?? usual.Classify,
            SeparatorToken = token("sep_token") ?? usual.Separator,
            PaddingToken = token("pad_token") ?? usual.Padding,
            MaskToken = token("mask_token") ?? usual.Mask,
        };
    }

    private static SentencePieceFamily? FindFamily(JsonDocument? configuration, JsonDocument? model) => (ClassOf(configuration) ?? Text(model, "model_type")) switch
    {
        "AlbertTokenizer" or "albert" => SentencePieceFamily.Albert,
        "CamembertTokenizer" or "camembert" => SentencePieceFamily.Camembert,
        "DebertaV2Tokenizer" or "deberta-v2" => SentencePieceFamily.DebertaV2,
        "LlamaTokenizer" or "llama" => SentencePieceFamily.Llama,
        "T5Tokenizer" or "t5" => SentencePieceFamily.T5,
        "XLMRobertaTokenizer" or "xlm-roberta" => SentencePieceFamily.XlmRoberta,
        _ => null,
    };

    private static string? FindSentencePiece(string directory) => SentencePieceFiles.FirstOrDefault(file => File.Exists(Path.Combine(directory, file)));

    // Whether the tokenizer is BERT's with nothing added, which has a faster way through its text.
    private static bool IsPlainWordPiece(JsonPart root, TokenizerSettings settings)
    {
        string[] special = [settings.UnknownToken, settings.ClassifyToken, settings.SeparatorToken, settings.PaddingToken, settings.MaskToken];
        var model = root.Require("model");
        var added = root.Find("added_tokens")?.Items() ?? [];
        var tokens = added.Select(token => token.Text("content")).Concat(model.Require("vocab").Entries().Select(entry => entry.Name));
        return model.Find("type")?.AsText() == "WordPiece"
            && (model.Find("continuing_subword_prefix")?.AsText() ?? WordPieceTextTokenizer.ContinuationPrefix) == WordPieceTextTokenizer.ContinuationPrefix
            && (model.Find("max_input_chars_per_word")?.AsNumber() ?? WordBuffer.LongestWord) == WordBuffer.LongestWord
            && model.Text("unk_token") == settings.UnknownToken
            && root.Require("normalizer").Boolean("clean_text", true)
            && root.Find("pre_tokenizer")?.Type == "BertPreTokenizer"
            && added.All(token => special.Contains(token.Text("content")) && !AddedTokenFlags.Any(flag => token.Boolean(flag, false)))
            && special.Take(4).All(new HashSet<string>(tokens, StringComparer.Ordinal).Contains)
            && special.All(token => !token.Contains(' ') && !token.Contains(':'));
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

    private static Vocabulary ReadVocabulary(JsonPart root)
    {
        var ids = new Dictionary<int, string>();
        foreach (var (token, id) in root.Require("model").Require("vocab").Entries())
        {
            Add(id.AsNumber(), token);
        }

        foreach (var token in root.Find("added_tokens")?.Items() ?? [])
        {
            Add(token.Number("id"), token.Text("content"));
        }

        var tokens = new string[ids.Count];
        for (var id = 0; id < tokens.Length; id++)
        {
            tokens[id] = ids.TryGetValue(id, out var token)
                ? token
                : throw new FineTuneException("FT2052", $"The vocabulary has {ids.Count} tokens but none with the id {id}. Ids have to count from 0 without gaps.", new SourceLocation(root.File));
        }

        return new Vocabulary(tokens, root.File);

        void Add(int id, string token)
        {
            if (ids.TryGetValue(id, out var other) && other != token)
            {
                throw new FineTuneException("FT2052", $"The vocabulary gives the id {id} to '{other}' and to '{token}'. Take the file anew from where the model came from.", new SourceLocation(root.File));
            }

            ids[id] = token;
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

    private static bool? Boolean(JsonDocument? document, string name)
        => document is not null && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

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
