using System.Globalization;
using FineTune.Core.Store;

namespace FineTune.Training.Native;

/// <summary>
/// Keeps two trainings of a machine from one graphics processor. The lock lies on the machine and not in the store, which several machines may share.
/// Containers with temporary folders of their own do not see each other's.
/// </summary>
internal static class DeviceLock
{
    /// <summary>Set to 1, trainings share processors.</summary>
    public const string ShareVariable = "FINETUNE_SHARE_DEVICE";

    /// <summary>Waits for a CUDA device; <see langword="null"/> where locks cannot be taken, and the training goes on without.</summary>
    /// <param name="index">Its index as this process sees it.</param>
    /// <param name="waiting">Is told, once, for whom this process waits, if that is known.</param>
    /// <param name="cancellation">Ends the waiting at once.</param>
    /// <exception cref="OperationCanceledException">The waiting was cancelled.</exception>
    public static IDisposable? Acquire(int index, Action<LockHolder?> waiting, CancellationToken cancellation)
        => Acquire(Directory, NameOf(index, CudaDriver.Identifier(index), Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES")), waiting, cancellation);

    /// <summary>Waits for the device of a name, with locks in <paramref name="directory"/>.</summary>
    public static IDisposable? Acquire(string directory, string name, Action<LockHolder?> waiting, CancellationToken cancellation)
    {
        try
        {
            return FileLock.Acquire(Path.Combine(directory, $"finetune-{name}.lock"), waiting, cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What a device is called by every process of the machine: its identifier, else its number as the driver counts.</summary>
    public static string NameOf(int index, Guid? identifier, string? visibleDevices)
    {
        if (identifier is { } known)
        {
            return $"cuda-{known:N}";
        }

        var visible = visibleDevices?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var name = index < visible.Length ? visible[index] : index.ToString(CultureInfo.InvariantCulture);
        return $"cuda-{string.Concat(name.Where(character => char.IsAsciiLetterOrDigit(character) || character == '-'))}";
    }

    // The temporary folder of the system: that of the user, or of a job, would not be shared.
    private static string Directory => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "FineTune")
        : "/tmp";
}
