using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization;

/// <summary>RoBERTa's tokenizer: special tokens, then byte-level byte-pair encoding.</summary>
internal sealed class ByteLevelTextTokenizer : TextTokenizer
{
    private const int BlankByte = 0x120;

    private readonly Dictionary<string, byte[]> _files;
    private readonly bool _addPrefixSpace;
    private readonly BytePairModel _model;
    private readonly SpecialTokens _specialTokens;
    private readonly ByteLevelPreTokenizer _preTokenizer;

    /// <summary>Creates the tokenizer from its two files.</summary>
    /// <exception cref="FineTuneException">FT2053: the vocabulary lacks a special token; FT2054: a file is damaged.</exception>
    internal ByteLevelTextTokenizer(TokenizerSettings settings, Func<string, Stream> openFile)
        : this(settings, settings.Files.ToDictionary(name => name, name => ReadAllBytes(openFile, name), StringComparer.Ordinal))
    {
    }

    private ByteLevelTextTokenizer(TokenizerSettings settings, Dictionary<string, byte[]> files)
        : this(settings, files, BytePairReader.Read(name => new MemoryStream(files[name]), settings.Files[0], settings.Files[1], settings.UnknownToken))
    {
    }

    private ByteLevelTextTokenizer(TokenizerSettings settings, Dictionary<string, byte[]> files, BytePairModel model)
        : base(SpecialTokenTemplate.Parse(
            settings.SingleTemplate ?? $"{settings.ClassifyToken} $A {settings.SeparatorToken}",
            settings.PairTemplate ?? $"{settings.ClassifyToken} $A {settings.SeparatorToken} {settings.SeparatorToken} $B {settings.SeparatorToken}",
            token => Require(token, settings, model)))
    {
        _files = files;
        _model = model;
        _addPrefixSpace = settings.AddPrefixSpace;
        _preTokenizer = new ByteLevelPreTokenizer(settings.AddPrefixSpace);
        UnknownId = Require(settings.UnknownToken, settings, model);
        ClassifyId = Require(settings.ClassifyToken, settings, model);
        SeparatorId = Require(settings.SeparatorToken, settings, model);
        PaddingId = Require(settings.PaddingToken, settings, model);
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
    internal override void WriteFile(string name, Stream output)
    {
        var bytes = _files[name];
        output.Write(bytes, 0, bytes.Length);
    }

    private protected override List<TextToken> Tokenize(string text, int enough)
    {
        List<TextToken> tokens = [];
        var start = 0;
        while (_specialTokens.FindNext(text, start, out var position, out var length, out var id))
        {
            // The mask takes the white space before it along, as the word that it hides would.
            var end = position;
            while (id == MaskId && end > start && char.IsWhiteSpace(text[end - 1]))
            {
                end--;
            }

            if (!AddPart(text, start, end - start, enough, tokens))
            {
                return tokens;
            }

            tokens.Add(new TextToken(id, Trim(text, end, position + length, position - end, 0, tokens.Count == 0).Start, position + length));
            start = position + length;
        }

        AddPart(text, start, text.Length - start, enough, tokens);
        return tokens;
    }

    // Whether there are still less tokens than enough.
    private bool AddPart(string text, int start, int length, int enough, List<TextToken> tokens)
    {
        foreach (var piece in _preTokenizer.Split(AlignedText.From(text, start, length)))
        {
            foreach (var token in _model.Tokenize(piece))
            {
                var (first, last) = Trim(text, piece[token.Start].Start, piece[token.End - 1].End, LeadingBlanks(piece, token), TrailingBlanks(piece, token), tokens.Count == 0);
                tokens.Add(new TextToken(token.Id, first, last));
            }

            if (tokens.Count >= enough)
            {
                return false;
            }
        }

        return true;
    }

    // A word's token has the blank before it, and its range has not. The single blank that was put before a text is nowhere in it, so nothing is left out.
    private (int Start, int End) Trim(string text, int start, int end, int leading, int trailing, bool isFirst)
    {
        if (leading == 1 && _addPrefixSpace && (isFirst || start == 0))
        {
            leading = 0;
        }

        for (; leading > 0 && start < end; leading--)
        {
            start += IsPair(text, start) ? 2 : 1;
        }

        for (; trailing > 0 && end > start; trailing--)
        {
            end -= IsPair(text, end - 2) ? 2 : 1;
        }

        return (start, end);
    }

    private static bool IsPair(string text, int start) => start >= 0 && start + 1 < text.Length && char.IsSurrogatePair(text[start], text[start + 1]);

    private static int LeadingBlanks(AlignedText piece, SubwordToken token)
    {
        var count = 0;
        while (token.Start + count < token.End && piece[token.Start + count].CodePoint == BlankByte)
        {
            count++;
        }

        return count;
    }

    private static int TrailingBlanks(AlignedText piece, SubwordToken token)
    {
        var count = 0;
        while (token.End - count > token.Start && piece[token.End - 1 - count].CodePoint == BlankByte)
        {
            count++;
        }

        return count;
    }

    private static byte[] ReadAllBytes(Func<string, Stream> openFile, string name)
    {
        using var file = openFile(name);
        using var copy = new MemoryStream();
        file.CopyTo(copy);
        return copy.ToArray();
    }

    private static int Require(string token, TokenizerSettings settings, BytePairModel model) => model.Find(token)
        ?? throw new FineTuneException("FT2053", $"The vocabulary lacks the special token '{token}'. Take {settings.Files[0]} anew from where the model came from.", new SourceLocation(settings.Files[0]));
}
