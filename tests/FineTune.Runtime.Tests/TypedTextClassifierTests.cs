using FineTune.Core.Diagnostics;

namespace FineTune.Runtime.Tests;

public sealed class TypedTextClassifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public enum Mood
    {
        Negative,
        Neutral,
        Positive,
    }

    public enum SmallMood : byte
    {
        Positive = 2,
        Neutral = 1,
        Negative = 0,
    }

    public enum TwoMoods
    {
        Negative,
        Positive,
    }

    public enum MoodFromOne
    {
        Negative = 1,
        Neutral,
        Positive,
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Label_is_the_value_of_the_index()
    {
        var folder = TinyModel.Write(_folder.Path);
        using var untyped = TextClassifier.Load(folder);
        using var typed = TextClassifier<Mood>.Load(folder);
        using var small = TextClassifier<SmallMood>.Load(folder);

        foreach (var (expected, actual) in untyped.Predict(["good", "bad", "!", "the film", ""]).Zip(typed.Predict(["good", "bad", "!", "the film", ""])))
        {
            Assert.Equal(expected.Text, actual.Text);
            Assert.Equal(expected.LabelIndex, (int)actual.Label);
            Assert.Equal(expected.Score, actual.Score);
            Assert.Equal(expected.Scores[1], actual.ScoreOf(Mood.Neutral));
            Assert.Equal(expected.Logits, actual.Logits);
            Assert.Equal(expected.LabelIndex, (int)small.Predict(expected.Text).Label);
            Assert.Equal(expected.Scores[2], small.Predict(expected.Text).ScoreOf(SmallMood.Positive));
        }
    }

    [Fact]
    public void Score_of_a_value_without_name_is_refused()
    {
        using var classifier = TextClassifier<Mood>.Load(TinyModel.Write(_folder.Path));

        Assert.Throws<ArgumentOutOfRangeException>("label", () => classifier.Predict("good").ScoreOf((Mood)3));
    }

    [Fact]
    public void An_enum_of_another_training_is_refused()
    {
        var folder = TinyModel.Write(_folder.Path);

        Assert.Equal("FT6058", Assert.Throws<FineTuneException>(() => TextClassifier<TwoMoods>.Load(folder)).Code);
        Assert.Equal("FT6058", Assert.Throws<FineTuneException>(() => TextClassifier<MoodFromOne>.Load(folder)).Code);
    }

    [Fact]
    public void Models_load_from_streams()
    {
        using var classifier = TextClassifier<Mood>.Load(new MemoryStream(TinyModel.Package()));

        Assert.Equal("good", classifier.Predict("good").Text);
    }
}
