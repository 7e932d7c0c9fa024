using System.Runtime.InteropServices;
using FineTune.Training.Native;

namespace FineTune.Training.Tests.Native;

public sealed class AllocatorTests
{
    private const int LargePiece = 16 << 20;

    private delegate MemoryInfo ReadMemoryInfo();

    [Fact]
    public void Large_pieces_of_memory_are_not_mapped_anew_each_time()
    {
        Assert.SkipUnless(IsGlibc(out var mallinfo2), "The C library is not glibc.");
        Allocator.KeepFreedMemory();
        var before = MappedBytes(mallinfo2);

        var piece = Marshal.AllocHGlobal(LargePiece);
        var mapped = MappedBytes(mallinfo2) - before;
        Marshal.FreeHGlobal(piece);

        Assert.InRange(mapped, long.MinValue, LargePiece - 1);
    }

    [Fact]
    public void A_setting_of_the_user_stays()
    {
        var settings = Allocator.SettingsBeside(name => name == "MALLOC_TOP_PAD_" ? "1" : null).ToArray();

        Assert.Equal(2, settings.Length);
        Assert.DoesNotContain(settings, setting => setting.Parameter == -2);
    }

    private static bool IsGlibc(out nint mallinfo2)
    {
        mallinfo2 = 0;
        return OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "mallinfo2", out mallinfo2);
    }

    private static long MappedBytes(nint mallinfo2) => (long)Marshal.GetDelegateForFunctionPointer<ReadMemoryInfo>(mallinfo2)().MappedBytes;

    /// <summary>glibc's <c>struct mallinfo2</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MemoryInfo
    {
        public nuint Arena, FreeChunks, FastChunks, MappedPieces, MappedBytes, Unused, FastBytes, UsedBytes, FreeBytes, TopBytes;
    }
}
