using System.Buffers;
using System.Text;
using System.Text.Unicode;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>Opens text files, which must be UTF-8 throughout: a wrong byte is an error with its place, not a replacement character in the training data.</summary>
internal static class Utf8File
{
    private const int ChunkSize = 1 << 16;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Checks the whole file and opens it at its beginning, behind the byte order mark if there is one.</summary>
    /// <exception cref="FineTuneException">The file does not exist (FT1001), cannot be read (FT1027), or is not UTF-8 (FT1010, FT1011).</exception>
    public static StreamReader Open(DataFile file)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(file.FullPath, FileMode.Open, FileAccess.Read, FileShare.Read, ChunkSize, FileOptions.SequentialScan);
            CheckAll(stream, file);
            stream.Position = 0;
            return new StreamReader(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true, ChunkSize);
        }
        catch (Exception exception)
        {
            stream?.Dispose();
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw CannotOpen(file, exception);
            }

            throw;
        }
    }

    /// <summary>Reads and checks the whole file; the byte order mark is left out.</summary>
    /// <exception cref="FineTuneException">The file does not exist (FT1001), cannot be read (FT1027), or is not UTF-8 (FT1010, FT1011).</exception>
    public static ReadOnlyMemory<byte> ReadAllBytes(DataFile file)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file.FullPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotOpen(file, exception);
        }

        CheckBeginning(bytes, file);
        var content = bytes.AsMemory(bytes.AsSpan().StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0);
        CheckLines(content.Span, line: 1, file);
        return content;
    }

    private static FineTuneException CannotOpen(DataFile file, Exception exception)
        => exception is FileNotFoundException or DirectoryNotFoundException
            ? new("FT1001", "The data file does not exist. Check the path in the plan.", new SourceLocation(file.DisplayPath), exception)
            : new("FT1027", $"The data file cannot be read: {exception.Message}", new SourceLocation(file.DisplayPath), exception);

    private static void CheckAll(FileStream stream, DataFile file)
    {
        var buffer = new byte[ChunkSize];
        var filled = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        CheckBeginning(buffer.AsSpan(0, filled), file);
        if (buffer.AsSpan(0, filled).StartsWith(ByteOrderMark))
        {
            buffer.AsSpan(ByteOrderMark.Length, filled - ByteOrderMark.Length).CopyTo(buffer);
            filled -= ByteOrderMark.Length;
        }

        var line = 1;
        while (filled > 0)
        {
            // A newline is never part of a longer character, so whole lines can be checked by themselves.
            var wholeLines = buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            var atEnd = stream.Position >= stream.Length;
            var length = atEnd ? filled : wholeLines;
            CheckLines(buffer.AsSpan(0, length), line, file);
            line += buffer.AsSpan(0, length).Count((byte)'\n');
            buffer.AsSpan(length, filled - length).CopyTo(buffer);
            filled -= length;
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            filled += stream.ReadAtLeast(buffer.AsSpan(filled), buffer.Length - filled, throwOnEndOfStream: false);
        }
    }

    private static void CheckBeginning(ReadOnlySpan<byte> bytes, DataFile file)
    {
        var start = bytes[..Math.Min(4, bytes.Length)];
        if (start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || start.Contains((byte)0))
        {
            throw new FineTuneException("FT1011", "The file is UTF-16 or UTF-32, not UTF-8. Save it as UTF-8 (in Excel: 'CSV UTF-8'; in PowerShell: -Encoding utf8).", new SourceLocation(file.DisplayPath));
        }
    }

    private static void CheckLines(ReadOnlySpan<byte> lines, int line, DataFile file)
    {
        var nul = lines.IndexOf((byte)0);
        if (nul < 0 && Utf8.IsValid(lines))
        {
            return;
        }

        var valid = 0;
        while (valid != nul && Rune.DecodeFromUtf8(lines[valid..], out _, out var consumed) == OperationStatus.Done)
        {
            valid += consumed;
        }

        var before = lines[..valid];
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        throw new FineTuneException(
            "FT1010",
            valid == nul
                ? "There is a NUL character. The file is binary or damaged; data files are text."
                : $"The byte 0x{lines[valid]:X2} is not valid UTF-8. The file was probably saved in another encoding, such as Windows-1252; save it as UTF-8.",
            new SourceLocation(file.DisplayPath, line + before.Count((byte)'\n'), column));
    }
}
