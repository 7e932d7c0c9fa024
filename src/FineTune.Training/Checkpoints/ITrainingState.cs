namespace FineTune.Training.Checkpoints;

/// <summary>Something that an interrupted training must find again as it was, so that it goes on as if nothing had happened.</summary>
internal interface ITrainingState
{
    /// <summary>The name in a checkpoint; no two states of a training have the same.</summary>
    string Name { get; }

    /// <summary>Writes the state down.</summary>
    void Save(TrainingStateWriter writer);

    /// <summary>Takes on a state that <see cref="Save"/> wrote.</summary>
    void Load(TrainingStateReader reader);
}
