namespace FineTune.Core.Specification;

/// <summary>What a <see cref="TrainingInterval"/> counts.</summary>
public enum IntervalUnit
{
    /// <summary>Optimizer steps.</summary>
    Step,

    /// <summary>Passes over the training rows.</summary>
    Epoch,

    /// <summary>Minutes on the clock.</summary>
    Minute,
}
