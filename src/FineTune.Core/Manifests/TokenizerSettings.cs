namespace FineTune.Core.Manifests;

/// <summary>All that is needed to turn text into the token ids that a model was trained on.</summary>
public sealed record TokenizerSettings
{
    /// <summary>The algorithm: <c>WordPiece</c>, <c>ByteLevelBytePair</c>, <c>SentencePiece</c>, or <c>HuggingFaceJson</c> for what a <c>tokenizer.json</c> says.</summary>
    public required string Kind { get; init; }

    /// <summary>Names of the vocabulary files beside the manifest, such as <c>vocab.txt</c>.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>
    /// Whose conventions of ids and special tokens a SentencePiece model is used with: <c>Albert</c>, <c>Camembert</c>, <c>DebertaV2</c>, <c>Llama</c>,
    /// <c>T5</c> or <c>XlmRoberta</c>; <see langword="null"/> for other kinds.
    /// </summary>
    public string? Family { get; init; }

    /// <summary>Whether text is lowercased.</summary>
    public required bool Lowercase { get; init; }

    /// <summary>Whether accents are removed.</summary>
    public required bool StripAccents { get; init; }

    /// <summary>Whether each CJK ideograph is a word of its own.</summary>
    public required bool SplitChineseCharacters { get; init; }

    /// <summary>Whether a text that begins without a blank is read as if it had one there.</summary>
    public bool AddPrefixSpace { get; init; }

    /// <summary>
    /// Where special tokens stand around one text, in the form of Hugging Face's <c>TemplateProcessing</c>, such as <c>[CLS] $A [SEP]</c>;
    /// <see langword="null"/> for that of the kind.
    /// </summary>
    public string? SingleTemplate { get; init; }

    /// <summary>
    /// Where special tokens stand around a pair of texts, such as <c>[CLS] $A [SEP] $B:1 [SEP]:1</c>, with segments other than 0 after colons;
    /// <see langword="null"/> for that of the kind.
    /// </summary>
    public string? PairTemplate { get; init; }

    /// <summary>The token for unknown words.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>The token before each input.</summary>
    public string ClassifyToken { get; init; } = "[CLS]";

    /// <summary>The token after each segment.</summary>
    public string SeparatorToken { get; init; } = "[SEP]";

    /// <summary>The token that fills a batch.</summary>
    public string PaddingToken { get; init; } = "[PAD]";

    /// <summary>The token that hides a word in masked-language-model training.</summary>
    public string MaskToken { get; init; } = "[MASK]";
}
