using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests;

internal static class SamplePlans
{
    /// <summary>A value of the option's type that differs from the given one and is allowed.</summary>
    public static object Another(PlanOption option, object? current) => option.MetadataName switch
    {
        nameof(TrainingPlan.BestMetric) => "loss",
        nameof(TrainingPlan.Device) => "Cuda:1",
        nameof(TrainingPlan.Require) or nameof(TrainingPlan.Warn) => "accuracy >= 0.75",
        nameof(TrainingPlan.Augment) => "swap:0.25",
        nameof(TrainingPlan.Labels) or nameof(TrainingPlan.LabelColumns) => (IReadOnlyList<string>)["no", "yes; or \"so\""],
        _ when option.ValueType == typeof(bool) => !(bool)current!,
        _ when option.ValueType == typeof(TrainingInterval) => new TrainingInterval(150, IntervalUnit.Step),
        _ when option.ValueType == typeof(int) => (int?)current + 7 ?? 31,
        _ when option.ValueType == typeof(double) => (double?)current / 3 + 0.1 / 3 ?? 0.1 / 3,
        _ when option.ValueType.IsEnum => Enum.GetValues(option.ValueType).Cast<object>().Last(),
        _ when option.IsFileList => (IReadOnlyList<DataFile>)[new("data/é.csv", "/somewhere/data/é.csv"), new("b.jsonl", "/b.jsonl")],
        _ => "something else",
    };

    /// <summary>A plan in which no option has its default.</summary>
    public static TrainingPlan WithoutDefaults()
    {
        var plan = new TrainingPlan { Name = "Topic", Origin = new SourceLocation("app.csproj", 12, 5) };
        foreach (var option in PlanOptions.All)
        {
            option.SetValueIn(plan, Another(option, option.ValueIn(plan)));
        }

        return plan;
    }
}
