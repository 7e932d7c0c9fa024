using System.Globalization;
using System.Text;

namespace FineTune.Core.Fingerprints;

/// <summary>
/// SHA-256 of files, remembered by size and modification time, as git's index does it. A file whose time is not clearly older than the
/// moment of its hashing might have been changed in the same tick of the clock, and is hashed again the next time. Safe for use by several threads.
/// </summary>
public sealed class ContentHashIndex
{
    private const string Header = "finetune hashes 1";

    // File systems store times in steps of up to two seconds (FAT), and network file systems have clocks of their own.
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(2);

    private readonly object _lock = new();
    private readonly string _indexFile;
    private readonly Func<DateTime> _utcNow;
    private readonly Dictionary<string, Entry> _entries;
    private bool _isChanged;

    /// <summary>Opens the index; a file that is missing or damaged is an empty index.</summary>
    /// <param name="indexFile">Where the index is kept between runs.</param>
    public ContentHashIndex(string indexFile)
        : this(indexFile, () => DateTime.UtcNow)
    {
    }

    internal ContentHashIndex(string indexFile, Func<DateTime> utcNow)
    {
        _indexFile = indexFile;
        _utcNow = utcNow;
        _entries = Read(indexFile);
    }

    /// <summary>How many files were read because the index did not know their hash.</summary>
    internal int FilesRead { get; private set; }

    /// <summary>The hash of a file, from the index where size and time vouch for it.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string GetFileHash(string fullPath)
    {
        var file = new FileInfo(fullPath);
        // A link has a time of its own, which says nothing about the file behind it.
        var isLink = file.Exists && (file.Attributes & FileAttributes.ReparsePoint) != 0;
        if (!file.Exists || isLink)
        {
            return ReadHash(fullPath);
        }

        var (size, modified) = (file.Length, file.LastWriteTimeUtc.Ticks);
        lock (_lock)
        {
            if (_entries.TryGetValue(fullPath, out var known) && known.Size == size && known.Modified == modified && known.Modified < known.Recorded - ClockStep.Ticks)
            {
                return known.Hash;
            }
        }

        var recorded = _utcNow().Ticks;
        var hash = ReadHash(fullPath);
        lock (_lock)
        {
            _entries[fullPath] = new Entry(size, modified, recorded, hash);
            _isChanged = true;
        }
        return hash;
    }

    /// <summary>
    /// Writes the index, atomically, when there is something new. The index only saves time: where it cannot be written, files are hashed again next time.
    /// </summary>
    public void Save()
    {
        lock (_lock)
        {
            if (!_isChanged)
            {
                return;
            }

            var temporary = $"{_indexFile}.{Guid.NewGuid():N}.tmp";
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_indexFile))!);
                File.WriteAllText(temporary, Write());
                Replace(temporary, _indexFile);
                _isChanged = false;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                DeleteIfPossible(temporary);
            }
        }
    }

    private string ReadHash(string fullPath)
    {
        lock (_lock)
        {
            FilesRead++;
        }

        return ContentHash.OfFile(fullPath);
    }

    private string Write()
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var pair in _entries.Where(pair => !pair.Key.Contains('\n') && File.Exists(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var entry = pair.Value;
            text.AppendFormat(CultureInfo.InvariantCulture, "{0} {1} {2} {3} ", entry.Hash, entry.Size, entry.Modified, entry.Recorded).Append(pair.Key).Append('\n');
        }
        return text + ContentHash.OfText(text.ToString());
    }

    private static Dictionary<string, Entry> Read(string indexFile)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        string text;
        try
        {
            text = File.ReadAllText(indexFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return entries;
        }
        // The last line is the hash of the lines before it: a wrong hash must never be believed.
        var body = text.Substring(0, text.LastIndexOf('\n') + 1);
        if (!body.StartsWith(Header, StringComparison.Ordinal) || ContentHash.OfText(body) != text.Substring(body.Length))
        {
            return entries;
        }

        foreach (var line in body.Split('\n').Skip(1))
        {
            var parts = line.Split([' '], 5);
            if (parts.Length == 5 && ContentHash.IsHash(parts[0]) && TryParse(parts[1], out var size) && TryParse(parts[2], out var modified) && TryParse(parts[3], out var recorded))
            {
                entries[parts[4]] = new Entry(size, modified, recorded, parts[0]);
            }
        }
        return entries;
    }

    private static bool TryParse(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static void Replace(string source, string destination)
    {
#if NET
        File.Move(source, destination, overwrite: true);
#else
        if (File.Exists(destination))
        {
            File.Replace(source, destination, null);
        }
        else
        {
            File.Move(source, destination);
        }
#endif
    }

    private static void DeleteIfPossible(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Left for the next clean; an unfinished index has a name that nobody reads.
        }
    }

    private sealed record Entry(long Size, long Modified, long Recorded, string Hash);
}
