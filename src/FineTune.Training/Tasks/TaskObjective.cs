using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Training.Tasks;

/// <summary>The loss of a task for batches of its rows.</summary>
/// <typeparam name="TRow">A row as the model sees it.</typeparam>
/// <param name="model">The model.</param>
/// <param name="device">Where its parameters lie.</param>
/// <param name="dropout">Random numbers for dropout; <see langword="null"/> for none.</param>
internal abstract class TaskObjective<TRow>(TransformerModel model, Device device, Dropout? dropout) : ITrainingObjective<IReadOnlyList<TRow>>, IDisposable
    where TRow : EncodedRow
{
    /// <summary>Where the model lies.</summary>
    protected Device Device { get; } = device;

    /// <summary>What of the objective belongs to a checkpoint, and looks on.</summary>
    public virtual IReadOnlyList<ITrainingState> States => [];

    /// <summary>Observers that the objective feeds.</summary>
    public virtual IReadOnlyList<ITrainingObserver> Observers => [];

    /// <inheritdoc/>
    public int CountOf(IReadOnlyList<TRow> batch) => batch.Count;

    /// <inheritdoc/>
    public abstract double WeightOf(IReadOnlyList<TRow> batch);

    /// <inheritdoc/>
    public Tensor SummedLoss(IReadOnlyList<TRow> batch)
    {
        var rows = Prepare(batch);
        return SummedLoss(model.Forward(rows.ToBatch(model, Device), dropout), rows);
    }

    /// <inheritdoc/>
    public void Backward(Tensor loss) => model.Backward(loss);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>The rows as this step sees them.</summary>
    protected virtual IReadOnlyList<TRow> Prepare(IReadOnlyList<TRow> batch) => batch;

    /// <summary>Sum of the items' weighted losses.</summary>
    /// <param name="outputs">The model's outputs. [rows or wanted tokens, outputs]</param>
    /// <param name="batch">The rows.</param>
    protected abstract Tensor SummedLoss(Tensor outputs, IReadOnlyList<TRow> batch);
}
