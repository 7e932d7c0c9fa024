using System.Globalization;
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

    [Theory]
    [InlineData(null, true)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    public void The_environment_can_forbid_it(string? value, bool isAllowed)
        => Assert.Equal(isAllowed && ProductKernels.AreHeldBack, ProductKernels.IsWanted(name => name == "FINETUNE_MKL_AVX512" ? value : null));

    [Fact]
    public void The_processor_is_known_as_the_system_knows_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "Linux on x86-64 tells of the processor in this way.");
        var lines = File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0].Trim(), parts => parts[^1].Trim());
        var features = lines["flags"].Split(' ');

        Assert.Equal(lines["vendor_id"], Processor.Maker);
        Assert.Equal(Processor.Maker == "AuthenticAMD" && int.Parse(lines["cpu family"], CultureInfo.InvariantCulture) >= 26 && features.Contains("avx512_bf16"), Processor.MultipliesBFloat16Faster);
        Assert.Equal(Processor.Maker != "GenuineIntel" && new[] { "avx512f", "avx512vl", "avx512bw", "avx512dq", "avx512cd" }.All(features.Contains), ProductKernels.AreHeldBack);
    }

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
