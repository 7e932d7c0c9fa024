using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Tasks;

/// <summary>What can be done for a task: train, and measure a finished model.</summary>
internal interface ITaskDefinition
{
    /// <summary>Reads the rows of a plan.</summary>
    /// <exception cref="FineTuneException">FT1xxx: the data cannot be used.</exception>
    ITrainingTask Read(TrainingPlan plan, Action<Diagnostic> report);

    /// <summary>Measures a finished model on the plan's test data.</summary>
    /// <param name="model">The model's folder or package.</param>
    /// <param name="plan">How the data are read, and the model's labels.</param>
    /// <param name="cancellation">Cancels between batches.</param>
    /// <returns>The number of rows, and what the model reached on them.</returns>
    /// <exception cref="FineTuneException">FT1xxx: the data cannot be used; others as when an app loads the model.</exception>
    (int Rows, TaskResult Result) Measure(string model, TrainingPlan plan, CancellationToken cancellation);
}
