namespace FineTune.Core.Store;

/// <summary>
/// An exclusive lock that lasts as long as a file is held open. The operating system keeps it (<c>flock</c>, on Windows the sharing mode), not the file's
/// content, so that it ends with its process however that ends, works between containers and threads, and never has to be believed or broken. The file itself stays
/// and means nothing.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private const string HolderExtension = ".holder";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or returns <see langword="null"/> when somebody else has it.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    public static FileLock? TryAcquire(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            FileStream file;
            try
            {
                file = Open(path);
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                return null;
            }

            // Whoever removes lock files that nobody needs may have removed this one between opening and locking it; then it locks nothing.
            if (File.Exists(path))
            {
                WriteHolder(path);
                return new FileLock(file);
            }

            file.Dispose();
        }
    }

    /// <summary>Takes the lock, waiting for it if need be.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="waiting">Is told, once, that there is somebody to wait for, and who, if that is known.</param>
    /// <param name="cancellation">Ends the waiting at once.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    public static FileLock Acquire(string path, Action<LockHolder?> waiting, CancellationToken cancellation)
    {
        var pause = FirstPause;
        for (var attempt = 0; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryAcquire(path) is { } acquired)
            {
                return acquired;
            }

            // Not at the first attempt: the holder needs a moment to say who it is, and may be done by then.
            if (attempt == 1)
            {
                waiting(ReadHolder(path));
            }

            cancellation.WaitHandle.WaitOne(pause);
            pause = pause + pause < LongestPause ? pause + pause : LongestPause;
        }
    }

    /// <summary>Deletes the lock's file if nobody holds the lock.</summary>
    public static void Remove(string path)
    {
        try
        {
            using var file = Open(path);
            File.Delete(path + HolderExtension);
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody holds it, or Windows deletes no open file: it stays, and does no harm.
        }
    }

    /// <summary>Whether <paramref name="exception"/> says that somebody else has the file open in a way that excludes us.</summary>
    public static bool IsHeld(IOException exception)
    {
        const int linuxWouldBlock = 11, macWouldBlock = 35, windowsSharingViolation = 32, windowsLockViolation = 33;
        return Path.DirectorySeparatorChar == '\\'
            ? (exception.HResult & 0xFFFF) is windowsSharingViolation or windowsLockViolation
            : exception.HResult is linuxWouldBlock or macWouldBlock;
    }

    /// <summary>Lets go of the lock.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_file.Name + HolderExtension);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Somebody reads it just now; the next holder writes it anew.
        }

        _file.Dispose();
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (UnauthorizedAccessException) when (File.Exists(path))
        {
            // The file of another user, which can be locked all the same, except on some network file systems.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 1);
        }
    }

    private static void WriteHolder(string path)
    {
        try
        {
            // A new file, and not a link that somebody laid there: the folder may be one that everybody can write.
            File.Delete(path + HolderExtension);
            using var file = new FileStream(path + HolderExtension, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            using var writer = new StreamWriter(file);
            writer.Write(LockHolder.Here().Write());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Those who wait will not be told for whom.
        }
    }

    private static LockHolder? ReadHolder(string path)
    {
        try
        {
            return LockHolder.Parse(File.ReadAllText(path + HolderExtension));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
