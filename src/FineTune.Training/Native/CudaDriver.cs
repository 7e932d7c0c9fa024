using System.Runtime.InteropServices;

namespace FineTune.Training.Native;

/// <summary>What libtorch's binding does not tell of a graphics processor, asked of NVIDIA's driver itself.</summary>
internal static unsafe class CudaDriver
{
    private const int ComputeCapabilityMajor = 75;

    /// <summary>
    /// The identifier of a device that is the same in every process, whatever <c>CUDA_VISIBLE_DEVICES</c> makes of the numbers; <see langword="null"/> when the driver does not answer.
    /// </summary>
    public static Guid? Identifier(int device)
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1", out var driver)
            || !NativeLibrary.TryGetExport(driver, "cuInit", out var initialize)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGet", out var getDevice)
            || !NativeLibrary.TryGetExport(driver, "cuDeviceGetUuid_v2", out var getIdentifier))
        {
            return null;
        }

        var handle = 0;
        var identifier = Guid.Empty; // 16 bytes, as the driver's CUuuid
        return ((delegate* unmanaged<uint, int>)initialize)(0) == 0
            && ((delegate* unmanaged<int*, int, int>)getDevice)(&handle, device) == 0
            && ((delegate* unmanaged<Guid*, int, int>)getIdentifier)(&identifier, handle) == 0
            ? identifier
            : null;
    }

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
