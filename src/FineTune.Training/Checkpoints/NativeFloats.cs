using System.Buffers;

namespace FineTune.Training.Checkpoints;

/// <summary>Floats in memory that the garbage collector does not manage, which whoever hands them out keeps alive.</summary>
/// <param name="start">The first one.</param>
/// <param name="length">How many.</param>
internal sealed unsafe class NativeFloats(float* start, int length) : MemoryManager<float>
{
    /// <inheritdoc/>
    public override Span<float> GetSpan() => new(start, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
