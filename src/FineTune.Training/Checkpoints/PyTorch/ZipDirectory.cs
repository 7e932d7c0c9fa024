using System.Buffers.Binary;
using System.Text;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>
/// Where the entries of a zip file lie that stores them without compression. <see cref="System.IO.Compression.ZipArchive"/> does not say where, and what it opens cannot seek;
/// weights are read in place. Format: PKWARE's APPNOTE.TXT 6.3, with the records for files above 4 GiB.
/// </summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;
    private const int LongestComment = ushort.MaxValue;
    private const int Zip64LocatorLength = 20;
    private const int Zip64EndLength = 56;
    private const int CentralLength = 46;
    private const int LocalLength = 30;
    private const ushort Zip64Field = 1;

    /// <summary>Reads where the entries are.</summary>
    /// <returns>The begin and length in bytes of each entry's data, by name.</returns>
    /// <exception cref="FineTuneException">FT2034: the directory does not describe the file.</exception>
    public static IReadOnlyDictionary<string, (long Offset, long Length)> Read(MappedFile file, PyTorchErrors errors)
    {
        var end = FindEnd(file) ?? throw errors.Damaged("the end of its zip directory is missing");
        var (count, length, offset) = ReadEnd(file, end, errors);
        if (count < 0 || offset < 0 || length < 0 || length > int.MaxValue || offset > end - length || count > length / CentralLength)
        {
            throw errors.Damaged("its zip directory lies outside of the file");
        }

        var entries = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        var directory = file.Bytes(offset, (int)length);
        for (var index = 0L; index < count; index++)
        {
            var (name, entry, entryLength) = ReadEntry(file, directory, offset, errors);
            directory = directory[entryLength..];
            if (!entries.TryAdd(name, entry))
            {
                throw errors.Damaged($"'{name}' occurs twice in its zip directory");
            }
        }

        return directory.IsEmpty ? entries : throw errors.Damaged("its zip directory has more bytes than entries");
    }

    /// <summary>The record at the end of the file, behind which only a comment may stand.</summary>
    private static long? FindEnd(MappedFile file)
    {
        for (var position = file.Length - EndLength; position >= 0 && position >= file.Length - EndLength - LongestComment; position--)
        {
            var end = file.Bytes(position, EndLength);
            if (end.StartsWith("PK\x05\x06"u8) && BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) == file.Length - EndLength - position)
            {
                return position;
            }
        }

        return null;
    }

    private static (long Count, long Length, long Offset) ReadEnd(MappedFile file, long position, PyTorchErrors errors)
    {
        var end = file.Bytes(position, EndLength);
        var (disk, directoryDisk, diskCount) = (Number16(end, 4), Number16(end, 6), Number16(end, 8));
        var (count, length, offset) = (Number16(end, 10), Number32(end, 12), Number32(end, 16));
        if (disk != 0 || directoryDisk != 0 || diskCount != count)
        {
            throw errors.Damaged("it is one part of a zip file in several parts");
        }

        var locatorPosition = position - Zip64LocatorLength;
        if (locatorPosition < 0 || !file.Bytes(locatorPosition, Zip64LocatorLength).StartsWith("PK\x06\x07"u8))
        {
            return (count, length, offset);
        }

        var zip64 = Number64(file.Bytes(locatorPosition, Zip64LocatorLength), 8);
        if (zip64 < 0 || zip64 > locatorPosition - Zip64EndLength || !file.Bytes(zip64, Zip64EndLength).StartsWith("PK\x06\x06"u8))
        {
            throw errors.Damaged("the end of its zip directory is damaged");
        }

        var longEnd = file.Bytes(zip64, Zip64EndLength);
        var (count64, length64, offset64) = (Number64(longEnd, 32), Number64(longEnd, 40), Number64(longEnd, 48));

        // The short record repeats what fits into it.
        return (count == ushort.MaxValue || count == count64) && (length == uint.MaxValue || length == length64) && (offset == uint.MaxValue || offset == offset64)
            ? (count64, length64, offset64)
            : throw errors.Damaged("the two ends of its zip directory differ");
    }

    private static (string Name, (long Offset, long Length) Data, int EntryLength) ReadEntry(MappedFile file, ReadOnlySpan<byte> directory, long directoryOffset, PyTorchErrors errors)
    {
        if (directory.Length < CentralLength || !directory.StartsWith("PK\x01\x02"u8))
        {
            throw errors.Damaged("an entry of its zip directory is damaged");
        }

        var (nameLength, extraLength, commentLength) = (Number16(directory, 28), Number16(directory, 30), Number16(directory, 32));
        var entryLength = CentralLength + nameLength + extraLength + commentLength;
        if (directory.Length < entryLength)
        {
            throw errors.Damaged("an entry of its zip directory is longer than the directory");
        }

        var nameBytes = directory.Slice(CentralLength, nameLength);
        var name = Encoding.UTF8.GetString(nameBytes);
        const int encrypted = 1;
        if ((Number16(directory, 8) & encrypted) != 0 || Number16(directory, 10) != 0)
        {
            throw errors.OtherFormat($"The entry '{PyTorchErrors.Shown(name)}' of this zip file is compressed or encrypted; torch.save writes neither. Save the model again with torch.save or save_pretrained.");
        }

        var (stored, length, local) = (Number32(directory, 20), Number32(directory, 24), Number32(directory, 42));
        ReadZip64(directory.Slice(CentralLength + nameLength, extraLength), ref length, ref stored, ref local, name, errors);
        if (length != stored)
        {
            throw errors.Damaged($"the entry '{name}' has two lengths");
        }

        if (local < 0 || local > directoryOffset - LocalLength)
        {
            throw errors.Damaged($"the entry '{name}' lies outside of the file");
        }

        // The name again, then fields that the directory does not have: torch fills them up so that data begin at multiples of 64.
        var header = file.Bytes(local, LocalLength);
        var data = local + LocalLength + Number16(header, 26) + Number16(header, 28);
        if (!header.StartsWith("PK\x03\x04"u8) || Number16(header, 26) != nameLength || data > directoryOffset || !file.Bytes(local + LocalLength, nameLength).SequenceEqual(nameBytes))
        {
            throw errors.Damaged($"the entry '{name}' does not begin where the zip directory says");
        }

        return length >= 0 && length <= directoryOffset - data ? (name, (data, length), entryLength) : throw errors.Damaged($"the entry '{name}' is longer than the file");
    }

    /// <summary>Replaces numbers that did not fit into 32 bits, in the order in which the format lists them.</summary>
    private static void ReadZip64(ReadOnlySpan<byte> extra, ref long length, ref long stored, ref long local, string name, PyTorchErrors errors)
    {
        if (length != uint.MaxValue && stored != uint.MaxValue && local != uint.MaxValue)
        {
            return;
        }

        while (extra.Length >= 4)
        {
            var (field, size) = (Number16(extra, 0), Number16(extra, 2));
            extra = extra[4..];
            if (size > extra.Length)
            {
                break;
            }

            if (field == Zip64Field)
            {
                var numbers = extra[..size];
                if (Replace(ref length, ref numbers) && Replace(ref stored, ref numbers) && Replace(ref local, ref numbers))
                {
                    return;
                }

                break;
            }

            extra = extra[size..];
        }

        throw errors.Damaged($"the entry '{name}' lacks its lengths");
    }

    private static bool Replace(ref long number, ref ReadOnlySpan<byte> numbers)
    {
        if (number != uint.MaxValue)
        {
            return true;
        }

        if (numbers.Length < sizeof(long))
        {
            return false;
        }

        number = BinaryPrimitives.ReadInt64LittleEndian(numbers);
        numbers = numbers[sizeof(long)..];
        return true;
    }

    private static ushort Number16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static long Number32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    /// <summary>Negative where the file says more than any file has.</summary>
    private static long Number64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);
}
