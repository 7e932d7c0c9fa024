using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Store;

namespace FineTune.Training.Training;

/// <summary>Where what frozen layers compute is kept for all epochs and later trainings.</summary>
/// <param name="Store">The store.</param>
/// <param name="MaxBytes">The most that all hidden states of the store may take.</param>
internal sealed record HiddenStatesStore(ModelStore Store, long MaxBytes)
{
    /// <summary>The environment variable with the limit in gigabytes; 0 keeps nothing.</summary>
    public const string LimitVariable = "FINETUNE_HIDDEN_STATES_GB";

    /// <summary>The limit where the variable is not set.</summary>
    public const long DefaultMaxBytes = 10_000_000_000;

    private const double BytesInGigabyte = 1e9;
    private const double MostGigabytes = 1e6;

    /// <summary>The fingerprint of the training that uses them, for whoever cleans the store; <see langword="null"/> to note none.</summary>
    public string? Training { get; init; }

    /// <summary>A store with the limit that the environment asks for.</summary>
    /// <param name="store">The store.</param>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <exception cref="FineTuneException">FT4032: the variable is no number of gigabytes.</exception>
    public static HiddenStatesStore Open(ModelStore store, Func<string, string?> variable)
    {
        var text = variable(LimitVariable);
        if (string.IsNullOrWhiteSpace(text))
        {
            return new(store, DefaultMaxBytes);
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var gigabytes) && gigabytes <= MostGigabytes
            ? new(store, (long)(gigabytes * BytesInGigabyte))
            : throw new FineTuneException("FT4032", $"{LimitVariable} is '{text}', which is no number of gigabytes. Set it to a number such as 20 or 0.5; 0 keeps no hidden states.");
    }

    /// <summary>Notes that the training uses an entry.</summary>
    public void RecordUse(StoreEntry entry)
    {
        if (Training is not null)
        {
            HiddenStatesUses.Record(entry.Directory, Training);
        }
    }

    /// <summary>The most that can be used now: the limit, but no more than half of what is free on the disk beside what hidden states take already.</summary>
    public long UsableBytes(long takenBytes)
    {
        try
        {
            return Math.Min(MaxBytes, (new DriveInfo(Path.GetFullPath(Store.Root)).AvailableFreeSpace + takenBytes) / 2);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A file share that does not tell: the disk says when it is full.
            return MaxBytes;
        }
    }
}
