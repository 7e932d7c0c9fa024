using FineTune.Core.Diagnostics;
using FineTune.Core.Gates;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace FineTune.Core.Tests.Gates;

public class GateTests
{
    private static readonly Dictionary<string, double> Metrics = new()
    {
        ["accuracy"] = 0.84,
        ["f1.macro"] = 0.8,
        ["f1[refund]"] = 0.75,
        ["recall[late delivery]"] = 0.5,
        ["f1[a]b]"] = 1,
        ["loss"] = 0.41,
        ["mcc"] = double.NaN,
        ["size.mb"] = 8,
        ["gain.accuracy"] = -0.05,
    };

    [Theory]
    [InlineData("accuracy >= 0.84", true)]
    [InlineData("accuracy>=84%", true)]
    [InlineData("accuracy > 0.84", false)]
    [InlineData("loss <= 0.41; accuracy >= 0.8;", true)]
    [InlineData("loss < 0.41", false)]
    [InlineData("size.mb == 8\nsize.mb != 9", true)]
    [InlineData("size.mb == 9", false)]
    [InlineData("f1[refund] >= .75", true)]
    [InlineData("recall[late delivery] >= 0.6", false)]
    [InlineData("f1[a]]b] == 1", true)]
    [InlineData("gain.accuracy >= -5e-2", true)]
    [InlineData("Accuracy >= 0.8", true)]
    [InlineData("", true)]
    [InlineData(null, true)]
    public void Conditions_are_compared_with_the_metrics(string? text, bool passes) =>
        Assert.Equal(passes, Gate.Parse(text).Evaluate(Metrics).All(result => result.Passed));

    [Theory]
    [InlineData("mcc >= 0")]
    [InlineData("mcc < 0")]
    [InlineData("mcc != 0")]
    [InlineData("f1.micro >= 0")]
    [InlineData("f1[nothing] != 1")]
    public void A_metric_that_is_missing_or_not_a_number_does_not_pass(string text) =>
        Assert.False(Assert.Single(Gate.Parse(text).Evaluate(Metrics)).Passed);

    [Theory]
    [InlineData("accuracy >= 0.9", "accuracy >= 0.9: 0.84 (missed by 0.06)")]
    [InlineData("accuracy >= 0.8400001", "accuracy >= 0.8400001: 0.84 (missed by 1E-07)")]
    [InlineData("accuracy >= 0.8", "accuracy >= 0.8: 0.84")]
    [InlineData("accuracy > 0.84", "accuracy > 0.84: 0.84")]
    [InlineData("mcc > 0", "mcc > 0: the measured value is not a number")]
    [InlineData("f1[refnd] > 0", "f1[refnd] > 0: not measured. Did you mean f1[refund]? Measured: accuracy, f1.macro, f1[label], gain.accuracy, loss, mcc, recall[label], size.mb.")]
    public void Results_are_described_for_people(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(Gate.Parse(text).Evaluate(Metrics)).Describe());

    [Fact]
    public void A_value_just_below_its_threshold_is_shown_with_enough_digits() =>
        Assert.StartsWith("accuracy >= 0.9: 0.8999999 ", Gate.Parse("accuracy >= 0.9").Evaluate(new Dictionary<string, double> { ["accuracy"] = 0.8999999 })[0].Describe(), StringComparison.Ordinal);

    [Theory]
    [InlineData("accuracy", 9)]
    [InlineData("accuracy = 0.9", 10)]
    [InlineData("accuracy >= ", 13)]
    [InlineData("accuracy >= high", 13)]
    [InlineData("accuracy >= 0,9", 13)]
    [InlineData("accuracy >= Infinity", 13)]
    [InlineData("accuracy >= 0.9 loss <= 1", 17)]
    [InlineData(">= 0.9", 1)]
    [InlineData("f1[refund >= 0.9", 3)]
    [InlineData("f1[] >= 0.9", 4)]
    [InlineData("loss <= 1; f1[a] => 0.9", 18)]
    [InlineData("accuracy >= baseline - ", 24)]
    [InlineData("accuracy >= baseline 0.01", 22)]
    [InlineData("accuracy >= basement", 13)]
    public void A_condition_that_cannot_be_understood_is_refused_with_its_column(string text, int column)
    {
        var place = new SourceLocation("app.csproj", 4, 2);

        var exception = Assert.Throws<FineTuneException>(() => Gate.Parse(text, place));

        Assert.Equal("FT0012", exception.Code);
        Assert.Contains($"column {column}:", exception.Message, StringComparison.Ordinal);
        Assert.Equal(place, exception.Diagnostics[0].Location);
    }

    [Property]
    public Property What_is_written_is_read_again() => Prop.ForAll(Gates().ToArbitrary(), conditions =>
        Gate.Parse(string.Join(";\n", conditions.Select(condition => condition.ToString()))).Conditions.SequenceEqual(conditions));

    [Property]
    public Property Whatever_is_not_measured_fails() => Prop.ForAll(Gates().ToArbitrary(), conditions =>
    {
        var gate = Gate.Parse(string.Join(";", conditions));
        return gate.Evaluate(new Dictionary<string, double>()).All(result => !result.Passed)
            && gate.Evaluate(conditions.Select(condition => condition.Metric).Distinct().ToDictionary(metric => metric, _ => double.NaN)).All(result => !result.Passed);
    });

    [Property]
    public bool Any_text_is_either_understood_or_refused_with_a_code(string? text)
    {
        try
        {
            return Gate.Parse(text).Conditions.All(condition => condition.Metric.Length > 0);
        }
        catch (FineTuneException exception)
        {
            return exception.Code == "FT0012";
        }
    }

    [Property]
    public bool Opposite_conditions_never_agree(NormalFloat actual, NormalFloat threshold)
    {
        bool Holds(GateOperator comparison) => new GateCondition("loss", comparison, threshold.Get).IsFulfilledBy(actual.Get);

        return Holds(GateOperator.AtLeast) != Holds(GateOperator.LessThan)
            && Holds(GateOperator.AtMost) != Holds(GateOperator.GreaterThan)
            && Holds(GateOperator.EqualTo) != Holds(GateOperator.NotEqualTo);
    }

    private static Gen<GateCondition[]> Gates()
    {
        var names = Gen.Elements("accuracy", "f1.macro", "loss", "mcc", "size.mb", "gain.accuracy");
        var labels = ArbMap.Default.GeneratorFor<NonEmptyString>().Select(label => $"f1[{label.Get}]");
        var condition = from metric in Gen.OneOf(names, labels)
                        from comparison in Gen.Elements(Enum.GetValues<GateOperator>())
                        from threshold in ArbMap.Default.GeneratorFor<NormalFloat>()
                        from isRelative in Gen.Elements(true, false)
                        select new GateCondition(metric, comparison, threshold.Get) { IsRelative = isRelative };
        return condition.ArrayOf();
    }
}
