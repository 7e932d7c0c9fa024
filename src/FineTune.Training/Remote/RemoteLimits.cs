namespace FineTune.Training.Remote;

/// <summary>How long a run waits for a remote cache at most; docs/store.md states the numbers.</summary>
internal sealed record RemoteLimits
{
    public static RemoteLimits Default { get; } = new();

    /// <summary>Until a connection is there.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Until the answer to a request begins.</summary>
    public TimeSpan Response { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time over which speed is measured, and the longest time without a byte.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Less than this, over one <see cref="Window"/>, is too slow.</summary>
    public long MinimumBytesPerSecond { get; init; } = 64 * 1024;

    /// <summary>For fetching, or for uploading, one entry with all its files.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Before the one repetition of what failed at once.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
