namespace FineTune.Build.Worker;

/// <summary>Environment variables of the worker process.</summary>
internal static class WorkerEnvironment
{
    // ToolTask closes a process's standard input on Windows as soon as it has started, which means "cancel" to the worker otherwise.
    private const string IgnoreStandardInput = "FINETUNE_IGNORE_STANDARD_INPUT=1";

    /// <summary>The variables as <c>NAME=value</c>.</summary>
    public static IEnumerable<string> Variables(bool isWindows) => isWindows ? [IgnoreStandardInput] : [];
}
