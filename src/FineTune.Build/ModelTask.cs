using FineTune.Build.Items;
using FineTune.Build.Logging;
using FineTune.Build.Worker;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Serialization;
using FineTune.Core.Worker;
using Microsoft.Build.Framework;
using Task = Microsoft.Build.Utilities.Task;

namespace FineTune.Build;

/// <summary>
/// What the tasks for <c>FineTuneModel</c> items have in common: they take one model after the other, so that a mistake in one hides nothing about
/// the others, and ask a worker process for what needs the engine.
/// </summary>
public abstract class ModelTask : Task, ICancelableTask
{
    private readonly object cancellation = new();
    private WorkerTool? runningWorker;
    private bool isCancelled;

    /// <summary>The <c>FineTuneModel</c> items.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>The project file: where relative paths begin, and the place of errors that have no better one.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <summary>The folder for what the build derives, below <c>obj</c>.</summary>
    [Required]
    public string IntermediateDirectory { get; set; } = string.Empty;

    /// <summary>The <c>dotnet</c> that runs the worker.</summary>
    [Required]
    public string DotNetHostPath { get; set; } = string.Empty;

    /// <summary>The worker, <c>dotnet-finetune.dll</c>.</summary>
    [Required]
    public string WorkerPath { get; set; } = string.Empty;

    /// <summary>The device for models without a <c>Device</c> of their own.</summary>
    public string? Device { get; set; }

    /// <summary>The project's folder.</summary>
    private protected string ProjectDirectory => Path.GetDirectoryName(ProjectFile)!;

    /// <summary>Whether the build was cancelled.</summary>
    private protected bool IsCancelled
    {
        get
        {
            lock (cancellation)
            {
                return isCancelled;
            }
        }
    }

    /// <inheritdoc/>
    public override bool Execute()
    {
        Guard(new SourceLocation(ProjectFile), () => Directory.CreateDirectory(IntermediateDirectory));
        var hashes = new ContentHashIndex(Path.Combine(IntermediateDirectory, "content-hashes.json"));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var model in Models.Select(item => new ModelItem(item, ProjectFile)))
        {
            if (IsCancelled)
            {
                break;
            }

            Guard(model.Location, () =>
            {
                if (!names.Add(model.Name))
                {
                    throw new FineTuneException("FT6103", $"Two FineTuneModel items are named '{model.Name}'. Give each model a name of its own; upper and lower case make no difference.");
                }

                Process(model, hashes);
            });
        }

        Guard(new SourceLocation(ProjectFile), hashes.Save);
        return !Log.HasLoggedErrors && !IsCancelled;
    }

    /// <summary>Ends the worker and everything that it started.</summary>
    public void Cancel()
    {
        lock (cancellation)
        {
            isCancelled = true;
            runningWorker?.Cancel();
        }
    }

    /// <summary>Does the task's work for one model.</summary>
    /// <exception cref="FineTuneException">The model cannot be made; the other models are tried all the same.</exception>
    private protected abstract void Process(ModelItem model, ContentHashIndex hashes);

    /// <summary>
    /// Runs <paramref name="request"/> in a worker and returns its last event: the result. <see langword="null"/> when there is none, because it failed (and
    /// the errors are logged) or because the build was cancelled.
    /// </summary>
    private protected WorkerEvent? RunWorker(WorkerRequest request, ModelItem model)
    {
        if (!File.Exists(WorkerPath))
        {
            throw new FineTuneException("FT3081", $"The worker '{WorkerPath}' is missing. Restore the FineTune.Build package again, or correct FineTuneWorkerPath.");
        }

        var requestFile = Path.Combine(IntermediateDirectory, $"{model.Name}.{request.Command.ToString().ToLowerInvariant()}.json");
        File.WriteAllText(requestFile, CoreJson.Write(request));

        WorkerEvent? result = null;
        var hasReportedError = false;
        var worker = new WorkerTool(BuildEngine, new WorkerSettings(DotNetHostPath, WorkerPath, ProjectDirectory), requestFile, workerEvent =>
        {
            switch (workerEvent.Kind)
            {
                case WorkerEventKind.Diagnostic when workerEvent.Diagnostic is { } diagnostic:
                    hasReportedError |= diagnostic.Severity == DiagnosticSeverity.Error;
                    Log.LogDiagnostic(diagnostic, model.Location);
                    break;
                case WorkerEventKind.Progress:
                    Log.LogMessage(MessageImportance.Normal, $"{model.Name}: {workerEvent.Message}");
                    break;
                default:
                    result = workerEvent;
                    break;
            }
        });

        var succeeded = Run(worker);
        if (IsCancelled)
        {
            return null;
        }

        if (succeeded && result is not null && !hasReportedError)
        {
            return result;
        }

        if (!hasReportedError)
        {
            var remains = worker.OtherOutput.Length == 0 ? "It left no message; it may have been ended from outside, for want of memory for example." : $"Its last output:{Environment.NewLine}{worker.OtherOutput}";
            throw new FineTuneException("FT3080", $"The worker ended with exit code {worker.ExitCode} and without a result for '{model.Name}'. {remains}");
        }

        return null;
    }

    private bool Run(WorkerTool worker)
    {
        lock (cancellation)
        {
            if (isCancelled)
            {
                return false;
            }

            runningWorker = worker;
        }

        try
        {
            return worker.Execute();
        }
        finally
        {
            lock (cancellation)
            {
                runningWorker = null;
            }
        }
    }

    private void Guard(SourceLocation location, Action action)
    {
        try
        {
            action();
        }
        catch (FineTuneException exception)
        {
            foreach (var diagnostic in exception.Diagnostics)
            {
                Log.LogDiagnostic(diagnostic, location);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogDiagnostic(new Diagnostic("FT6105", DiagnosticSeverity.Error, $"A file could not be read or written: {exception.Message} Check that the folder exists and that this account may use it."), location);
        }
    }
}
