using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Runtime.Tokenization;
using FineTune.Runtime.Words;
using FineTune.Training.Models;

namespace FineTune.Training.Tasks.MaskedLanguageModeling;

/// <summary>
/// Chooses the tokens that a model has to guess, as BERT's pretraining does (Devlin et al., 2019): each with the same probability. Of those, 80 % are replaced with the mask, 10 % with
/// a random token, and 10 % stay as they are. Special tokens are never chosen.
/// </summary>
internal sealed class TokenMasking
{
    private const double Masked = 0.8;
    private const double MaskedOrReplaced = 0.9;

    private readonly TextTokenizer tokenizer;
    private readonly double rate;
    private readonly bool wholeWords;
    private readonly HashSet<int> special;

    /// <summary>Creates the masking of a plan.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="plan">The plan, for its <c>MaskingRate</c> and <c>WholeWordMasking</c>.</param>
    /// <exception cref="FineTuneException">FT2053: the vocabulary has no mask.</exception>
    public TokenMasking(TextTokenizer tokenizer, TrainingPlan plan)
    {
        if (tokenizer.MaskId < 0)
        {
            throw new FineTuneException("FT2053", "The base model's vocabulary has no token that hides another one, such as '[MASK]'. Take a base model that was pretrained with masked language modeling, or name its token as mask_token in tokenizer_config.json.", plan.Origin);
        }

        this.tokenizer = tokenizer;
        (rate, wholeWords) = (plan.MaskingRate, plan.WholeWordMasking);
        special = [tokenizer.MaskId, tokenizer.ClassifyId, tokenizer.SeparatorId, tokenizer.PaddingId];
    }

    /// <summary>Divides a text into parts that are no longer than the longest input; none for a text without tokens.</summary>
    public IEnumerable<MaskableText> Divide(string text, int maxLength)
    {
        var tokens = tokenizer.Tokenize(text);
        var words = WordsOf(text, tokens);
        var capacity = Math.Max(1, maxLength - tokenizer.SingleSpecialTokenCount);
        for (var start = 0; start < tokens.Count; start += capacity)
        {
            var count = Math.Min(capacity, tokens.Count - start);
            var ids = tokenizer.Encode(tokens, start, count);
            var wordOfPlace = new int[ids.Length];
            Array.Fill(wordOfPlace, -1);
            Array.Copy(words, start, wordOfPlace, tokenizer.TextStart, count);
            if (words.AsSpan(start, count).ContainsAnyExcept(-1))
            {
                yield return new MaskableText(this, ids, wordOfPlace);
            }
        }
    }

    /// <inheritdoc cref="MaskableText.Hide"/>
    public EncodedMaskedText Hide(MaskableText text, int row, RandomStream random)
    {
        int[] words = [.. text.Words.Where(word => word >= 0).Distinct()];
        HashSet<int> chosen = [.. words.Where(_ => random.NextDouble() < rate)];
        if (chosen.Count == 0)
        {
            chosen.Add(words[random.NextInt(words.Length)]);
        }

        var tokens = (int[])text.Tokens.Clone();
        int[] wanted = [.. Enumerable.Range(0, tokens.Length).Where(place => chosen.Contains(text.Words[place]))];
        foreach (var place in wanted)
        {
            var fate = random.NextDouble();
            tokens[place] = fate < Masked ? tokenizer.MaskId : fate < MaskedOrReplaced ? random.NextInt(tokenizer.VocabularySize) : tokens[place];
        }

        return new EncodedMaskedText(tokens, wanted, [.. wanted.Select(place => text.Tokens[place])], text, row);
    }

    /// <summary>The parts of a text with tokens hidden that depend on seed and text only, so that every evaluation of it asks the same.</summary>
    public IEnumerable<EncodedMaskedText> HideForEvaluation(string text, int row, int maxLength, int seed)
    {
        var random = new RandomStream(seed, text);
        return Divide(text, maxLength).Select(part => part.Hide(row, random));
    }

    private int[] WordsOf(string text, IReadOnlyList<TextToken> tokens)
    {
        var words = wholeWords ? TextWords.Split(text) : [];
        var numbers = new int[tokens.Count];
        var word = 0;
        for (var i = 0; i < numbers.Length; i++)
        {
            while (word < words.Count && words[word].End <= tokens[i].Start)
            {
                word++;
            }

            // What belongs to no word is hidden alone.
            var isInWord = word < words.Count && words[word].Start < tokens[i].End;
            numbers[i] = special.Contains(tokens[i].Id) ? -1 : isInWord ? word : words.Count + i;
        }

        return numbers;
    }
}
