using FineTune.Core.Specification;

namespace FineTune.Training.Training;

/// <summary>The batches of each optimizer step: endless passes over the rows, each in an order of its own that depends on seed and pass only.</summary>
internal static class TrainingBatches
{
    /// <summary>The batches of the steps from <paramref name="firstStep"/> on; each step has the batches whose gradients are summed.</summary>
    /// <param name="rows">The training rows.</param>
    /// <param name="plan">Batch size, accumulation and seed.</param>
    /// <param name="stepsPerEpoch">Steps of one pass.</param>
    /// <param name="firstStep">Steps to skip, without making them.</param>
    public static IEnumerable<IReadOnlyList<IReadOnlyList<TRow>>> From<TRow>(IReadOnlyList<TRow> rows, TrainingPlan plan, int stepsPerEpoch, int firstStep)
        where TRow : EncodedRow
    {
        var skipped = firstStep % stepsPerEpoch;
        for (var epoch = firstStep / stepsPerEpoch; ; epoch++)
        {
            foreach (var batches in EpochOrder.Batches(rows.Count, plan.BatchSize, plan.Seed, epoch).Chunk(plan.GradientAccumulation).Skip(skipped))
            {
                yield return [.. batches.Select(batch => batch.Select(row => rows[row]).ToArray())];
            }

            skipped = 0;
        }
    }
}
