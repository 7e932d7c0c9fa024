namespace FineTune.Training.Tasks;

/// <summary>An exported model as an app loads it.</summary>
/// <typeparam name="TData">A row of the data.</typeparam>
internal interface IExportedModel<in TData> : IDisposable
{
    /// <summary>What the model says about each row: the same numbers, in the same order, as training keeps.</summary>
    IEnumerable<IReadOnlyList<float>> Outputs(IReadOnlyList<TData> rows);

    /// <summary>What these outputs are worth, with intervals.</summary>
    TaskResult Judge(IReadOnlyList<TData> rows, IReadOnlyList<IReadOnlyList<float>> outputs);
}
