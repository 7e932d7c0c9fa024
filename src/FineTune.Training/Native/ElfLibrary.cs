using System.Buffers.Binary;
using System.Text;

namespace FineTune.Training.Native;

/// <summary>Writes the smallest shared library for Linux on x86-64: one exported function, no relocations, no needed libraries.</summary>
internal static class ElfLibrary
{
    private const int PageSize = 0x1000;
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const int SymbolSize = 24;

    // Where the parts lie, as offsets in the file and as addresses. Loaders write into the dynamic section, so it has a page of its own.
    private const int Symbols = HeaderSize + 3 * SegmentSize;
    private const int HashTable = Symbols + 2 * SymbolSize;
    private const int Names = HashTable + 5 * sizeof(uint);
    private const int Dynamic = PageSize;

    /// <summary>The bytes of a library that exports <paramref name="function"/>.</summary>
    /// <param name="function">The function's name, ASCII.</param>
    /// <param name="code">Its machine code, independent of its address.</param>
    /// <exception cref="ArgumentOutOfRangeException">Name and code do not fit into a page.</exception>
    public static byte[] Write(string function, ReadOnlySpan<byte> code)
    {
        byte[] names = [0, .. Encoding.ASCII.GetBytes(function), 0];
        var text = (Names + names.Length + 15) & ~15;
        var textEnd = text + code.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(textEnd, PageSize);

        // Tag and value: hash table, names, symbols, size of the names, size of a symbol, end.
        ReadOnlySpan<long> dynamic = [4, HashTable, 5, Names, 6, Symbols, 10, names.Length, 11, SymbolSize, 0, 0];
        var dynamicSize = dynamic.Length * sizeof(long);
        var image = new byte[Dynamic + dynamicSize];

        // 64 bits, little-endian, version 1; a shared object for x86-64 with three segments and no sections.
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(image);
        Write16(image, 16, 3, 62);
        Write32(image, 20, 1);
        Write64(image, 32, HeaderSize);
        Write16(image, 52, HeaderSize, SegmentSize, 3);

        // A segment: kind (1 loaded, 2 dynamic), permissions (1 execute, 2 write, 4 read), offset, address twice, size in the file and in memory, alignment.
        WriteSegment(image, 0, kind: 1, permissions: 5, start: 0, textEnd);
        WriteSegment(image, 1, kind: 1, permissions: 6, Dynamic, dynamicSize);
        WriteSegment(image, 2, kind: 2, permissions: 6, Dynamic, dynamicSize);

        // Symbols: none, and a global function in some section. Hash table: one bucket, which begins with symbol 1 and ends there.
        Write32(image, Symbols + SymbolSize, 1);
        image[Symbols + SymbolSize + 4] = 0x12;
        Write16(image, Symbols + SymbolSize + 6, 1);
        Write64(image, Symbols + SymbolSize + 8, text, code.Length);
        Write32(image, HashTable, 1, 2, 1);
        names.CopyTo(image, Names);
        code.CopyTo(image.AsSpan(text));
        Write64(image, Dynamic, dynamic);
        return image;
    }

    private static void WriteSegment(Span<byte> image, int index, uint kind, uint permissions, long start, long size)
    {
        var offset = HeaderSize + index * SegmentSize;
        Write32(image, offset, kind, permissions);
        Write64(image, offset + 8, start, start, start, size, size, PageSize);
    }

    private static void Write16(Span<byte> image, int offset, params ReadOnlySpan<ushort> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(image[(offset + i * sizeof(ushort))..], values[i]);
        }
    }

    private static void Write32(Span<byte> image, int offset, params ReadOnlySpan<uint> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(image[(offset + i * sizeof(uint))..], values[i]);
        }
    }

    private static void Write64(Span<byte> image, int offset, params ReadOnlySpan<long> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(image[(offset + i * sizeof(long))..], values[i]);
        }
    }
}
