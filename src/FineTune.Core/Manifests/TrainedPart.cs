namespace FineTune.Core.Manifests;

/// <summary>A part of a model and how it was trained.</summary>
/// <param name="Name"><c>embeddings</c>, <c>layer 0</c> (the lowest), …, or <c>head</c>: what lies above the layers.</param>
/// <param name="Parameters">How many parameters it has.</param>
/// <param name="RateFactor">Factor of the scheduled learning rate; 0 when it was not trained.</param>
/// <param name="WeightDecay">Weight decay of its matrices; biases and normalization weights have none.</param>
/// <param name="Trainable">Whether it was trained.</param>
public sealed record TrainedPart(string Name, long Parameters, double RateFactor, double WeightDecay, bool Trainable);
