using FineTune.Core.Specification;
using FineTune.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>Chooses the number format of the matrix products.</summary>
internal static class TrainingPrecision
{
    /// <summary>The first compute capability of graphics processors that multiplies bfloat16.</summary>
    private const int SmallestComputeCapability = 8;

    /// <summary>
    /// The format that an option means on a device. It depends on the kind of machine only, never on a measurement at run time. On a processor <c>Auto</c> stays with 32-bit
    /// floats: with AVX512-BF16 the steps that were measured took half as long again in bfloat16, because its products alone take twice as long (docs/decisions/training-speed.md).
    /// </summary>
    public static ScalarType Of(Precision option, Device device) => option switch
    {
        Precision.BFloat16 => ScalarType.BFloat16,
        Precision.Auto when device.type == DeviceType.CUDA && CudaDriver.ComputeCapability(Math.Max(0, device.index)) >= SmallestComputeCapability => ScalarType.BFloat16,
        _ => ScalarType.Float32,
    };
}
