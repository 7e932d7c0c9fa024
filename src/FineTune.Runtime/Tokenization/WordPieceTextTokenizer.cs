using FineTune.Core.Manifests;

namespace FineTune.Runtime.Tokenization;

/// <summary>BERT's tokenizer: special tokens, basic tokenization, then WordPiece.</summary>
internal sealed class WordPieceTextTokenizer : TextTokenizer
{
    /// <summary>What WordPiece vocabularies have before tokens that continue a word.</summary>
    internal const string ContinuationPrefix = "##";

    private readonly Vocabulary _vocabulary;
    private readonly BasicTokenizer _basicTokenizer;
    private readonly SpecialTokens _specialTokens;
    private readonly WordPieceModel _model;

    /// <summary>Creates the tokenizer for a vocabulary.</summary>
    /// <exception cref="FineTune.Core.Diagnostics.FineTuneException">FT2053: the vocabulary lacks a special token.</exception>
    internal WordPieceTextTokenizer(TokenizerSettings settings, Vocabulary vocabulary)
        : base(SpecialTokenTemplate.Parse(
            settings.SingleTemplate ?? UsualSingleTemplate(settings),
            settings.PairTemplate ?? UsualPairTemplate(settings),
            vocabulary.Require))
    {
        _vocabulary = vocabulary;
        _basicTokenizer = new BasicTokenizer(settings.Lowercase, settings.StripAccents, settings.SplitChineseCharacters);
        UnknownId = vocabulary.Require(settings.UnknownToken);
        ClassifyId = vocabulary.Require(settings.ClassifyToken);
        SeparatorId = vocabulary.Require(settings.SeparatorToken);
        PaddingId = vocabulary.Require(settings.PaddingToken);
        MaskId = vocabulary.Find(settings.MaskToken) ?? -1;
        _specialTokens = new SpecialTokens(
            vocabulary,
            [settings.UnknownToken, settings.ClassifyToken, settings.SeparatorToken, settings.PaddingToken, settings.MaskToken]);
        _model = new WordPieceModel(vocabulary.Tokens.Select((token, id) => (token, id)), ContinuationPrefix, UnknownId);
    }

    /// <inheritdoc/>
    internal override int VocabularySize => _vocabulary.Tokens.Count;

    /// <inheritdoc/>
    internal override int PaddingId { get; }

    /// <inheritdoc/>
    internal override int ClassifyId { get; }

    /// <inheritdoc/>
    internal override int SeparatorId { get; }

    /// <inheritdoc/>
    internal override int UnknownId { get; }

    /// <inheritdoc/>
    internal override int MaskId { get; }

    /// <inheritdoc/>
    internal override string TokenOf(int id) => id < _vocabulary.Tokens.Count ? _vocabulary.Tokens[id] : Unnamed(id);

    /// <summary>BERT's special tokens around a text.</summary>
    internal static string UsualSingleTemplate(TokenizerSettings settings) => $"{settings.ClassifyToken} $A {settings.SeparatorToken}";

    /// <summary>BERT's special tokens around a pair of texts.</summary>
    internal static string UsualPairTemplate(TokenizerSettings settings) => $"{settings.ClassifyToken} $A {settings.SeparatorToken} $B:1 {settings.SeparatorToken}:1";

    /// <inheritdoc/>
    internal override void WriteFile(string name, Stream output)
    {
        using var text = _vocabulary.OpenText();
        text.CopyTo(output);
    }

    // Special tokens are looked for in the text as it was written, before anything is lowercased.
    private protected override List<TextToken> Tokenize(string text, int enough)
    {
        List<TextToken> tokens = [];
        var words = new WordBuffer(_model, tokens, enough);
        var start = 0;
        while (!words.IsFull && _specialTokens.FindNext(text, start, out var position, out var length, out var id))
        {
            _basicTokenizer.Split(text, start, position, words);
            tokens.Add(new TextToken(id, position, position + length));
            start = position + length;
        }

        _basicTokenizer.Split(text, start, text.Length, words);
        return tokens;
    }
}
