using System.Globalization;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

public class PlanOptionsTests
{
    public static TheoryData<string> Names => [.. PlanOptions.All.Select(option => option.MetadataName)];

    [Theory]
    [InlineData("LearningRate")]
    [InlineData("learningRate")]
    [InlineData("--learning-rate")]
    [InlineData("learning-rate")]
    [InlineData("learning_rate")]
    [InlineData("LEARNINGRATE")]
    public void An_option_is_found_by_each_of_its_names(string name) =>
        Assert.Equal("LearningRate", PlanOptions.Find(name)?.MetadataName);

    [Fact]
    public void Names_are_derived_from_the_property()
    {
        var option = PlanOptions.Find("EvaluationBatchSize")!;

        Assert.Equal("--evaluation-batch-size", option.CommandLineName);
        Assert.Equal("evaluationBatchSize", option.JsonName);
        Assert.Equal(typeof(int), option.ValueType);
    }

    [Theory]
    [InlineData("LearningRte", "LearningRate")]
    [InlineData("--lerning-rate", "LearningRate")]
    [InlineData("Epoch", "Epochs")]
    [InlineData("num_training_epochs", "Epochs")]
    [InlineData("TrainDate", "TrainData")]
    public void A_mistyped_name_has_a_nearest_option(string name, string expected) => Assert.Equal(expected, PlanOptions.Nearest(name));

    [Fact]
    public void A_name_like_no_other_has_no_nearest_option() => Assert.Null(PlanOptions.Nearest("xyzzy"));

    [Fact]
    public void No_name_or_alias_belongs_to_two_options()
    {
        var names = PlanOptions.All.SelectMany(option => option.Aliases.Concat([option.JsonName, option.MetadataName, option.CommandLineName.TrimStart('-')]).Distinct(StringComparer.OrdinalIgnoreCase));

        Assert.Empty(names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => same.Key));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_documented_default_is_the_default_of_the_plan(string name)
    {
        var option = PlanOptions.Find(name)!;
        var actual = option.ValueIn(new TrainingPlan { Name = "Topic" });

        if (option.Default is { } documented)
        {
            Assert.Equal(Convert.ToString(OptionValue.Parse(option, documented, null), CultureInfo.InvariantCulture), Convert.ToString(actual, CultureInfo.InvariantCulture));
        }
        else
        {
            Assert.True(actual is null || option.IsList || name == nameof(TrainingPlan.BestMetric), "An option without a documented default must be open.");
        }
    }

    [Fact]
    public void The_documented_default_of_BestMetric_names_that_of_every_task()
    {
        var documented = PlanOptions.Find(nameof(TrainingPlan.BestMetric))!.DefaultDescription!;

        Assert.StartsWith(TaskMetrics.Of(FineTuneTask.TextClassification).Best, documented, StringComparison.Ordinal);
        Assert.All(Enum.GetValues<FineTuneTask>().Skip(1), task => Assert.Contains($"{TaskMetrics.Of(task).Best} for {task}", documented, StringComparison.Ordinal));
    }
}
