using System.Buffers.Binary;
using System.Text;

namespace FineTune.Training.Native;

/// <summary>
/// Makes one symbol-version requirement of a 64-bit little-endian ELF library optional, by setting <c>VER_FLG_WEAK</c> in its <c>.gnu.version_r</c> entry.
/// The dynamic loader then loads the library although the system's library does not define that version.
/// </summary>
internal static class ElfVersionRequirement
{
    private const int ProgramHeaderLoad = 1;
    private const int ProgramHeaderDynamic = 2;
    private const long DynamicStringTable = 5;
    private const long DynamicVersionNeed = 0x6ffffffe;
    private const long DynamicVersionNeedCount = 0x6fffffff;
    private const ushort WeakFlag = 2;

    /// <summary>Marks the requirement weak in <paramref name="image"/>.</summary>
    /// <returns>Whether the library has such a requirement.</returns>
    /// <exception cref="InvalidDataException">The bytes are no such library.</exception>
    public static bool MakeWeak(Span<byte> image, string version)
    {
        try
        {
            return MakeWeakUnchecked(image, version);
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException("The library's headers point outside of the file.", exception);
        }
    }

    private static bool MakeWeakUnchecked(Span<byte> image, string version)
    {
        if (!image.StartsWith("\x7f"u8) || !image[1..].StartsWith("ELF"u8) || image[4] != 2 || image[5] != 1)
        {
            throw new InvalidDataException("The file is no 64-bit little-endian ELF library.");
        }

        var dynamic = DynamicSection(image);
        if (!dynamic.TryGetValue(DynamicVersionNeed, out var needAddress))
        {
            return false;
        }

        var strings = FileOffset(image, dynamic[DynamicStringTable]);
        var need = FileOffset(image, needAddress);
        var found = false;
        for (var i = 0L; i < dynamic[DynamicVersionNeedCount]; i++)
        {
            // Verneed: version u16, count u16, file u32, aux u32, next u32
            int count = BinaryPrimitives.ReadUInt16LittleEndian(image[(need + 2)..]);
            var entry = need + Word(image, need + 8);
            for (var j = 0; j < count; j++)
            {
                // Vernaux: hash u32, flags u16, other u16, name u32, next u32
                if (NameAt(image, strings + Word(image, entry + 8)) == version)
                {
                    var flags = BinaryPrimitives.ReadUInt16LittleEndian(image[(entry + 4)..]);
                    BinaryPrimitives.WriteUInt16LittleEndian(image[(entry + 4)..], (ushort)(flags | WeakFlag));
                    found = true;
                }

                entry += Word(image, entry + 12);
            }

            need += Word(image, need + 12);
        }

        return found;
    }

    private static Dictionary<long, long> DynamicSection(ReadOnlySpan<byte> image)
    {
        var entries = new Dictionary<long, long>();
        foreach (var (type, offset, _, size) in ProgramHeaders(image))
        {
            if (type == ProgramHeaderDynamic)
            {
                for (var at = offset; at < offset + size; at += 16)
                {
                    entries[Long(image, at)] = Long(image, at + 8);
                }
            }
        }

        return entries;
    }

    private static int FileOffset(ReadOnlySpan<byte> image, long address)
    {
        foreach (var (type, offset, start, size) in ProgramHeaders(image))
        {
            if (type == ProgramHeaderLoad && address >= start && address < start + size)
            {
                return checked((int)(offset + address - start));
            }
        }

        throw new InvalidDataException("An address lies in no segment of the library.");
    }

    private static List<(int Type, int Offset, long Address, int Size)> ProgramHeaders(ReadOnlySpan<byte> image)
    {
        var table = checked((int)Long(image, 32));
        int entrySize = BinaryPrimitives.ReadUInt16LittleEndian(image[54..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(image[56..]);
        var headers = new List<(int, int, long, int)>(count);
        for (var i = 0; i < count; i++)
        {
            var at = table + (i * entrySize);
            headers.Add((Word(image, at), checked((int)Long(image, at + 8)), Long(image, at + 16), checked((int)Long(image, at + 32))));
        }

        return headers;
    }

    private static string NameAt(ReadOnlySpan<byte> image, int offset)
    {
        var rest = image[offset..];
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    private static int Word(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadInt32LittleEndian(image[offset..]);

    private static long Long(ReadOnlySpan<byte> image, int offset) => BinaryPrimitives.ReadInt64LittleEndian(image[offset..]);
}
