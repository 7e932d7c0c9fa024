using System.Runtime.Intrinsics.X86;
using FineTune.Core.Specification;
using FineTune.Training.Models;
using FineTune.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>Chooses the number format of the matrix products.</summary>
internal static class TrainingPrecision
{
    /// <summary>Hidden states at least this wide gain by bfloat16 on a processor; with narrower ones, converting costs more than the products save (docs/benchmarks.md).</summary>
    private const int SmallestHiddenSize = 384;

    /// <summary>The first compute capability of graphics processors that multiplies bfloat16.</summary>
    private const int SmallestComputeCapability = 8;

    /// <summary>The format that an option means for a model on a device. Depends on the kind of machine only, never on a measurement.</summary>
    public static ScalarType Of(Precision option, Device device, BertConfig config) => option switch
    {
        Precision.BFloat16 => ScalarType.BFloat16,
        Precision.Auto when device.type == DeviceType.CUDA && CudaDriver.ComputeCapability(Math.Max(0, device.index)) >= SmallestComputeCapability => ScalarType.BFloat16,
        Precision.Auto when device.type == DeviceType.CPU && config.HiddenSize >= SmallestHiddenSize && ProcessorMultipliesBFloat16 => ScalarType.BFloat16,
        _ => ScalarType.Float32,
    };

    /// <summary>AVX512-BF16: leaf 7, sub-leaf 1, bit 5 of EAX. Processors with AMX have it too.</summary>
    private static bool ProcessorMultipliesBFloat16
    {
        get
        {
            const int features = 7, avx512BFloat16 = 1 << 5;
            return Avx512F.IsSupported && X86Base.CpuId(0, 0).Eax >= features && X86Base.CpuId(features, 0).Eax >= 1 && (X86Base.CpuId(features, 1).Eax & avx512BFloat16) != 0;
        }
    }
}
