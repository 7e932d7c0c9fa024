using FineTune.Build.Files;
using FineTune.Build.Items;
using FineTune.Build.Logging;
using FineTune.Build.Worker;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
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

    /// <summary><c>true</c> when <see cref="IntermediateDirectory"/> is the build's own, so that what is left of models that are gone can be deleted.</summary>
    public bool OwnsIntermediateDirectory { get; set; }

    /// <summary>The device for models without a <c>Device</c> of their own.</summary>
    public string? Device { get; set; }

    /// <summary>The items, and which of them start from which others.</summary>
    private protected ModelSet Set { get; private set; } = new([]);

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
        Guard(() => new SourceLocation(ProjectFile), () => Directory.CreateDirectory(IntermediateDirectory));
        // Not opened when every model is up to date by its stamp.
        var hashes = new Lazy<ContentHashIndex>(() => new ContentHashIndex(Path.Combine(IntermediateDirectory, "content-hashes.json")));
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Set = new ModelSet([.. Models.Select(item => new ModelItem(item, ProjectFile))]);
        foreach (var model in Set.Ordered)
        {
            if (IsCancelled)
            {
                break;
            }

            Guard(() => model.Location, () =>
            {
                if (!names.Add(model.Name))
                {
                    throw new FineTuneException("FT6103", $"Two FineTuneModel items are named '{model.Name}'. Give each model a name of its own; upper and lower case make no difference.");
                }

                Set.RequireBeginning(model);
                if (!IsUpToDate(model))
                {
                    Process(model, hashes.Value);
                }
            });
        }

        if (OwnsIntermediateDirectory && !IsCancelled)
        {
            Guard(() => new SourceLocation(ProjectFile), () => DerivedFiles.RemoveAllBut(names, IntermediateDirectory));
        }

        if (hashes.IsValueCreated)
        {
            Guard(() => new SourceLocation(ProjectFile), hashes.Value.Save);
        }

        return !Log.HasLoggedErrors && !IsCancelled;
    }

    /// <summary>The plan of a model.</summary>
    /// <exception cref="FineTuneException">The item has mistakes.</exception>
    private protected TrainingPlan PlanOf(ModelItem model, Action<Diagnostic> report) => model.ToSpec(ProjectDirectory, Device, Set.BaseOf(model)?.Name).Resolve(report);

    /// <summary>Ends the worker and everything that it started.</summary>
    public void Cancel()
    {
        lock (cancellation)
        {
            isCancelled = true;
            runningWorker?.Cancel();
        }
    }

    /// <summary>Whether the stamp of the last build says that nothing is left to do for a model; whatever the task gives to the build is given then.</summary>
    private protected abstract bool IsUpToDate(ModelItem model);

    /// <summary>The stamp of this task for <paramref name="model"/>. <paramref name="settings"/> are the parameters beside the item that its result depends on.</summary>
    private protected UpToDateStamp StampOf(ModelItem model, params string?[] settings)
        => new(ModelFiles.Stamp(IntermediateDirectory, model.Name, GetType().Name), $"{model.Description}\0\0\0{ProjectFile}\0{Device}\0{string.Join("\0", settings)}");

    /// <summary>This program: a new release may make something else of the same inputs.</summary>
    private protected static string TaskAssembly => typeof(ModelTask).Assembly.Location;

    /// <summary>Does the task's work for one model.</summary>
    /// <exception cref="FineTuneException">The model cannot be made; the other models are tried all the same.</exception>
    private protected abstract void Process(ModelItem model, ContentHashIndex hashes);

    /// <summary>
    /// Runs <paramref name="request"/> in a worker and returns its last event: the result. <see langword="null"/> when there is none, because it failed (and
    /// the errors are logged) or because the build was cancelled.
    /// </summary>
    /// <param name="request">What to do.</param>
    /// <param name="model">The item that it is done for.</param>
    /// <param name="watch">Sees each diagnostic after it was logged.</param>
    private protected WorkerEvent? RunWorker(WorkerRequest request, ModelItem model, Action<Diagnostic>? watch = null)
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
                    watch?.Invoke(diagnostic);
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

    private void Guard(Func<SourceLocation> location, Action action)
    {
        try
        {
            action();
        }
        catch (FineTuneException exception)
        {
            foreach (var diagnostic in exception.Diagnostics)
            {
                Log.LogDiagnostic(diagnostic, location());
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogDiagnostic(new Diagnostic("FT6105", DiagnosticSeverity.Error, $"A file could not be read or written: {exception.Message} Check that the folder exists and that this account may use it."), location());
        }
    }
}
