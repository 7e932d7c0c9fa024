using System.Runtime.InteropServices;
using FineTune.Training.Native;

namespace FineTune.Training.Tests.Native;

public sealed unsafe class ProductKernelsTests
{
    [Fact]
    public void Mkl_is_answered_by_us_where_it_would_hold_back()
    {
        Assert.SkipUnless(ProductKernels.IsWanted(Environment.GetEnvironmentVariable), "MKL chooses its best kernels for this processor by itself, or there is no MKL.");

        Assert.True(LibTorch.Load().MklUsesAvx512);
        Assert.True(NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mkl_serv_intel_cpu_true", out var question));
        Assert.Equal(1, ((delegate* unmanaged<int>)question)());
    }

    [Fact]
    public void The_environment_forbids_it()
        => Assert.False(ProductKernels.IsWanted(name => name == "FINETUNE_MKL_AVX512" ? "0" : null));

    [Fact]
    public void Intels_processors_need_no_help()
        => Assert.False(Processor.Maker == Processor.Intel && ProductKernels.AreHeldBack);

    [Fact]
    public void A_written_library_loads_and_answers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "The library is for Linux on x86-64.");
        var file = Path.Combine(Path.GetTempPath(), $"finetune-{Guid.NewGuid():N}.so");
        try
        {
            // mov eax, 42; ret
            File.WriteAllBytes(file, ElfLibrary.Write("finetune_answer", [0xb8, 42, 0, 0, 0, 0xc3]));

            var library = NativeLibrary.Load(file);

            Assert.Equal(42, ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "finetune_answer"))());
            Assert.False(NativeLibrary.TryGetExport(library, "finetune_question", out _));
            NativeLibrary.Free(library);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_function_that_does_not_fit_is_refused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => ElfLibrary.Write("f", new byte[4096]));
}
