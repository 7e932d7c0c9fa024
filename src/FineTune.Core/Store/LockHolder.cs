using System.Diagnostics;
using System.Globalization;

namespace FineTune.Core.Store;

/// <summary>Who holds a <see cref="FileLock"/>, for the people who wait: what it says about itself in a file beside the lock.</summary>
/// <param name="ProcessId">Its process, which may be one of another container.</param>
/// <param name="Machine">Its machine.</param>
/// <param name="Since">When it took the lock, in universal time.</param>
internal sealed record LockHolder(int ProcessId, string Machine, DateTime Since)
{
    /// <summary>This process, now.</summary>
    public static LockHolder Here()
    {
        using var process = Process.GetCurrentProcess();
        return new LockHolder(process.Id, Environment.MachineName, DateTime.UtcNow);
    }

    /// <summary>The one line of text that <see cref="Parse"/> reads.</summary>
    public string Write() => string.Format(CultureInfo.InvariantCulture, "{0} {1:O} {2}", ProcessId, Since, Machine);

    /// <summary>Reads a line of <see cref="Write"/>; <see langword="null"/> when it is none, as while it is being written.</summary>
    public static LockHolder? Parse(string line)
    {
        var parts = line.Split([' '], 3);
        return parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            && DateTime.TryParseExact(parts[1], "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var since)
            ? new LockHolder(process, parts[2], since)
            : null;
    }

    /// <summary><c>process 1234, since 10:02</c>, in local time, with the machine when it is not this one and the day when it is not today.</summary>
    public string Describe(DateTime now)
    {
        var since = Since.ToLocalTime();
        var where = string.Equals(Machine, Environment.MachineName, StringComparison.OrdinalIgnoreCase) ? "" : $" on {Machine}";
        var when = since.ToString(since.Date == now.ToLocalTime().Date ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return $"process {ProcessId.ToString(CultureInfo.InvariantCulture)}{where}, since {when}";
    }
}
