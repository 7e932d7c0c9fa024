using FineTune.Training.Checkpoints;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>What the frozen layers of a model make of known inputs, in a file that is mapped into memory.</summary>
/// <param name="file">A safetensors file with one weight, <see cref="WeightName"/>: the vectors in the index's order. [vectors, hidden]</param>
/// <param name="index">Where the inputs' vectors lie.</param>
/// <param name="width">Values of a vector.</param>
internal sealed class HiddenStates(SafetensorsFile file, HiddenStateIndex index, int width) : IDisposable
{
    /// <summary>The name of the vectors in the file.</summary>
    public const string WeightName = "hidden_states";

    /// <summary>The hidden states of a batch, one row's after the other's, without padding.</summary>
    /// <param name="rows">The token ids of each row.</param>
    /// <param name="segments">The segment ids of each row; <see langword="null"/> for none at all.</param>
    /// <param name="device">Where the model lies.</param>
    /// <returns>[real tokens, hidden], or [rows, hidden] with the first tokens only; <see langword="null"/> when a row is not known.</returns>
    public unsafe Tensor? Read(IReadOnlyList<int[]> rows, IReadOnlyList<int[]>? segments, Device device)
    {
        var places = new long[rows.Count];
        for (var row = 0; row < places.Length; row++)
        {
            if (index.PlaceOf(rows[row], segments?[row]) is not { } place)
            {
                return null;
            }

            places[row] = place;
        }

        var states = empty(rows.Sum(index.VectorsOf), width);
        var memory = TensorMemory.Of(states);
        for (var row = 0; row < places.Length; row++)
        {
            var count = index.VectorsOf(rows[row]) * width;
            file.ReadFloat32(WeightName, places[row] * width, new Span<float>(memory, count));
            memory += count;
        }

        return states.to(device);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
