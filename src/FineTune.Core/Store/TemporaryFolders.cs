using System.Diagnostics;

namespace FineTune.Core.Store;

/// <summary>The folders in which entries lie while they are written or deleted, named after the process that does so.</summary>
/// <param name="directory">The folder of all of them.</param>
internal sealed class TemporaryFolders(string directory)
{
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromDays(1);

    /// <summary>Makes an empty one, and deletes those that ended processes left behind.</summary>
    public string Create()
    {
        DeleteAbandoned();
        var folder = NewPath();
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>A path at which nothing is yet; its parent exists.</summary>
    public string NewPath()
    {
        Directory.CreateDirectory(directory);
        return Path.Combine(directory, $"{CurrentProcessId}-{Guid.NewGuid():N}");
    }

    /// <summary>Deletes those that ended processes left behind.</summary>
    public void DeleteAbandoned()
    {
        foreach (var folder in Directory.Exists(directory) ? Directory.GetDirectories(directory) : [])
        {
            if (DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > AbandonedAfter && !IsRunning(Path.GetFileName(folder)))
            {
                DeleteIfPossible(folder);
            }
        }
    }

    /// <summary>Deletes a folder; one that cannot be deleted now is deleted by a later run.</summary>
    public static void DeleteIfPossible(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Temporary folders that cannot be deleted now are deleted by a later run.
        }
    }

    private static bool IsRunning(string folderName)
    {
        if (!int.TryParse(folderName.Split('-')[0], out var processId))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static int CurrentProcessId
    {
        get
        {
            using var process = Process.GetCurrentProcess();
            return process.Id;
        }
    }
}
