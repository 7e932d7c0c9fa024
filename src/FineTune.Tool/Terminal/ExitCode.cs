namespace FineTune.Tool.Terminal;

/// <summary>What the process returns; the numbers are part of the command line's contract.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>An FT code on standard error says why.</summary>
    public const int Failed = 1;

    public const int WrongUsage = 2;

    /// <summary>The model was trained, and a condition of <c>Require</c> does not hold.</summary>
    public const int GateMissed = 3;

    /// <summary>The shell's convention for an interrupted process: 128 + SIGINT.</summary>
    public const int Cancelled = 130;
}
