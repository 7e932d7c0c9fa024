using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Microsoft.Win32.SafeHandles;

namespace FineTune.Training.Native;

/// <summary>
/// The kernels that multiply 32-bit matrices. libtorch has them from MKL, which asks its exported function <c>mkl_serv_intel_cpu_true</c> for the processor's maker and takes those for AVX-512 on Intel's
/// processors only. A function of this name that is loaded earlier answers instead, by the rules of the dynamic linker (symbol interposition); MKL itself stays as it is. See docs/decisions/training-speed.md.
/// </summary>
internal static unsafe class ProductKernels
{
    /// <summary>The environment variable that leaves the choice to MKL, when it is 0.</summary>
    public const string Switch = "FINETUNE_MKL_AVX512";

    private const string Question = "mkl_serv_intel_cpu_true";

    // dlfcn.h of Linux
    private const int ResolveLazily = 0x001;
    private const int ForAll = 0x100;

    private const uint CloseOnExecute = 1;

    /// <summary>Whether MKL would multiply with older instructions than this processor has: it is of another maker than Intel and has the instructions of MKL's AVX-512 kernels.</summary>
    public static bool AreHeldBack { get; } = OperatingSystem.IsLinux() && X86Base.X64.IsSupported && Processor.Maker != Processor.Intel
        && Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512CD.IsSupported;

    /// <summary>Whether they are to be freed, which the user can forbid.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    public static bool IsWanted(Func<string, string?> environment) => AreHeldBack && environment(Switch) != "0";

    /// <summary>Lets MKL use AVX-512 on every processor that has it. To be called before libtorch is loaded.</summary>
    /// <returns>Whether it will; otherwise it is as fast as it would have been.</returns>
    public static bool Free()
    {
        if (!IsWanted(Environment.GetEnvironmentVariable))
        {
            return false;
        }

        var program = NativeLibrary.GetMainProgramHandle();
        if (NativeLibrary.TryGetExport(program, Question, out _))
        {
            return true;
        }

        if (!NativeLibrary.TryGetExport(program, "memfd_create", out var createFile) || !NativeLibrary.TryGetExport(program, "dlopen", out var load))
        {
            return false;
        }

        // mov eax, 1; ret
        return Load(ElfLibrary.Write(Question, [0xb8, 1, 0, 0, 0, 0xc3]), (delegate* unmanaged<byte*, uint, int>)createFile, (delegate* unmanaged<byte*, int, nint>)load);
    }

    private static bool Load(byte[] library, delegate* unmanaged<byte*, uint, int> createFile, delegate* unmanaged<byte*, int, nint> load)
    {
        fixed (byte* name = "finetune"u8)
        {
            using var handle = new SafeFileHandle(createFile(name, CloseOnExecute), ownsHandle: true);
            if (handle.IsInvalid)
            {
                return false;
            }

            try
            {
                RandomAccess.Write(handle, library, 0);
            }
            catch (IOException)
            {
                return false;
            }

            var path = Marshal.StringToCoTaskMemUTF8($"/proc/self/fd/{handle.DangerousGetHandle()}");
            try
            {
                return load((byte*)path, ResolveLazily | ForAll) != 0;
            }
            finally
            {
                Marshal.FreeCoTaskMem(path);
            }
        }
    }
}
