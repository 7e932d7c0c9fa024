using System.CommandLine;
using FineTune.Core.Diagnostics;
using FineTune.Core.Serialization;
using FineTune.Core.Worker;
using FineTune.Tool.Terminal;
using FineTune.Training.Pipeline;
using FineTune.Training.Tasks;

namespace FineTune.Tool.Commands;

/// <summary>
/// <c>worker REQUEST.json</c>: what a build starts. Standard output carries one event of JSON in each line and nothing else; closing
/// standard input, or SIGTERM, cancels. Exit code 0 exactly when the last event is <c>completed</c> or <c>labels</c>.
/// </summary>
internal static class WorkerProcess
{
    public static ToolCommand Create()
    {
        var request = new Argument<string>("REQUEST") { Description = "The request file." };
        var syntax = new Command("worker", "Serve one request of a build.") { request };
        syntax.Hidden = true;
        return new(syntax, (arguments, output, cancellation) => Serve(arguments.GetRequiredValue(request), output.Console, cancellation));
    }

    private static int Serve(string requestFile, ToolConsole console, CancellationToken signals)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(signals);
        var events = new EventWriter(console.Output);
        // MSBuild closes the input of its tools on Windows as soon as they run, and says so.
        if (Environment.GetEnvironmentVariable("FINETUNE_IGNORE_STANDARD_INPUT") != "1")
        {
            CancelWhenClosed(console.Input, cancellation);
        }

        try
        {
            Execute(CoreJson.ReadRequest(File.ReadAllText(requestFile)), events.Write, cancellation.Token);
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            events.Write(new Diagnostic("FT3053", DiagnosticSeverity.Error, "The training was cancelled; no model was stored. The next build goes on where it was."));
            return ExitCode.Cancelled;
        }
        catch (Exception exception)
        {
            foreach (var diagnostic in ExceptionDiagnostics.Explain(exception))
            {
                events.Write(diagnostic);
            }

            return ExitCode.Failed;
        }
    }

    private static void Execute(WorkerRequest request, Action<WorkerEvent> events, CancellationToken cancellation)
    {
        switch (request.Command)
        {
            case WorkerCommand.Labels:
                events(new WorkerEvent { Kind = WorkerEventKind.Labels, Labels = TrainingTasks.ReadLabels(request.Plan) });
                break;
            default:
                ModelPipeline.Run(request, events, cancellation).Dispose();
                break;
        }
    }

    /// <summary>The pipe closes when the build closes it and also when the build dies: a worker never outlives its build.</summary>
    private static void CancelWhenClosed(TextReader input, CancellationTokenSource cancellation)
    {
        var watcher = new Thread(() =>
        {
            while (input.ReadLine() is not null)
            {
            }

            try
            {
                cancellation.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The request was served before its caller went away.
            }
        })
        { IsBackground = true, Name = "standard input" };
        watcher.Start();
    }

    private sealed class EventWriter(TextWriter output)
    {
        private readonly Lock _lock = new();

        public void Write(WorkerEvent workerEvent)
        {
            lock (_lock)
            {
                output.WriteLine(CoreJson.Write(workerEvent));
                output.Flush();
            }
        }

        public void Write(Diagnostic diagnostic) => Write(new WorkerEvent { Kind = WorkerEventKind.Diagnostic, Diagnostic = diagnostic });
    }
}
