using FineTune.Core.Manifests;
using Microsoft.ML.Tokenizers;

namespace FineTune.Runtime.Tokenization;

/// <summary>BERT's tokenizer: special tokens, basic tokenization, then WordPiece.</summary>
internal sealed class WordPieceTextTokenizer : TextTokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly BasicTokenizer _basicTokenizer;
    private readonly SpecialTokens _specialTokens;
    private readonly WordPieceTokenizer _wordPiece;

    /// <summary>Creates the tokenizer for a vocabulary.</summary>
    internal WordPieceTextTokenizer(TokenizerSettings settings, Vocabulary vocabulary)
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
        using var stream = vocabulary.OpenText();
        _wordPiece = WordPieceTokenizer.Create(stream, new WordPieceOptions
        {
            UnknownToken = settings.UnknownToken,

            // The library counts UTF-16 units and the reference code points; WordBuffer keeps the limit.
            MaxInputCharsPerWord = 2 * WordBuffer.LongestWord,
        });
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
    internal override IReadOnlyList<int> EncodeWords(string text)
    {
        List<int> ids = [];
        AddWords(text, ids, int.MaxValue);
        return ids;
    }

    /// <inheritdoc/>
    internal override int[] Encode(string text, int maxLength)
    {
        if (maxLength < 2)
        {
            throw new ArgumentOutOfRangeException(nameof(maxLength), maxLength, "An input has at least two tokens.");
        }

        List<int> ids = [ClassifyId];
        AddWords(text, ids, maxLength);
        if (ids.Count > maxLength - 1)
        {
            ids.RemoveRange(maxLength - 1, ids.Count - maxLength + 1);
        }

        ids.Add(SeparatorId);
        return [.. ids];
    }

    /// <inheritdoc/>
    internal override int CountTokens(string text)
    {
        List<int> ids = [];
        AddWords(text, ids, int.MaxValue);
        return ids.Count + 2;
    }

    /// <inheritdoc/>
    internal override void WriteFile(string name, Stream output)
    {
        using var text = _vocabulary.OpenText();
        text.CopyTo(output);
    }

    // Special tokens are looked for in the text as it was written, before anything is lowercased. Stops when enough ids are known.
    private void AddWords(string text, List<int> ids, int enough)
    {
        var words = new WordBuffer(_wordPiece, UnknownId, ids, enough);
        var start = 0;
        while (!words.IsFull && _specialTokens.FindNext(text, start, out var position, out var length, out var id))
        {
            _basicTokenizer.Split(text.AsSpan(start, position - start), words);
            ids.Add(id);
            start = position + length;
        }

        _basicTokenizer.Split(text.AsSpan(start), words);
    }
}
