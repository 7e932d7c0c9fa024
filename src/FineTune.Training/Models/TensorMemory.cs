using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>Tensors of the processor as plain memory.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The memory of a tensor that is in one piece; libtorch owns it, and it does not move.</summary>
    public static float* Of(Tensor tensor)
    {
        // A span cannot be as long as the largest tensors are.
        using var all = tensor.detach().view(-1);
        using var first = all.narrow(0, 0, 1);
        fixed (byte* start = &MemoryMarshal.GetReference(first.bytes))
        {
            return (float*)start;
        }
    }

    /// <summary>The numbers of a tensor that is in one piece.</summary>
    public static ReadOnlySpan<long> Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.bytes);
}
