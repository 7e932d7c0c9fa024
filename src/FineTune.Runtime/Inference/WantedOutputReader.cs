namespace FineTune.Runtime.Inference;

/// <summary>Takes what is needed of a model's outputs for a token before their memory is freed.</summary>
/// <param name="input">The place of the input among those that were asked for.</param>
/// <param name="wanted">The place of the token among those of the input that were asked for.</param>
/// <param name="outputs">Its outputs.</param>
internal delegate T WantedOutputReader<out T>(int input, int wanted, ReadOnlySpan<float> outputs);
