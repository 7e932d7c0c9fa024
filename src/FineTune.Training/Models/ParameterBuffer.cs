using FineTune.Training.Strategies;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>All parameters of one group in one piece of memory, so that an optimizer step is a few operations however many parameters there are.</summary>
/// <param name="Group">How these parameters are trained.</param>
/// <param name="Values">The values, one after the other. [count]</param>
/// <param name="Gradients">Their gradients in the same order; <see langword="null"/> while the parameters are frozen. [count]</param>
/// <param name="Tables">Tables among the parameters of which only rows are looked up, in the order of their places; the rows without gradients need no step.</param>
internal sealed record ParameterBuffer(ParameterGroup Group, Tensor Values, Tensor? Gradients, IReadOnlyList<TableRows> Tables);
