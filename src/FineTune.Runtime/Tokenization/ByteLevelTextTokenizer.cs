using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization;

/// <summary>RoBERTa's tokenizer: special tokens, then byte-level byte-pair encoding.</summary>
internal sealed class ByteLevelTextTokenizer : TextTokenizer
{
    private readonly TokenizerSettings _settings;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly BytePairModel _model;
    private readonly SpecialTokens _specialTokens;
    private readonly ByteLevelPreTokenizer _preTokenizer;

    /// <summary>Creates the tokenizer from its two files.</summary>
    /// <exception cref="FineTuneException">FT2053: the vocabulary lacks a special token; FT2054: a file is damaged.</exception>
    internal ByteLevelTextTokenizer(TokenizerSettings settings, Func<string, Stream> openFile)
    {
        _settings = settings;
        foreach (var name in settings.Files)
        {
            using var file = openFile(name);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            _files.Add(name, copy.ToArray());
        }

        _model = BytePairReader.Read(name => new MemoryStream(_files[name]), settings.Files[0], settings.Files[1], settings.UnknownToken);
        _preTokenizer = new ByteLevelPreTokenizer(settings.AddPrefixSpace);
        UnknownId = Require(settings.UnknownToken);
        ClassifyId = Require(settings.ClassifyToken);
        SeparatorId = Require(settings.SeparatorToken);
        PaddingId = Require(settings.PaddingToken);
        MaskId = _model.Find(settings.MaskToken) ?? -1;
        _specialTokens = new SpecialTokens(_model.Find, [settings.UnknownToken, settings.ClassifyToken, settings.SeparatorToken, settings.PaddingToken, settings.MaskToken]);
    }

    /// <inheritdoc/>
    internal override int VocabularySize => _model.VocabularySize;

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
        var start = 0;
        while (_specialTokens.FindNext(text, start, out var position, out var length, out var id))
        {
            // The mask takes the white space before it along, as the word that it hides would.
            var end = position;
            while (id == MaskId && end > start && char.IsWhiteSpace(text[end - 1]))
            {
                end--;
            }

            AddPart(text, start, end - start, ids);
            ids.Add(id);
            start = position + length;
        }

        AddPart(text, start, text.Length - start, ids);
        return ids;
    }

    /// <inheritdoc/>
    internal override int[] Encode(string text, int maxLength)
    {
        if (maxLength < 2)
        {
            throw new ArgumentOutOfRangeException(nameof(maxLength), maxLength, "An input has at least two tokens.");
        }

        return [ClassifyId, .. EncodeWords(text).Take(maxLength - 2), SeparatorId];
    }

    /// <inheritdoc/>
    internal override int CountTokens(string text) => EncodeWords(text).Count + 2;

    /// <inheritdoc/>
    internal override void WriteFile(string name, Stream output)
    {
        var bytes = _files[name];
        output.Write(bytes, 0, bytes.Length);
    }

    private void AddPart(string text, int start, int length, List<int> ids)
        => ids.AddRange(_preTokenizer.Split(AlignedText.From(text, start, length)).SelectMany(_model.Tokenize).Select(token => token.Id));

    private int Require(string token) => _model.Find(token)
        ?? throw new FineTuneException("FT2053", $"The vocabulary lacks the special token '{token}'. Take {_settings.Files[0]} anew from where the model came from.", new SourceLocation(_settings.Files[0]));
}
