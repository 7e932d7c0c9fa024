using FineTune.Core.Worker;
using Spectre.Console;

namespace FineTune.Tool.Terminal;

/// <summary>Shows how far a run is, on standard error: a bar that moves in place on a terminal, else a plain line every few seconds.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan PlainLineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Runs <paramref name="work"/>, showing the events that it reports.</summary>
    public static T Run<T>(CommandOutput output, TimeProvider time, Func<Action<WorkerEvent>, T> work)
        => output.Console.IsInteractive ? RunWithBar(output.Console.Error, work) : work(PlainLines(output, time));

    /// <summary>Writes diagnostics at once and progress at most once in <see cref="PlainLineInterval"/>, so that a CI log stays readable.</summary>
    internal static Action<WorkerEvent> PlainLines(CommandOutput output, TimeProvider time)
    {
        long? lastLine = null;
        return workerEvent =>
        {
            if (workerEvent.Diagnostic is { } diagnostic)
            {
                output.Report(diagnostic);
            }
            else if (workerEvent is { Kind: WorkerEventKind.Progress, Message: { } message } && (lastLine is null || time.GetElapsedTime(lastLine.Value) >= PlainLineInterval))
            {
                lastLine = time.GetTimestamp();
                output.Console.Error.WriteLine(workerEvent.Fraction is { } fraction ? $"[{fraction,4:P0}] {message}" : message);
            }
        };
    }

    private static T RunWithBar<T>(TextWriter error, Func<Action<WorkerEvent>, T> work)
    {
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error), Interactive = InteractionSupport.Yes });
        return terminal.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context =>
            {
                var bar = context.AddTask("starting", maxValue: 1);
                return work(workerEvent =>
                {
                    if (workerEvent.Diagnostic is { } diagnostic)
                    {
                        terminal.WriteLine(diagnostic.ToString());
                    }

                    if (workerEvent.Message is { } message)
                    {
                        bar.Description = Markup.Escape(message);
                    }

                    if (workerEvent.Fraction is { } fraction)
                    {
                        bar.Value = Math.Min(fraction, 0.999);
                    }
                });
            });
    }
}
