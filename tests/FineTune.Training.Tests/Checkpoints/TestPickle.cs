using System.Buffers.Binary;
using System.Text;

namespace FineTune.Training.Tests.Checkpoints;

/// <summary>Writes pickles of protocol 2, right ones and wrong ones, and the files of such pickles that PyTorch before 1.6 wrote.</summary>
internal sealed class TestPickle
{
    private readonly List<byte> bytes = [0x80, 2];

    public byte[] Bytes => [.. bytes];

    public static TestPickle Of(params byte[] instructions) => new TestPickle().Add(instructions);

    /// <summary>A dictionary of one tensor "w" in a storage "0" of 32-bit floats.</summary>
    public static byte[] Tensor(long[] shape, long[] strides, long offset = 0, long elements = 6, string storage = "FloatStorage")
        => Of((byte)'}').Text("w").Tensor(storage, "0", elements, offset, shape, strides).Add("s."u8).Bytes;

    /// <summary>A file of PyTorch before 1.6 of the tensor "w", 2×3, whose storages follow as <paramref name="elements"/> and <paramref name="data"/>.</summary>
    public static byte[] Legacy(string?[] keys, long elements, byte[] data, long version = 1001)
    {
        byte[] magic = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];
        var list = Of((byte)']', (byte)'(');
        foreach (var key in keys)
        {
            list = key is null ? list.Add((byte)'N') : list.Text(key);
        }

        var count = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(count, elements);
        return [.. magic, .. new TestPickle().Integer(version).Add((byte)'.').Bytes, .. Of((byte)'}', (byte)'.').Bytes, .. Tensor([2, 3], [3, 1]), .. list.Add("e."u8).Bytes, .. count, .. data];
    }

    public TestPickle Add(params ReadOnlySpan<byte> instructions)
    {
        bytes.AddRange(instructions);
        return this;
    }

    public TestPickle Text(string text)
    {
        var encoded = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, encoded.Length);
        return Add((byte)'X').Add(length).Add(encoded);
    }

    public TestPickle Integer(long value)
    {
        var digits = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(digits, value);
        return Add(0x8A, 8).Add(digits);
    }

    public TestPickle Global(string module, string name) => Add((byte)'c').Add(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public TestPickle Tensor(string storage, string key, long elements, long offset, long[] shape, long[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Add("(("u8).Text("storage").Global("torch", storage).Text(key).Text("cpu").Integer(elements).Add("tQ"u8);
        Integer(offset).Integers(shape).Integers(strides).Add(0x89);
        return Global("collections", "OrderedDict").Add(")RtR"u8);
    }

    private TestPickle Integers(long[] values)
    {
        Add((byte)'(');
        foreach (var value in values)
        {
            Integer(value);
        }

        return Add((byte)'t');
    }
}
