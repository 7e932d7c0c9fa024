using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;

namespace FineTune.Training.Tasks;

/// <summary>Holds <c>BestMetric</c> to the labels of the data: the metric of a label that does not exist would only be missed at the first evaluation.</summary>
internal static class BestMetricLabels
{
    /// <summary>Checks the plan's <c>BestMetric</c>.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="labels">The labels, or types of entities, that a metric can name.</param>
    /// <exception cref="FineTuneException">FT4002: it names another one.</exception>
    public static void Require(TrainingPlan plan, IReadOnlyList<string> labels)
    {
        if (TaskMetrics.LabelOf(plan.BestMetric) is { } label && !labels.Contains(label))
        {
            throw new FineTuneException("FT4002", $"BestMetric '{plan.BestMetric}' names a label that the data do not have. The labels are {NearestName.List([.. labels])}.{NearestName.Hint(label, labels)}", plan.Origin);
        }
    }
}
