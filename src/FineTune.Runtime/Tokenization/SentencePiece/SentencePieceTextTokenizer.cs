using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization.SentencePiece;

/// <summary>A tokenizer from a SentencePiece model alone, with the conventions of the family that the model belongs to.</summary>
internal static class SentencePieceTextTokenizer
{
    private const double NotNormallyTaken = -100;
    private const int HiddenSpans = 100;

    /// <summary>Creates the tokenizer from its file.</summary>
    /// <exception cref="FineTuneException">FT2051: the family is not known; FT2053: a special token is missing; FT2054: the file is damaged; FT2055: it is of a kind that is not supported.</exception>
    internal static PipelineTextTokenizer Create(TokenizerSettings settings, IReadOnlyDictionary<string, byte[]> files, string file)
    {
        if (!Enum.TryParse<SentencePieceFamily>(settings.Family, out var family))
        {
            throw new FineTuneException("FT2051", $"The model asks for the SentencePiece tokenizer of '{settings.Family}', which this version does not know. Update the FineTune.Runtime package.");
        }

        var model = SentencePieceFile.Read(files[settings.Files[0]], file);
        var (tokens, unknownId) = Layout(model, family, settings);
        SubwordModel subwords = model.IsBytePair ? ToBytePairs(model, tokens, unknownId) : new UnigramModel(tokens, unknownId, model.FallsBackToBytes, isSinglePrecision: true);
        var sentencePiece = new SentencePieceNormalizer(model.Map, model.AddsPrefix, model.RemovesExtraSpaces);
        var splitsWords = tokens.All(token => token.Score is null || token.Token.LastIndexOf((char)SentencePieceNormalizer.Mark) <= 0);
        var pipeline = new TokenizationPipeline
        {
            RawTokens = new AddedTokens([.. SpecialTokens(model, settings, subwords).Select(token => (token.Content, token))]),
            Normalizer = text => sentencePiece.Normalize(Prepare(text, family, settings)),
            NormalizedTokens = new AddedTokens([]),

            // No token goes beyond a word, so that words can be tokenized, and remembered, each on its own.
            PreTokenizer = text => splitsWords ? PreTokenizers.AtCharacters(text, codePoint => codePoint == SentencePieceNormalizer.Mark, SplitBehavior.MergedWithNext) : [text],
            Model = subwords,
            Template = Template(family, settings, token => PipelineTextTokenizer.Require(token, subwords.Find, file)),
        };
        return new PipelineTextTokenizer(pipeline, settings, files, file);
    }

    /// <summary>The special tokens of a family, where its files do not name others.</summary>
    internal static (string Unknown, string Classify, string Separator, string Padding, string Mask) UsualTokens(SentencePieceFamily family) => family switch
    {
        SentencePieceFamily.Albert => ("<unk>", "[CLS]", "[SEP]", "<pad>", "[MASK]"),
        SentencePieceFamily.DebertaV2 => ("[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"),

        // Llama has no padding; what fills a batch is masked, so any token will do.
        SentencePieceFamily.Llama => ("<unk>", "<s>", "</s>", "<unk>", "<mask>"),
        SentencePieceFamily.T5 => ("<unk>", "</s>", "</s>", "<pad>", "<extra_id_0>"),
        _ => ("<unk>", "<s>", "</s>", "<pad>", "<mask>"),
    };

    // The tokens in the order of their ids, with the scores of those that text can become.
    private static (List<(string Token, double? Score)> Tokens, int UnknownId) Layout(SentencePieceFile model, SentencePieceFamily family, TokenizerSettings settings)
    {
        IEnumerable<(string Token, double? Score)> pieces = model.Pieces.Select(piece => (piece.Text, piece.Kind == PieceKind.Normal ? (double?)piece.Score : null));
        var (unknown, _, _, padding, mask) = (settings.UnknownToken, settings.ClassifyToken, settings.SeparatorToken, settings.PaddingToken, settings.MaskToken);
        switch (family)
        {
            case SentencePieceFamily.Albert:
                return ([.. pieces.Select(piece => EndsWithNumberAndComma(piece.Token) ? (piece.Token, piece.Score + NotNormallyTaken) : piece)], model.UnknownId);
            case SentencePieceFamily.Camembert:
                return ([("<s>NOTUSED", null), (padding, null), ("</s>NOTUSED", null), (unknown, null), ("<unk>NOTUSED", null), .. pieces.Skip(1), (mask, null)], 3);
            case SentencePieceFamily.DebertaV2:
                return ([.. pieces, .. model.Pieces.Any(piece => piece.Text == mask) ? Array.Empty<(string, double?)>() : [(mask, null)]], model.UnknownId);
            case SentencePieceFamily.T5:
                return ([.. pieces, .. Enumerable.Range(0, HiddenSpans).Select(i => ($"<extra_id_{HiddenSpans - 1 - i}>", (double?)null))], model.UnknownId);
            case SentencePieceFamily.XlmRoberta:
                return ([(settings.ClassifyToken, null), (padding, null), (settings.SeparatorToken, null), (unknown, null), .. pieces.Skip(3), (mask, null)], 3);
            default:
                return ([.. pieces], model.UnknownId);
        }
    }

    private static bool EndsWithNumberAndComma(string piece) => piece.Length >= 2 && piece[piece.Length - 1] == ',' && char.IsDigit(piece[piece.Length - 2]);

    // SentencePiece merges the two neighbours whose union has the highest score, whichever two they are.
    private static BytePairModel ToBytePairs(SentencePieceFile model, List<(string Token, double? Score)> tokens, int unknownId)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
        {
            ids[tokens[id].Token] = id;
        }

        var merges = new Dictionary<(int, int), (int, int)>();
        var (rank, last) = (0, double.NaN);
        foreach (var (token, score) in tokens.Where(token => token.Score is not null).OrderByDescending(token => token.Score))
        {
            rank += score == last ? 0 : 1;
            last = score!.Value;
            for (var length = 1; length < token.Length; length++)
            {
                if (ids.TryGetValue(token.Substring(0, length), out var left) && ids.TryGetValue(token.Substring(length), out var right) && tokens[left].Score is not null && tokens[right].Score is not null)
                {
                    merges[(left, right)] = (rank, ids[token]);
                }
            }
        }

        return new BytePairModel(ids, merges, new BytePairOptions { UnknownToken = tokens[unknownId].Token, FusesUnknown = true, FallsBackToBytes = model.FallsBackToBytes });
    }

    private static AlignedText Prepare(AlignedText text, SentencePieceFamily family, TokenizerSettings settings)
    {
        if (family == SentencePieceFamily.Albert)
        {
            text = Normalizers.Replace(Normalizers.Replace(text, Pattern.Literal("``"), ['"']), Pattern.Literal("''"), ['"']);
        }

        if (settings.StripAccents)
        {
            text = Normalizers.StripAccents(UnicodeNormalization.Normalize(text, isCompatible: true, isComposed: false));
        }

        return settings.Lowercase ? Normalizers.Lowercase(text) : text;
    }

    // The mask takes the white space before it along, as the word that it hides would.
    private static IEnumerable<AddedToken> SpecialTokens(SentencePieceFile model, TokenizerSettings settings, SubwordModel subwords)
    {
        string[] special = [settings.UnknownToken, settings.ClassifyToken, settings.SeparatorToken, settings.PaddingToken, settings.MaskToken];
        var others = model.Pieces.Where(piece => piece.Kind is PieceKind.Control or PieceKind.UserDefined).Select(piece => piece.Text);
        var hidden = subwords.Vocabulary.Keys.Where(token => token.StartsWith("<extra_id_", StringComparison.Ordinal) || token.EndsWith(">NOTUSED", StringComparison.Ordinal));
        foreach (var token in special.Concat(others).Concat(hidden).Distinct())
        {
            if (subwords.Find(token) is { } id)
            {
                yield return new AddedToken(token, id, IsSingleWord: false, TakesSpaceBefore: token == settings.MaskToken, TakesSpaceAfter: false, IsNormalized: false);
            }
        }
    }

    private static SpecialTokenTemplate Template(SentencePieceFamily family, TokenizerSettings settings, Func<string, int> require)
    {
        var (classify, separator) = (settings.ClassifyToken, settings.SeparatorToken);
        var (single, pair) = family switch
        {
            SentencePieceFamily.Albert or SentencePieceFamily.DebertaV2 => ($"{classify} $A {separator}", $"{classify} $A {separator} $B:1 {separator}:1"),
            SentencePieceFamily.Llama => ($"{classify} $A", $"{classify} $A {classify}:1 $B:1"),
            SentencePieceFamily.T5 => ($"$A {separator}", $"$A {separator} $B {separator}"),
            _ => ($"{classify} $A {separator}", $"{classify} $A {separator} {separator} $B {separator}"),
        };
        return SpecialTokenTemplate.Parse(settings.SingleTemplate ?? single, settings.PairTemplate ?? pair, require);
    }
}
