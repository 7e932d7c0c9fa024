using System.Runtime.InteropServices;

namespace FineTune.Training.Native;

/// <summary>File names of the native libraries on this platform.</summary>
internal static class NativeNames
{
    /// <summary>The platform as packages name it, such as <c>linux-x64</c>.</summary>
    public static string RuntimeIdentifier { get; } = (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")
        + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The base library of libtorch.</summary>
    public static string C10 { get; } = Decorate("c10");

    /// <summary>The library with libtorch's CPU kernels.</summary>
    public static string TorchCpu { get; } = Decorate("torch_cpu");

    /// <summary>The library that gathers libtorch's parts.</summary>
    public static string Torch { get; } = Decorate("torch");

    /// <summary>TorchSharp's binding to libtorch.</summary>
    public static string Binding { get; } = Decorate("LibTorchSharp");

    private static string Decorate(string name)
        => OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";
}
