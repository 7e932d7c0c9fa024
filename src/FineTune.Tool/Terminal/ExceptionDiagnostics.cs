using FineTune.Core.Diagnostics;
using FineTune.Training.Training;

namespace FineTune.Tool.Terminal;

/// <summary>Turns whatever ended a command into diagnostics for people.</summary>
internal static class ExceptionDiagnostics
{
    /// <summary>Set to 1, an unexpected error is reported with its stack trace, for a bug report.</summary>
    public const string DebugVariable = "FINETUNE_DEBUG";

    public static IReadOnlyList<Diagnostic> Explain(Exception exception) => exception switch
    {
        FineTuneException known => known.Diagnostics,
        AggregateException { InnerExceptions: [var only] } => Explain(only),
        UnauthorizedAccessException or IOException => [Error("FT3050", $"{exception.Message} Check that the path exists, that this user may write there, and that the disk is not full.")],
        _ when TrainingMemory.IsExhausted(exception) => [NotEnoughMemory()],
        _ => [Error("FT3099", Unexpected(exception))],
    };

    /// <summary>Whether nobody reads the output any more: EPIPE, as the runtime reports it on Linux and macOS.</summary>
    public static bool IsOutputClosed(Exception exception)
    {
        const int brokenPipe = 32;
        return exception is IOException { HResult: brokenPipe };
    }

    private static string Unexpected(Exception exception) => Environment.GetEnvironmentVariable(DebugVariable) == "1"
        ? $"An unexpected error: {exception}"
        : $"An unexpected error, {exception.GetType().Name}: {FirstLine(exception.Message)} This is a mistake of FineTune; please report it, with what {DebugVariable}=1 shows in addition.";

    private static Diagnostic NotEnoughMemory() => Error("FT3051", "The memory is not enough for this run. A smaller BatchSize or MaxLength needs less.");

    /// <summary>libtorch's messages go on with their C++ frames; a diagnostic is one line.</summary>
    private static string FirstLine(string message) => message.Split('\n')[0].Trim();

    private static Diagnostic Error(string code, string message) => new(code, DiagnosticSeverity.Error, message);
}
