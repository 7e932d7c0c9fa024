using FineTune.Core.Diagnostics;

namespace FineTune.Core.Store;

/// <summary>The entries that a process uses: somebody who prunes takes none of them. An entry whose list is held open is in use, and nothing is ever read from what is open here.</summary>
internal sealed class EntryUses : IDisposable
{
    private const int OpenAttempts = 40;
    private const int MillisecondsBetweenOpenings = 25;

    private readonly List<FileStream> _uses = [];

    /// <summary>Keeps an entry from being pruned. <see langword="false"/> when it was pruned just now; a folder without a list is left to whoever checks entries.</summary>
    public bool TryBegin(string directory)
    {
        var list = Path.Combine(directory, StoreEntryList.FileName);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var use = new FileStream(list, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
                // The file that was opened may have been on its way out with its folder.
                if (File.Exists(list))
                {
                    lock (_uses)
                    {
                        _uses.Add(use);
                    }

                    return true;
                }

                use.Dispose();
                return false;
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
            {
                return Directory.Exists(directory);
            }
            catch (IOException exception) when (FileLock.IsHeld(exception) && attempt < OpenAttempts)
            {
                // It is being pruned, which takes no longer than a rename.
                Thread.Sleep(MillisecondsBetweenOpenings);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw NotReadable(directory, exception);
            }
        }
    }

    /// <summary>Gives up one entry before the others: from now on it may be pruned.</summary>
    public void End(string directory)
    {
        lock (_uses)
        {
            foreach (var use in _uses.Where(use => Path.GetDirectoryName(use.Name) == directory).ToArray())
            {
                _uses.Remove(use);
                use.Dispose();
            }
        }
    }

    /// <summary>Gives a finished folder its place, in use from the first moment on where the system allows to rename what is open.</summary>
    public bool Move(string folder, string destination)
    {
        if (Path.DirectorySeparatorChar == '\\')
        {
            Directory.Move(folder, destination);
            return TryBegin(destination);
        }

        var use = new FileStream(Path.Combine(folder, StoreEntryList.FileName), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        try
        {
            Directory.Move(folder, destination);
        }
        catch
        {
            use.Dispose();
            throw;
        }

        lock (_uses)
        {
            _uses.Add(use);
        }

        return true;
    }

    /// <summary>Opens an entry's list so that nobody can begin to use the entry; <see langword="null"/> on Windows, where renaming says the same.</summary>
    /// <exception cref="IOException">Somebody uses the entry.</exception>
    public static FileStream? Exclude(string entryDirectory)
    {
        var list = Path.Combine(entryDirectory, StoreEntryList.FileName);
        FileStream file;
        try
        {
            file = new FileStream(list, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (UnauthorizedAccessException)
        {
            file = new FileStream(list, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 1);
        }

        if (Path.DirectorySeparatorChar != '\\')
        {
            return file;
        }

        // Windows renames no folder with an open file, neither one of ours nor one of a reader's, who is safe by that alone.
        file.Dispose();
        return null;
    }

    /// <summary>The error for an entry that cannot be read.</summary>
    public static FineTuneException NotReadable(string directory, Exception exception) => StoreDiagnostics.EntryNotReadable.Exception(
        $"The store entry '{directory}' cannot be read: {exception.Message} Make its files readable, or delete the folder.", innerException: exception);

    /// <summary>Gives up all entries.</summary>
    public void Dispose()
    {
        lock (_uses)
        {
            _uses.ForEach(use => use.Dispose());
            _uses.Clear();
        }
    }
}
