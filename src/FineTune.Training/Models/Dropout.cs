using FineTune.Training.Checkpoints;
using FineTune.Training.Native;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>
/// Dropout with random numbers of its own, started anew for each mask from seed and mask number.
/// libtorch's own generator is global to the process and an order of magnitude slower.
/// </summary>
internal sealed unsafe class Dropout(int seed) : ITrainingState
{
    private const int PieceSize = 1 << 14;

    private readonly RandomStream starts = new(seed, "dropout");

    /// <inheritdoc/>
    public string Name => "dropout";

    /// <inheritdoc/>
    public void Save(TrainingStateWriter writer) => writer.Values["state"] = State;

    /// <inheritdoc/>
    public void Load(TrainingStateReader reader) => State = (ulong)reader.Values["state"]!;

    /// <summary>Where the random numbers stand: masks that are made from here on are made again from the same state.</summary>
    public ulong State
    {
        get => starts.State;
        set => starts.State = value;
    }

    /// <summary>Starts the next mask.</summary>
    public ulong NextSeed() => starts.NextBits();

    /// <summary>Sets each value to 0 with the probability and scales the others up, so that the expectation stays.</summary>
    public Tensor Apply(Tensor values, double probability)
    {
        if (probability <= 0)
        {
            return values;
        }

        // The mask is written into libtorch's memory: arrays of this size would keep the garbage collector busy.
        var mask = empty(values.shape, ScalarType.Float32, CPU);
        var (seed, count, start) = (NextSeed(), mask.numel(), (nint)TensorMemory.Of(mask));
        LibTorchThreads.For((int)((count + PieceSize - 1) / PieceSize), piece =>
        {
            var first = (long)piece * PieceSize;
            new DropoutMask(seed, piece, probability).Fill(new Span<float>((float*)start + first, (int)Math.Min(PieceSize, count - first)));
        });
        return values.mul(mask.to(values.device));
    }
}
