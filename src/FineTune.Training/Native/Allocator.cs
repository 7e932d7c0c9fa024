using System.Runtime.InteropServices;

namespace FineTune.Training.Native;

/// <summary>
/// The allocator of glibc, from which libtorch has the memory of tensors on the processor. It returns large pieces to the system as soon as they are free, so that every step of a training asks for them again and
/// has them cleared page by page. A training keeps them.
/// </summary>
internal static unsafe class Allocator
{
    // The names of glibc's environment variables, the numbers of mallopt's parameters (malloc.h), and values: map no piece up to 1 GB, return nothing below 2 GB, ask for 64 MB at once.
    private static readonly (string Variable, int Parameter, int Value)[] Settings =
    [
        ("MALLOC_MMAP_THRESHOLD_", -3, 1 << 30),
        ("MALLOC_TRIM_THRESHOLD_", -1, int.MaxValue),
        ("MALLOC_TOP_PAD_", -2, 64 << 20),
    ];

    /// <summary>Keeps freed memory for the next step. Does nothing where the C library is another one.</summary>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mallopt", out var mallopt))
        {
            return;
        }

        foreach (var (parameter, value) in SettingsBeside(Environment.GetEnvironmentVariable))
        {
            // A refused value leaves the default, which is slower and nothing else.
            _ = ((delegate* unmanaged<int, int, int>)mallopt)(parameter, value);
        }
    }

    /// <summary>Returns all freed memory to the system after a training, also the collector's: what comes next needs little, and other memory.</summary>
    public static void ReturnFreedMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        if (OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc_trim", out var trim))
        {
            _ = ((delegate* unmanaged<nuint, int>)trim)(0);
        }
    }

    /// <summary>The settings without those that the user has made in the environment.</summary>
    public static IEnumerable<(int Parameter, int Value)> SettingsBeside(Func<string, string?> environment)
        => Settings.Where(setting => string.IsNullOrEmpty(environment(setting.Variable))).Select(setting => (setting.Parameter, setting.Value));
}
