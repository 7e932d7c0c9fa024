using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Tasks;

/// <summary>A task by its parts.</summary>
/// <typeparam name="TData">A row of the data.</typeparam>
/// <param name="read">Reads the rows of a plan.</param>
/// <param name="readTest">Reads the test rows of a plan that names the labels; there need not be others.</param>
/// <param name="open">Opens a finished model.</param>
internal sealed class TaskDefinition<TData>(Func<TrainingPlan, Action<Diagnostic>, ITrainingTask> read, Func<TrainingPlan, IReadOnlyList<TData>> readTest, Func<string, TrainingPlan, IExportedModel<TData>> open) : ITaskDefinition
{
    private const int BatchRows = 512;

    /// <inheritdoc/>
    public ITrainingTask Read(TrainingPlan plan, Action<Diagnostic> report) => read(plan, report);

    /// <inheritdoc/>
    public (int Rows, TaskResult Result) Measure(string model, TrainingPlan plan, CancellationToken cancellation)
    {
        var rows = readTest(plan);
        using var exported = open(model, plan);
        var outputs = new List<IReadOnlyList<float>>(rows.Count);
        foreach (var batch in rows.Chunk(BatchRows))
        {
            cancellation.ThrowIfCancellationRequested();
            outputs.AddRange(exported.Outputs(batch));
        }

        return (rows.Count, exported.Judge(rows, outputs));
    }
}
