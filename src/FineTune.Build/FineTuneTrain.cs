using System.Globalization;
using FineTune.Build.Files;
using FineTune.Build.Gating;
using FineTune.Build.Generation;
using FineTune.Build.Items;
using FineTune.Build.Logging;
using FineTune.Build.Native;
using FineTune.Build.Reporting;
using FineTune.Build.Worker;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Gates;
using FineTune.Core.Inputs;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Core.Worker;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace FineTune.Build;

/// <summary>
/// Makes the model of each <c>FineTuneModel</c> item ready to be embedded: takes it from the store, or has a worker train it when data or options changed;
/// judges its metrics; copies it below <c>obj</c>. Nothing is started for a model that is up to date.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class FineTuneTrain : ModelTask
{
    /// <summary>Values in a stamp before what was said.</summary>
    private const int StampValues = 4;

    /// <summary>How often a model is made when it is pruned from the store before it was taken.</summary>
    private const int MostAttempts = 3;

    private readonly List<ITaskItem> readyModels = [];
    private readonly List<ITaskItem> recordFiles = [];

    /// <summary>Root of the model store; empty for the user's cache folder.</summary>
    public string? CacheDirectory { get; set; }

    /// <summary>The folder with the base models that are called <c>builtin:…</c>.</summary>
    [Required]
    public string BuiltinModelsDirectory { get; set; } = string.Empty;

    /// <summary><c>Train</c>: train what is not in the store. <c>Restore</c>: take from the store, never train.</summary>
    public string Mode { get; set; } = "Train";

    /// <summary>The cache of a team: <c>https://host/path</c> or a folder; empty to ask the environment, <c>none</c> for none.</summary>
    public string? RemoteCache { get; set; }

    /// <summary><c>Read</c> or <c>ReadWrite</c>: whether trained models are put there.</summary>
    public string? RemoteCacheMode { get; set; }

    /// <summary><c>true</c> allows HTTP without encryption to other machines.</summary>
    public string? RemoteCacheAllowHttp { get; set; }

    /// <summary><c>true</c> lets a training use a graphics processor at the same time as another one.</summary>
    public string? ShareDevice { get; set; }

    /// <summary>The file with the metrics of accepted models, relative to the project; empty for <c>finetune.baseline.json</c> beside it.</summary>
    public string? BaselineFile { get; set; }

    /// <summary>The folder for reports, relative to the project; empty for none.</summary>
    public string? ReportDirectory { get; set; }

    /// <summary>The Markdown file that a CI step shows as its summary, such as <c>GITHUB_STEP_SUMMARY</c>; empty for none.</summary>
    public string? StepSummaryFile { get; set; }

    /// <summary>A libtorch folder that the user names; empty to take the package.</summary>
    public string? LibTorchPath { get; set; }

    /// <summary>Id of the libtorch package for the build machine; empty where there is none.</summary>
    public string? LibTorchPackageId { get; set; }

    /// <summary>Version of that package.</summary>
    public string? LibTorchVersion { get; set; }

    /// <summary>The platform of that package.</summary>
    public string? LibTorchRuntimeIdentifier { get; set; }

    /// <summary>A project that downloads that package when it is restored.</summary>
    public string? LibTorchProject { get; set; }

    /// <summary>The folders in which restored packages lie.</summary>
    public string[] PackageFolders { get; set; } = [];

    /// <summary>The models that are ready: the files to embed, with <c>Name</c>, <c>Fingerprint</c>, <c>MetricsFile</c>, <c>Metrics</c> and <c>Trained</c> as metadata.</summary>
    [Output]
    public ITaskItem[] ReadyModels => [.. readyModels];

    /// <summary>The <c>FineTuneModel</c> items again. Those that are ready have <see cref="ModelItem.ResultMetadata"/> beside what the user wrote.</summary>
    [Output]
    public ITaskItem[] ResultModels => [.. Models.Select(WithResult)];

    /// <summary>Plans and metrics of all models that were judged, ready or not: what a log should hold of them.</summary>
    [Output]
    public ITaskItem[] RecordFiles => [.. recordFiles];

    private protected override bool IsUpToDate(ModelItem model)
    {
        if (Stamp(model).Read() is not { Length: >= StampValues } remembered)
        {
            return false;
        }

        var (fingerprint, metricsFile, metrics, summary) = (remembered[0], remembered[1], remembered[2], remembered[3]);
        ModelStore.RecordUse(Path.GetDirectoryName(metricsFile)!);
        foreach (var diagnostic in remembered.Skip(StampValues))
        {
            Log.LogDiagnostic(DiagnosticLine.Read(diagnostic), model.Location);
        }

        Log.LogMessage(MessageImportance.Normal, summary);
        readyModels.Add(Ready(model.Name, fingerprint, metricsFile, metrics, isTrained: false));
        Record(model, metricsFile);
        return true;
    }

    private protected override void Process(ModelItem model, ContentHashIndex hashes)
    {
        var report = ReportOf(model);
        try
        {
            MakeReady(model, hashes, report);
        }
        finally
        {
            // What was reported of an earlier model is not true of this one.
            report?.DeleteUnlessWritten();
        }
    }

    private void MakeReady(ModelItem model, ContentHashIndex hashes, GateReport? report)
    {
        var said = new List<Diagnostic>();
        void Report(Diagnostic diagnostic)
        {
            said.Add(diagnostic);
            Log.LogDiagnostic(diagnostic, model.Location);
        }

        var plan = model.ToSpec(ProjectDirectory, Device).Resolve(Report);
        var baseModelDirectory = BaseModelFolder.Resolve(plan.BaseModel, BuiltinModelsDirectory);
        LayerOptions.Check(plan, baseModelDirectory);
        var fingerprint = Fingerprint.Compute(plan, baseModelDirectory, hashes);
        using var store = new ModelStore(StoreDirectory) { Report = Report };

        var entry = store.FindModel(fingerprint.Export);
        var records = new ModelRecords(StoreDirectory);
        var inputs = records.IsRecorded(ProjectFile, model.Name, fingerprint) ? null : InputSnapshot.Take(plan, baseModelDirectory, hashes);
        Explain(model.Name, records, inputs, entry is not null);
        var isTrained = entry is null;
        for (var attempt = 1; entry is null; attempt++)
        {
            if (Make(model, plan, baseModelDirectory, fingerprint, store) is not { } made)
            {
                return;
            }

            isTrained = made == WorkerCommand.Train;
            entry = store.FindModel(fingerprint.Export);
            if (entry is null && attempt == MostAttempts)
            {
                throw new FineTuneException("FT6104", $"The worker trained '{model.Name}', but the store has no entry {fingerprint.Export}. Something removes it; see what prunes the store, and build again.");
            }
        }

        if (inputs is not null)
        {
            records.Write(ProjectFile, model.Name, fingerprint, inputs);
        }

        var metricsFile = entry.PathOf("metrics.json");
        var metrics = CoreJson.ReadMetrics(File.ReadAllText(metricsFile));
        LabelCache.Write(IntermediateDirectory, model.Name, LabelCache.KeyOf(plan, hashes), metrics.Labels);
        Log.LogMessage(isTrained ? MessageImportance.High : MessageImportance.Normal, Summary(model.Name, plan.BestMetric, metrics, isTrained));
        foreach (var warning in metrics.Training.Warnings)
        {
            Report(warning);
        }

        var modelFile = ModelFiles.Model(IntermediateDirectory, model.Name);
        FileUpdate.WriteText(ModelFiles.Plan(IntermediateDirectory, model.Name), CoreJson.Write(plan, indented: true) + "\n");
        Record(model, metricsFile);
        var gates = GatesOf(model, plan);
        if (!Judge(gates, model, metrics, modelFile, Report, verdict => Publish(verdict, model, metricsFile, isTrained, report)))
        {
            return;
        }

        const string packedModel = "model.ftmodel";
        if (!File.Exists(modelFile) || hashes.GetFileHash(modelFile) != entry.Files[packedModel])
        {
            FileUpdate.Copy(entry.PathOf(packedModel), modelFile);
        }

        var metricsText = MetricsText.Write(metrics);
        readyModels.Add(Ready(model.Name, fingerprint.Export, metricsFile, metricsText, isTrained));

        // A pattern has to be expanded again.
        if (!model.HasPatterns)
        {
            var watched = PlanOptions.All.Where(option => option.IsFileList).SelectMany(option => (IReadOnlyList<DataFile>)option.ValueIn(plan)!).Select(file => file.FullPath);
            Stamp(model).Write(
                [TaskAssembly, modelFile, ModelFiles.Plan(IntermediateDirectory, model.Name), baseModelDirectory, .. Directory.GetFiles(baseModelDirectory), .. watched, .. gates.IsRelative ? [BaselinePath] : Array.Empty<string>(), .. report?.Files ?? [], .. entry.Files.Keys.Select(entry.PathOf)],
                [fingerprint.Export, metricsFile, metricsText, Summary(model.Name, plan.BestMetric, metrics, isTrained: false), .. said.Select(DiagnosticLine.Write)]);
        }
    }

    /// <summary>Says what changed since the model was made last, as far as that is remembered.</summary>
    private void Explain(string name, ModelRecords records, InputSnapshot? inputs, bool isStored)
    {
        if (inputs is null || records.Find(ProjectFile, name)?.Inputs is not { } before)
        {
            return;
        }

        var changes = InputChanges.Between(before, inputs);
        foreach (var change in changes)
        {
            Log.LogMessage(MessageImportance.Normal, $"{name}: since the last training: {change}");
        }

        if (changes.Count > 0)
        {
            var needed = changes.Any(change => change.Trains) ? "training, export and evaluation run" : "export and evaluation run; the training stays";
            Log.LogMessage(MessageImportance.Normal, $"{name}: {(isStored ? "the store has a model of these inputs; nothing runs" : needed)}");
        }
    }

    private string StoreDirectory => string.IsNullOrWhiteSpace(CacheDirectory) ? ModelStore.DefaultDirectory : Path.Combine(ProjectDirectory, CacheDirectory!);

    private string ProjectName => Path.GetFileNameWithoutExtension(ProjectFile);

    private GateReport? ReportOf(ModelItem model)
        => string.IsNullOrWhiteSpace(ReportDirectory) ? null : new GateReport(Path.Combine(ProjectDirectory, ReportDirectory!), $"{ProjectName}.{model.Name}");

    private void Publish(GateVerdict verdict, ModelItem model, string metricsFile, bool isTrained, GateReport? report)
    {
        report?.Write(verdict, metricsFile);
        if (!string.IsNullOrWhiteSpace(StepSummaryFile) && !StepSummary.TryAppend(Path.Combine(ProjectDirectory, StepSummaryFile!), StepSummary.Section(ProjectName, model.Name, verdict, isTrained)))
        {
            Log.LogMessage(MessageImportance.Normal, $"{model.Name}: the step summary '{StepSummaryFile}' cannot be written");
        }
    }

    private void Record(ModelItem model, string metricsFile)
    {
        recordFiles.Add(new TaskItem(ModelFiles.Plan(IntermediateDirectory, model.Name)));
        recordFiles.Add(new TaskItem(metricsFile));
    }

    private TaskItem WithResult(ITaskItem model)
    {
        var result = new TaskItem(model);
        // A copy remembers what it was made of, as if the user had written it.
        result.RemoveMetadata("OriginalItemSpec");
        if (readyModels.Find(ready => ready.GetMetadata("Name") == model.ItemSpec) is { } found)
        {
            result.SetMetadata("ModelFile", found.ItemSpec);
            foreach (var name in ModelItem.ResultMetadata.Where(name => name != "ModelFile"))
            {
                result.SetMetadata(name, found.GetMetadata(name));
            }
        }

        return result;
    }

    private TaskItem Ready(string name, string fingerprint, string metricsFile, string metrics, bool isTrained)
    {
        var ready = new TaskItem(ModelFiles.Model(IntermediateDirectory, name));
        ready.SetMetadata("Name", name);
        ready.SetMetadata("Fingerprint", fingerprint);
        ready.SetMetadata("MetricsFile", metricsFile);
        ready.SetMetadata("Metrics", metrics);
        ready.SetMetadata("Trained", isTrained ? "true" : "false");
        return ready;
    }

    /// <summary>What a worker is asked for when the store has no such model.</summary>
    private WorkerCommand CommandFor(string name, FingerprintPair fingerprint, RemoteCacheSettings? remoteCache) => Mode.ToUpperInvariant() switch
    {
        "TRAIN" => WorkerCommand.Train,
        "RESTORE" when remoteCache is not null => WorkerCommand.Restore,
        "RESTORE" => throw new FineTuneException("FT6101", $"The store has no model for '{name}' as it is specified now (fingerprint {fingerprint.Export}), and FineTuneMode=Restore forbids to train it. Build once with FineTuneMode=Train, or share the store with a machine that did, for example with FineTuneRemoteCache."),
        _ => throw new FineTuneException("FT6100", $"FineTuneMode is '{Mode}'. Use Train or Restore."),
    };

    /// <summary>Has a worker train or fetch the model; <see langword="null"/> when it failed, which is logged.</summary>
    private WorkerCommand? Make(ModelItem model, TrainingPlan plan, string baseModelDirectory, FingerprintPair fingerprint, ModelStore store)
    {
        var remoteCache = RemoteCacheSettings.Resolve(RemoteCache, RemoteCacheMode, RemoteCacheAllowHttp, ProjectDirectory, Environment.GetEnvironmentVariable);
        var command = CommandFor(model.Name, fingerprint, remoteCache);
        var breaker = new RemoteCacheBreaker(BuildEngine);
        var request = new WorkerRequest
        {
            Command = command,
            Plan = plan,
            StoreDirectory = store.Root,
            BaseModelDirectory = baseModelDirectory,
            LibTorchDirectory = command == WorkerCommand.Train ? FindLibTorch() : null,
            TrainingFingerprint = fingerprint.Training,
            ExportFingerprint = fingerprint.Export,
            RemoteCache = breaker.Limit(remoteCache),
            ShareDevice = string.Equals(ShareDevice, "true", StringComparison.OrdinalIgnoreCase),
        };
        Log.LogMessage(MessageImportance.Normal, $"{model.Name}: {(command == WorkerCommand.Train ? "training" : "fetching")}, because the store has no entry {fingerprint.Export}");
        var isFetched = false;
        var completed = RunWorker(request, model, diagnostic =>
        {
            breaker.Watch(diagnostic);
            isFetched |= diagnostic.Code == RemoteCacheBreaker.Downloaded;
        });
        return completed is null ? null : isFetched ? WorkerCommand.Restore : command;
    }

    private UpToDateStamp Stamp(ModelItem model) => StampOf(model, StoreDirectory, BuiltinModelsDirectory, Mode, BaselinePath, ReportDirectory);

    private string BaselinePath => Path.Combine(ProjectDirectory, string.IsNullOrWhiteSpace(BaselineFile) ? Core.Gates.BaselineFile.DefaultName : BaselineFile!);

    private static ModelGates GatesOf(ModelItem model, TrainingPlan plan) => new(Gate.Parse(plan.Require, model.Location), Gate.Parse(plan.Warn, model.Location));

    private bool Judge(ModelGates gates, ModelItem model, MetricsDocument metrics, string modelFile, Action<Diagnostic> report, Action<GateVerdict> publish)
    {
        var isMet = false;
        try
        {
            var accepted = gates.IsRelative ? Core.Gates.BaselineFile.Read(BaselinePath).Of(model.Name, model.Location) : null;
            var verdict = gates.Judge(metrics, accepted);
            publish(verdict);
            foreach (var diagnostic in verdict.Diagnostics(model.Name, model.Location))
            {
                report(diagnostic);
            }

            isMet = verdict.IsMet;
        }
        finally
        {
            if (!isMet)
            {
                // A model that missed its gate, or that could not be judged, must not be embedded, not even as it was before.
                File.Delete(modelFile);
            }
        }

        return isMet;
    }

    private static string Summary(string name, string metric, MetricsDocument metrics, bool isTrained)
    {
        var measured = metrics.Metrics.TryGetValue(metric, out var value) ? $"{metric} {value.ToString("0.00##", CultureInfo.InvariantCulture)}" : "ready";
        var how = isTrained ? $"trained in {metrics.Training.Seconds.ToString("0", CultureInfo.InvariantCulture)} s" : "up to date";
        return $"{name}: {measured} ({how})";
    }

    /// <summary>The folder to name to the worker; <see langword="null"/> lets it look in the places that it knows itself.</summary>
    private string? FindLibTorch()
    {
        if (!string.IsNullOrWhiteSpace(LibTorchPath))
        {
            return LibTorchPath;
        }

        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FINETUNE_LIBTORCH"))
            || string.IsNullOrEmpty(LibTorchPackageId) || string.IsNullOrEmpty(LibTorchVersion) || string.IsNullOrEmpty(LibTorchRuntimeIdentifier))
        {
            return null;
        }

        var package = new LibTorchPackage(LibTorchPackageId!, LibTorchVersion!, LibTorchRuntimeIdentifier!);
        return package.FindIn(PackageFolders) ?? RestoreLibTorch(package);
    }

    private string? RestoreLibTorch(LibTorchPackage package)
    {
        if (string.IsNullOrEmpty(LibTorchProject))
        {
            return null;
        }

        Log.LogMessage(MessageImportance.High, $"Restoring {package.Id} {package.Version}, which training needs (once per machine)");
        var properties = new Dictionary<string, string>
        {
            // Restore and build in one MSBuild session need different global properties, or the evaluation before the restore is used again.
            ["MSBuildRestoreSessionId"] = Guid.NewGuid().ToString("D"),
            ["MSBuildProjectExtensionsPath"] = Path.Combine(IntermediateDirectory, "libtorch") + Path.DirectorySeparatorChar,
            ["RestoreRootConfigDirectory"] = ProjectDirectory,
            ["RestorePackagesPath"] = PackageFolders.Length == 0 ? string.Empty : PackageFolders[0],
            ["RestoreLockedMode"] = "false",
            ["RestorePackagesWithLockFile"] = "false",
            ["LibTorchPackageId"] = package.Id,
            ["LibTorchVersion"] = package.Version,
        };
        var isRestored = BuildEngine.BuildProjectFile(LibTorchProject, ["Restore"], properties, new Dictionary<string, ITaskItem[]>());
        return (isRestored ? package.FindIn(PackageFolders) : null)
            ?? throw new FineTuneException("FT3082", $"{package.Id} {package.Version} could not be restored. Check that a package source of the project has it, or set FineTuneLibTorchPath to a libtorch {package.Version} folder.");
    }
}
