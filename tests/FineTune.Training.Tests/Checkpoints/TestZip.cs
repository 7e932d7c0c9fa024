using System.Text;

namespace FineTune.Training.Tests.Checkpoints;

/// <summary>Writes zip files of uncompressed entries, with 32-bit or with 64-bit numbers.</summary>
internal static class TestZip
{
    public static byte[] Write(IReadOnlyList<(string Name, byte[] Content)> entries, bool zip64 = false)
    {
        var file = new MemoryStream();
        var directory = new MemoryStream();
        using var writer = new BinaryWriter(file);
        using var directoryWriter = new BinaryWriter(directory);
        foreach (var (name, content) in entries)
        {
            var offset = file.Position;
            var encoded = Encoding.UTF8.GetBytes(name);
            var extra = new byte[] { 0x46, 0x42, 3, 0, 1, 2, 3 }; // as torch's padding: a field that only the local header has
            Words(writer, "PK\u0003\u0004", 45, 0, 0, 0, 0);
            Longs(writer, 0, (uint)content.Length, (uint)content.Length);
            Words(writer, "", encoded.Length, extra.Length);
            writer.Write(encoded);
            writer.Write(extra);
            writer.Write(content);

            Words(directoryWriter, "PK\u0001\u0002", 45, 45, 0, 0, 0, 0);
            Longs(directoryWriter, 0, zip64 ? uint.MaxValue : (uint)content.Length, zip64 ? uint.MaxValue : (uint)content.Length);
            Words(directoryWriter, "", encoded.Length, zip64 ? 28 : 0, 0, 0, 0);
            Longs(directoryWriter, 0, zip64 ? uint.MaxValue : (uint)offset);
            directoryWriter.Write(encoded);
            if (zip64)
            {
                Words(directoryWriter, "", 1, 24);
                directoryWriter.Write((long)content.Length);
                directoryWriter.Write((long)content.Length);
                directoryWriter.Write(offset);
            }
        }

        var directoryOffset = file.Position;
        writer.Write(directory.ToArray());
        if (zip64)
        {
            var end = file.Position;
            Longs(writer, 0x06064B50);
            writer.Write(44L);
            Words(writer, "", 45, 45);
            Longs(writer, 0, 0);
            writer.Write((long)entries.Count);
            writer.Write((long)entries.Count);
            writer.Write(directory.Length);
            writer.Write(directoryOffset);
            Longs(writer, 0x07064B50, 0);
            writer.Write(end);
            Longs(writer, 1);
        }

        Words(writer, "PK\u0005\u0006", 0, 0, zip64 ? ushort.MaxValue : entries.Count, zip64 ? ushort.MaxValue : entries.Count);
        Longs(writer, zip64 ? uint.MaxValue : (uint)directory.Length, zip64 ? uint.MaxValue : (uint)directoryOffset);
        Words(writer, "", 0);
        return file.ToArray();
    }

    private static void Words(BinaryWriter writer, string signature, params int[] values)
    {
        writer.Write(Encoding.Latin1.GetBytes(signature));
        foreach (var value in values)
        {
            writer.Write((ushort)value);
        }
    }

    private static void Longs(BinaryWriter writer, params uint[] values)
    {
        foreach (var value in values)
        {
            writer.Write(value);
        }
    }
}
