namespace FineTune.Core.Worker;

/// <summary>What a <see cref="WorkerEvent"/> reports.</summary>
public enum WorkerEventKind
{
    /// <summary>Something began or moved on; <see cref="WorkerEvent.Message"/> is for people.</summary>
    Progress,

    /// <summary>An error, a warning or a remark.</summary>
    Diagnostic,

    /// <summary>The labels, in their order.</summary>
    Labels,

    /// <summary>The model is in the store; always the last event of a successful training.</summary>
    Completed,
}
