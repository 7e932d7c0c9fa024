namespace FineTune.Training.Native;

/// <summary>The libtorch that this process uses.</summary>
internal sealed record LibTorchInstallation
{
    /// <summary>The release, such as 2.10.0.</summary>
    public required Version Version { get; init; }

    /// <summary>The folder with libtorch's libraries.</summary>
    public required string Directory { get; init; }

    /// <summary>How the folder was found, for people: <c>FINETUNE_LIBTORCH</c>, <c>packages folder</c>, ….</summary>
    public required string FoundBy { get; init; }

    /// <summary>The file that connects TorchSharp with libtorch.</summary>
    public required string BindingFile { get; init; }

    /// <summary>Whether <see cref="BindingFile"/> is a private copy that loads with the system's older C++ library.</summary>
    public required bool UsesCompatibilityCopy { get; init; }

    /// <summary>The instruction set that libtorch's kernels use: <c>AVX512</c>, <c>AVX2</c>, … or <c>DEFAULT</c>.</summary>
    public required string CpuCapability { get; init; }

    /// <summary>Whether MKL was brought to use AVX-512 on a processor on which it would not have (<see cref="ProductKernels"/>).</summary>
    public required bool MklUsesAvx512 { get; init; }

    /// <summary>Threads that one operation may use.</summary>
    public required int Threads { get; init; }
}
