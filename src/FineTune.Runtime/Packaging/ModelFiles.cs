using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;

namespace FineTune.Runtime.Packaging;

/// <summary>The files of one model, wherever they lie: in a folder or in a package.</summary>
internal abstract class ModelFiles(string displayName) : IDisposable
{
    // The runtime's own limit for arrays of bytes.
    private const long LongestArray = 0x7FFFFFC7;

    /// <summary>The model's place as the user knows it, for messages.</summary>
    internal string DisplayName => displayName;

    /// <summary>Opens a file for reading; <see langword="null"/> where there is none.</summary>
    /// <param name="name">The path relative to the manifest, with forward slashes.</param>
    /// <param name="length">The number of bytes.</param>
    internal abstract Stream? Open(string name, out long length);

    /// <summary>The path of a file on disk; <see langword="null"/> where it is inside of something else.</summary>
    internal abstract string? PathOf(string name);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>All bytes of a file.</summary>
    /// <exception cref="FineTuneException">FT6052: there is no such file; FT6053: the package is damaged; FT6059: the file is too large for one array.</exception>
    internal byte[] ReadAllBytes(string name) => Read(name, (stream, length) =>
    {
        if (length > LongestArray)
        {
            throw new FineTuneException(
                "FT6059",
                $"The file '{name}' has {length} bytes and does not fit into memory as one block. Unpack the package (it is a zip file) and load the folder.",
                new SourceLocation(DisplayName));
        }

        var bytes = new byte[length];
        for (var position = 0; position < bytes.Length;)
        {
            var count = stream.Read(bytes, position, bytes.Length - position);
            position += count > 0 ? count : throw new InvalidDataException($"'{name}' ends after {position} of {bytes.Length} bytes.");
        }

        return bytes;
    });

    /// <summary>Checks that a file is the one that was built.</summary>
    /// <param name="name">The file.</param>
    /// <param name="hash">Its SHA-256 when the model was built.</param>
    /// <exception cref="FineTuneException">FT6051: it is not; FT6052: there is no such file; FT6053: the package is damaged.</exception>
    internal void Verify(string name, string hash) => RequireSame(name, hash, Read(name, (stream, _) => ContentHash.OfStream(stream)));

    /// <summary>All bytes of a file, which is checked to be the one that was built.</summary>
    /// <exception cref="FineTuneException">As <see cref="Verify"/> and <see cref="ReadAllBytes"/>.</exception>
    internal byte[] ReadVerified(string name, string hash)
    {
        var bytes = ReadAllBytes(name);
        RequireSame(name, hash, ContentHash.OfBytes(bytes));
        return bytes;
    }

    private void RequireSame(string name, string expected, string actual)
    {
        if (actual != expected)
        {
            throw new FineTuneException(
                "FT6051",
                $"The model's file '{name}' is not the one that was built: its SHA-256 differs from the manifest's. Build the model again, or copy it again from where it was built.",
                new SourceLocation(DisplayName));
        }
    }

    private T Read<T>(string name, Func<Stream, long, T> read)
    {
        try
        {
            using var stream = Open(name, out var length) ?? throw new FineTuneException(
                "FT6052",
                $"The model has no file '{name}'. Build it again, or copy all of its files.",
                new SourceLocation(DisplayName));
            return read(stream, length);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            throw new FineTuneException(
                "FT6053",
                $"The model package is damaged: {exception.Message} Build it again, or copy it again from where it was built.",
                new SourceLocation(DisplayName),
                exception);
        }
    }
}
