using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace FineTune.Training.Native;

/// <summary>What <c>cpuid</c> says of this processor; nothing where it is none of x86.</summary>
internal static class Processor
{
    /// <summary><see cref="Maker"/> of Intel's processors.</summary>
    public const string Intel = "GenuineIntel";

    private const string Amd = "AuthenticAMD";

    /// <summary>The family that AMD's Zen 5 has, written as the manuals do: base and extended family together.</summary>
    private const int Zen5 = 0x1a;

    /// <summary>The maker in the processor's own spelling; empty where it is none of x86.</summary>
    public static string Maker { get; } = X86Base.IsSupported ? ReadMaker() : "";

    /// <summary>
    /// Whether products in bfloat16 were measured to take less time than those of 32-bit floats: AMD's processors from Zen 5 with AVX512-BF16. On Intel's without AMX they take longer, and those with AMX were not at hand
    /// (docs/decisions/training-speed.md).
    /// </summary>
    public static bool MultipliesBFloat16Faster { get; } = X86Base.IsSupported && Maker == Amd && ReadFamily() >= Zen5 && Avx512F.IsSupported && HasBFloat16();

    private static string ReadMaker()
    {
        Span<byte> letters = stackalloc byte[12];
        var (_, first, third, second) = X86Base.CpuId(0, 0);
        BinaryPrimitives.WriteInt32LittleEndian(letters, first);
        BinaryPrimitives.WriteInt32LittleEndian(letters[4..], second);
        BinaryPrimitives.WriteInt32LittleEndian(letters[8..], third);
        return Encoding.ASCII.GetString(letters);
    }

    private static int ReadFamily()
    {
        var signature = X86Base.CpuId(1, 0).Eax;
        var family = signature >> 8 & 0xf;
        return family == 0xf ? family + (signature >> 20 & 0xff) : family;
    }

    private static bool HasBFloat16() => X86Base.CpuId(0, 0).Eax >= 7 && X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & 1 << 5) != 0;
}
