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

    /// <summary>Hidden states from this size on gain by bfloat16 on a processor; below, conversions cost what the products save.</summary>
    private const int SmallestHiddenSize = 256;

    /// <summary>The format that an option means for a model of this size on a device. It depends on the kind of machine only, never on a measurement at run time (docs/decisions/training-speed.md).</summary>
    public static ScalarType Of(Precision option, Device device, int hiddenSize) => option switch
    {
        Precision.BFloat16 => ScalarType.BFloat16,
        Precision.Auto when device.type == DeviceType.CUDA => CudaDriver.ComputeCapability(Math.Max(0, device.index)) >= SmallestComputeCapability ? ScalarType.BFloat16 : ScalarType.Float32,
        Precision.Auto => OnProcessor(Processor.MultipliesBFloat16Faster, hiddenSize),
        _ => ScalarType.Float32,
    };

    /// <summary>What <see cref="Precision.Auto"/> means on a processor.</summary>
    /// <param name="multipliesBFloat16Faster"><see cref="Processor.MultipliesBFloat16Faster"/>.</param>
    /// <param name="hiddenSize">The size of the model's hidden states.</param>
    public static ScalarType OnProcessor(bool multipliesBFloat16Faster, int hiddenSize) => multipliesBFloat16Faster && hiddenSize >= SmallestHiddenSize ? ScalarType.BFloat16 : ScalarType.Float32;
}
