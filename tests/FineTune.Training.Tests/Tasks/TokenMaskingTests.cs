using FineTune.Core.Specification;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Models;
using FineTune.Training.Tasks.MaskedLanguageModeling;
using FineTune.Training.Tests.Pipeline;

namespace FineTune.Training.Tests.Tasks;

public sealed class TokenMaskingTests : IDisposable
{
    private const int Rounds = 2000;
    private const string Text = "The parcels were late, and the screen [SEP] was brokenness!";

    private readonly string _folder = Directory.CreateTempSubdirectory("finetune-masking-").FullName;
    private readonly TextTokenizer _tokenizer;

    public TokenMaskingTests()
    {
        TinyBaseModel.Write(_folder);
        File.AppendAllLines(Path.Combine(_folder, "vocab.txt"), ["##s", "##ness"]);
        _tokenizer = TextTokenizer.FromHuggingFaceFolder(_folder, out _);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Tokens_are_hidden_at_the_rate_and_replaced_in_the_usual_shares()
    {
        var rows = Hide(0.3);

        var maskable = Assert.Single(Masking(0.3).Divide(Text, 64)).Words.Count(word => word >= 0);
        var wanted = rows.Sum(row => row.Wanted.Length);
        Assert.Equal(0.3, wanted / (double)(Rounds * maskable), 0.02);
        var fates = rows.SelectMany(row => row.Wanted.Zip(row.Targets, (place, target) => row.Tokens[place] == _tokenizer.MaskId ? "mask" : row.Tokens[place] == target ? "same" : "other")).CountBy(fate => fate).ToDictionary();
        Assert.Equal(0.8, fates["mask"] / (double)wanted, 0.03);
        Assert.Equal(0.1, fates["same"] / (double)wanted, 0.03);
        Assert.Equal(0.1, fates["other"] / (double)wanted, 0.03);
    }

    [Fact]
    public void Special_tokens_are_never_hidden_and_what_is_not_wanted_stays()
    {
        int[] special = [_tokenizer.ClassifyId, _tokenizer.SeparatorId];

        Assert.All(Hide(0.9), row =>
        {
            Assert.DoesNotContain(row.Targets, special.Contains);
            Assert.Equal(row.Source.Tokens.Where((_, place) => !row.Wanted.Contains(place)), row.Tokens.Where((_, place) => !row.Wanted.Contains(place)));
            Assert.Equal(row.Targets, row.Wanted.Select(place => row.Source.Tokens[place]));
        });
    }

    [Fact]
    public void Each_text_hides_a_token_however_low_the_rate_is()
        => Assert.All(Hide(1e-6), row => Assert.Single(row.Wanted));

    [Fact]
    public void Whole_words_are_hidden_together()
    {
        var rows = Hide(0.3, wholeWords: true);

        var (broken, ending) = (Array.IndexOf(rows[0].Source.Tokens, Id("broken")), Array.IndexOf(rows[0].Source.Tokens, Id("##ness")));
        Assert.Equal(broken + 1, ending);
        Assert.All(rows, row => Assert.Equal(row.Wanted.Contains(broken), row.Wanted.Contains(ending)));
        Assert.Contains(rows, row => row.Wanted.Contains(ending));
        Assert.Contains(Hide(0.3), row => row.Wanted.Contains(broken) != row.Wanted.Contains(ending));
    }

    [Fact]
    public void A_long_text_is_divided_and_nothing_is_lost()
    {
        var whole = Assert.Single(Masking(0.15).Divide(Text, 64));

        var parts = Masking(0.15).Divide(Text, 6).ToList();

        Assert.All(parts, part => Assert.InRange(part.Tokens.Length, 3, 6));
        Assert.Equal(whole.Tokens[1..^1], parts.SelectMany(part => part.Tokens[1..^1]));
        Assert.Equal(whole.Words[1..^1], parts.SelectMany(part => part.Words[1..^1]));
    }

    [Fact]
    public void An_evaluation_hides_the_same_tokens_again_and_others_with_another_seed()
    {
        int[] Wanted(int seed) => [.. Masking(0.3).HideForEvaluation(Text, 0, 64, seed).SelectMany(part => part.Wanted)];

        Assert.Equal(Wanted(42), Wanted(42));
        Assert.Contains(Enumerable.Range(0, 10), seed => !Wanted(seed).SequenceEqual(Wanted(42)));
    }

    [Fact]
    public void A_text_without_tokens_has_no_parts() => Assert.Empty(Masking(0.15).Divide(" \u200b ", 64));

    private int Id(string token) => Enumerable.Range(0, _tokenizer.VocabularySize).First(id => _tokenizer.TokenOf(id) == token);

    private TokenMasking Masking(double rate, bool wholeWords = false)
        => new(_tokenizer, new TrainingPlan { Name = "Domain", Task = FineTuneTask.MaskedLanguageModeling, MaskingRate = rate, WholeWordMasking = wholeWords });

    private List<EncodedMaskedText> Hide(double rate, bool wholeWords = false)
    {
        var text = Assert.Single(Masking(rate, wholeWords).Divide(Text, 64));
        var random = new RandomStream(1, "test");
        return [.. Enumerable.Range(0, Rounds).Select(_ => text.Hide(0, random))];
    }
}
