namespace FineTune.Runtime.Inference;

/// <summary>Takes what is needed of a model's outputs before their memory is freed.</summary>
/// <param name="input">The place of the input among those that were asked for.</param>
/// <param name="outputs">Its outputs, or those of its tokens one after another.</param>
internal delegate T OutputReader<out T>(int input, ReadOnlySpan<float> outputs);
