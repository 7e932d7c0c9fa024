namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>A run of elements that one or more tensors view.</summary>
/// <param name="Key">The name of its entry under <c>data/</c>.</param>
/// <param name="Type">The elements' type.</param>
/// <param name="ElementCount">How many elements the pickle says it has.</param>
internal sealed record TensorStorage(string Key, WeightType Type, long ElementCount);
