using System.Runtime.InteropServices;
using FineTune.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>Writes all values of a tensor.</summary>
/// <param name="values">Where to.</param>
internal delegate void WriteValues(Span<float> values);

/// <summary>Tensors of 32-bit floats as plain memory.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The memory of a tensor that is in one piece; libtorch owns it, and it does not move.</summary>
    public static float* Of(Tensor tensor) => (float*)Bytes(tensor);

    /// <summary>The memory of a tensor, of which the first value is the first; libtorch owns it, and it does not move.</summary>
    public static byte* Bytes(Tensor tensor)
    {
        // A span cannot be as long as the largest tensors are.
        using var all = tensor.detach();
        using var first = all.as_strided([1], [1], all.storage_offset());
        fixed (byte* start = &MemoryMarshal.GetReference(first.bytes))
        {
            return start;
        }
    }

    /// <summary>The values of a tensor that is in one piece: the processor's own, valid and as they are for as long as the tensor lives; a copy of those of another device.</summary>
    public static ReadOnlyMemory<float> Values(Tensor tensor)
    {
        if (tensor.device_type == DeviceType.CPU)
        {
            return new NativeFloats(Of(tensor), checked((int)tensor.numel())).Memory;
        }

        using var copy = tensor.cpu();
        return copy.data<float>().ToArray();
    }

    /// <summary>Sets the values of a tensor that is in one piece.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="fill">Writes all of them.</param>
    public static void Write(Tensor tensor, WriteValues fill)
    {
        var count = checked((int)tensor.numel());
        if (tensor.device_type == DeviceType.CPU)
        {
            fill(new Span<float>(Of(tensor), count));
            return;
        }

        var values = new float[count];
        fill(values);
        using var source = torch.tensor(values, tensor.shape);
        tensor.copy_(source);
    }

    /// <summary>The numbers of a tensor that is in one piece.</summary>
    public static ReadOnlySpan<long> Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, long>(tensor.bytes);
}
