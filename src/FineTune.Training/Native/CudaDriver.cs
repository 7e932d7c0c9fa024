using System.Runtime.InteropServices;

namespace FineTune.Training.Native;

/// <summary>What libtorch's binding does not tell of a graphics processor, asked of NVIDIA's driver itself.</summary>
internal static unsafe class CudaDriver
{
    private const int ComputeCapabilityMajor = 75;

    /// <summary>The major number of a device's compute capability, such as 8 for Ampere; 0 when the driver does not answer.</summary>
    public static int ComputeCapability(int device)
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var driver)
            || !NativeLibrary.TryGetExport(driver, "cuInit", out var initialize)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetAttribute", out var getAttribute))
        {
            return 0;
        }

        var major = 0;
        return ((delegate* unmanaged<uint, int>)initialize)(0) == 0 && ((delegate* unmanaged<int*, int, int, int>)getAttribute)(&major, ComputeCapabilityMajor, device) == 0
            ? major
            : 0;
    }
}
