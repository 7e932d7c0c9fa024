namespace FineTune.Core.Worker;

/// <summary>What a worker process is asked to do.</summary>
public enum WorkerCommand
{
    /// <summary>Train, export, evaluate and store the model.</summary>
    Train,

    /// <summary>Read the labels of the training data.</summary>
    Labels,

    /// <summary>Take the model from the store or the remote cache, or fail; never train.</summary>
    Restore,

    /// <summary>Take the model from the store or the remote cache, or fail; and measure it again.</summary>
    Verify,
}
