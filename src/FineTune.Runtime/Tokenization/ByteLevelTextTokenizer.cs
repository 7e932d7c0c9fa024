using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization;

/// <summary>RoBERTa's tokenizer from <c>vocab.json</c> and <c>merges.txt</c>: special tokens, then byte-level byte-pair encoding.</summary>
internal static class ByteLevelTextTokenizer
{
    /// <summary>Creates the tokenizer from its two files.</summary>
    /// <exception cref="FineTuneException">FT2053: the vocabulary lacks a special token; FT2054: a file is damaged.</exception>
    internal static PipelineTextTokenizer Create(TokenizerSettings settings, IReadOnlyDictionary<string, byte[]> files)
    {
        var model = BytePairReader.Read(name => new MemoryStream(files[name]), settings.Files[0], settings.Files[1], settings.UnknownToken);
        var pipeline = new TokenizationPipeline
        {
            RawTokens = new AddedTokens([.. SpecialTokens(settings, model).Select(token => (token.Content, token))]),
            NormalizedTokens = new AddedTokens([]),
            PreTokenizer = text => PreTokenizers.ByteLevel(text, settings.AddPrefixSpace, splitsWords: true),
            Model = model,
            Template = SpecialTokenTemplate.Parse(
                settings.SingleTemplate ?? $"{settings.ClassifyToken} $A {settings.SeparatorToken}",
                settings.PairTemplate ?? $"{settings.ClassifyToken} $A {settings.SeparatorToken} {settings.SeparatorToken} $B {settings.SeparatorToken}",
                Require),
            Trimming = new BlankTrimming(model.Vocabulary, settings.AddPrefixSpace),
        };
        Require(settings.UnknownToken);
        return new PipelineTextTokenizer(pipeline, settings, files, settings.Files[0]);

        int Require(string token) => PipelineTextTokenizer.Require(token, model.Find, settings.Files[0]);
    }

    // The mask takes the white space before it along, as the word that it hides would.
    private static IEnumerable<AddedToken> SpecialTokens(TokenizerSettings settings, BytePairModel model)
    {
        string[] tokens = [settings.UnknownToken, settings.ClassifyToken, settings.SeparatorToken, settings.PaddingToken, settings.MaskToken];
        foreach (var token in tokens.Distinct())
        {
            if (model.Find(token) is { } id)
            {
                yield return new AddedToken(token, id, IsSingleWord: false, TakesSpaceBefore: token == settings.MaskToken, TakesSpaceAfter: false, IsNormalized: false);
            }
        }
    }
}
