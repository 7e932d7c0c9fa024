namespace FineTune.Build.Worker;

/// <summary>Environment variables of the worker process.</summary>
internal static class WorkerEnvironment
{
    // glibc returns large tensors to the system after every step and asks for them again in the next; keeping them makes a step 5 to 12 % faster.
    private static readonly (string Name, string Value)[] AllocatorSettings =
    [
        ("MALLOC_MMAP_THRESHOLD_", "1073741824"),
        ("MALLOC_TRIM_THRESHOLD_", "4294967296"),
        ("MALLOC_TOP_PAD_", "67108864"),
    ];

    // ToolTask closes a process's standard input on Windows as soon as it has started, which means "cancel" to the worker otherwise.
    private const string IgnoreStandardInput = "FINETUNE_IGNORE_STANDARD_INPUT=1";

    /// <summary>The settings as <c>NAME=value</c>, without those that <paramref name="current"/> has already: the user's own win.</summary>
    public static IEnumerable<string> Variables(Func<string, string?> current, bool isWindows)
        => isWindows ? [IgnoreStandardInput] : AllocatorSettings.Where(setting => string.IsNullOrEmpty(current(setting.Name))).Select(setting => $"{setting.Name}={setting.Value}");
}
