using System.Buffers.Binary;
using System.Text;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>Takes instructions and their arguments from a pickle, one after the other.</summary>
/// <param name="bytes">The pickle.</param>
/// <param name="errors">Makes the errors.</param>
internal ref struct PickleReader(ReadOnlySpan<byte> bytes, PyTorchErrors errors)
{
    private const int LongestLine = 256;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>How many bytes were not taken yet.</summary>
    public readonly int Remaining => rest.Length;

    /// <summary>Takes some bytes.</summary>
    /// <exception cref="FineTuneException">FT2034: so many are not left.</exception>
    public ReadOnlySpan<byte> Bytes(uint count)
    {
        if (count > rest.Length)
        {
            throw errors.Damaged("its pickle ends in the middle of an instruction");
        }

        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    /// <summary>Takes a byte.</summary>
    public byte Byte() => Bytes(sizeof(byte))[0];

    /// <summary>Takes an unsigned 16-bit integer.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(sizeof(ushort)));

    /// <summary>Takes a signed 32-bit integer.</summary>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(sizeof(int)));

    /// <summary>Takes an unsigned 32-bit integer.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(sizeof(uint)));

    /// <summary>Takes a 64-bit float, whose highest byte comes first.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(sizeof(double)));

    /// <summary>Takes an integer of as many bytes as its first byte says.</summary>
    /// <exception cref="FineTuneException">FT2034: it has more than 64 bits.</exception>
    public long LongInteger()
    {
        var length = Byte();
        if (length > sizeof(long))
        {
            throw errors.Damaged($"its pickle holds an integer of {length} bytes");
        }

        var digits = Bytes(length);
        var value = length > 0 && (digits[^1] & 0x80) != 0 ? -1L : 0;
        for (var index = length - 1; index >= 0; index--)
        {
            value = (value << 8) | digits[index];
        }

        return value;
    }

    /// <summary>Takes text with its length in front.</summary>
    public string Text() => Decode(Bytes(UInt32()));

    /// <summary>Takes text up to the end of its line.</summary>
    public string Line()
    {
        var length = rest[..Math.Min(rest.Length, LongestLine)].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw errors.Damaged("a name in its pickle does not end");
        }

        var line = Decode(Bytes((uint)length));
        Byte();
        return line;
    }

    private readonly string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return StrictUtf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw errors.Damaged("a text in its pickle is not valid UTF-8");
        }
    }
}
