using System.Globalization;
using FineTune.Build.Deploying;
using FineTune.Build.Files;
using FineTune.Build.Gating;
using FineTune.Build.Generation;
using FineTune.Build.Items;
using FineTune.Build.Logging;
using FineTune.Build.Native;
using FineTune.Build.Packages;
using FineTune.Build.Reporting;
using FineTune.Build.Worker;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Gates;
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
    private const int StampValues = 6;

    /// <summary>The file of an entry that ships.</summary>
    private const string PackedModel = "model.ftmodel";

    private const string UpToDate = "up to date";

    /// <summary>How often a model is made when it is pruned from the store before it was taken.</summary>
    private const int MostAttempts = 3;

    private readonly List<ITaskItem> readyModels = [];
    private readonly List<ITaskItem> recordFiles = [];
    private TrainedBases? trainedBases;

    /// <summary>Root of the model store; empty for the user's cache folder.</summary>
    public string? CacheDirectory { get; set; }

    /// <summary>The folder with the base models that are called <c>builtin:…</c>.</summary>
    [Required]
    public string BuiltinModelsDirectory { get; set; } = string.Empty;

    /// <summary><c>Train</c>: train what is not in the store. <c>Restore</c>: take from the store, never train. <c>Verify</c>: as <c>Restore</c>, and measure again.</summary>
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

    /// <summary>The name of the project's assembly.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>The largest model, in megabytes, that an assembly takes; empty for what compilers can.</summary>
    public string? MaxEmbeddedSize { get; set; }

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

    /// <summary>A project that restores the package of a base model when it is restored; empty where the restore of the user's project does that.</summary>
    public string? BaseModelProject { get; set; }

    /// <summary>What the restore of the user's project wrote down, <c>project.assets.json</c>.</summary>
    public string? AssetsFile { get; set; }

    /// <summary>The folders in which restored packages lie.</summary>
    public string[] PackageFolders { get; set; } = [];

    /// <summary>The models that are ready: the files to embed, with <c>Name</c>, <c>Fingerprint</c>, <c>MetricsFile</c>, <c>Metrics</c>, <c>Trained</c> and <c>Deployment</c> as metadata.</summary>
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
        // What is to be verified is never taken on trust.
        if (Action == WorkerCommand.Verify || Bases.TrainingOf(model) is null || Stamp(model).Read() is not { Length: >= StampValues } remembered)
        {
            return false;
        }

        var (fingerprint, metricsFile, metrics, deployment, summary) = (remembered[0], remembered[1], remembered[2], remembered[3], remembered[4]);
        ModelStore.RecordUse(Path.GetDirectoryName(metricsFile)!);
        var trainingAndRoot = remembered[5].Split([' '], 2);
        Bases.Add(model, trainingAndRoot[0], trainingAndRoot[1]);
        foreach (var diagnostic in remembered.Skip(StampValues))
        {
            Log.LogDiagnostic(DiagnosticLine.Read(diagnostic), model.Location);
        }

        Log.LogMessage(MessageImportance.Normal, summary);
        readyModels.Add(Ready(model.Name, fingerprint, metricsFile, metrics, deployment, isTrained: false));
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

        var plan = PlanOf(model, Report);
        var baseModel = Bases.Of(model, plan);
        LayerOptions.Check(plan, baseModel.Directory);
        var fingerprint = Fingerprint.Compute(plan, baseModel, hashes);
        using var store = new ModelStore(StoreDirectory) { Report = Report };

        var entry = store.FindModel(fingerprint.Export);
        if (baseModel.Package is { } package)
        {
            Log.LogMessage(entry is null ? MessageImportance.High : MessageImportance.Normal, $"{model.Name}: starts from {package}");
        }

        var history = new InputHistory(StoreDirectory, ProjectFile, plan, baseModel, fingerprint, hashes);
        foreach (var line in history.Describe(isStored: entry is not null))
        {
            Log.LogMessage(MessageImportance.Normal, line);
        }

        var (isTrained, isMade) = (false, false);
        for (var attempt = 1; entry is null || (attempt == 1 && Action == WorkerCommand.Verify); attempt++)
        {
            RequireAllowed(model.Name, fingerprint, entry is not null, history);
            if (FolderOf(baseModel, model, store, hashes) is not { } folder
                || Make(model, plan, baseModel with { Directory = folder }, fingerprint, store, history) is not { } made)
            {
                return;
            }

            (isTrained, isMade) = (made.Trained ?? Action == WorkerCommand.Train, true);
            entry = store.FindModel(fingerprint.Export);
            if (entry is null && attempt == MostAttempts)
            {
                throw new FineTuneException("FT6104", $"The worker trained '{model.Name}', but the store has no entry {fingerprint.Export}. Something removes it; see what prunes the store, and build again.");
            }
        }

        var metricsFile = Action == WorkerCommand.Verify ? ModelFiles.VerifiedMetrics(IntermediateDirectory, model.Name) : entry.PathOf("metrics.json");
        var metrics = CoreJson.ReadMetrics(File.ReadAllText(metricsFile));
        LabelCache.Write(IntermediateDirectory, model.Name, LabelCache.KeyOf(plan, hashes), metrics.Labels);
        var how = Action == WorkerCommand.Verify ? "verified"
            : isTrained ? $"trained in {metrics.Training.Seconds.ToString("0", CultureInfo.InvariantCulture)} s"
            : isMade ? "nothing to train" : UpToDate;
        Log.LogMessage(isMade ? MessageImportance.High : MessageImportance.Normal, Summary(model.Name, plan.BestMetric, metrics, how));
        foreach (var warning in metrics.Training.Warnings)
        {
            Report(warning);
        }

        var modelFile = ModelFiles.Model(IntermediateDirectory, model.Name);
        var isEmbedded = File.Exists(modelFile) && hashes.GetFileHash(modelFile) == entry.Files[PackedModel];
        if (Action == WorkerCommand.Verify && File.Exists(modelFile) && !isEmbedded)
        {
            throw new FineTuneException("FT6106", $"'{modelFile}', which was built last, is not the model that the inputs describe now (fingerprint {fingerprint.Export}). {history.Reasons()}Build with FineTuneMode=Train or Restore first, or take the change back.");
        }

        history.Save();
        FileUpdate.WriteText(ModelFiles.Plan(IntermediateDirectory, model.Name), CoreJson.Write(plan, indented: true) + "\n");
        Record(model, metricsFile);
        var gates = GatesOf(model, plan);
        if (!Judge(gates, model, metrics, modelFile, Report, verdict => Publish(verdict, model, metricsFile, isTrained, report)))
        {
            return;
        }

        if (!isEmbedded)
        {
            FileUpdate.Copy(entry.PathOf(PackedModel), modelFile);
        }

        var metricsText = MetricsText.Write(metrics);
        var deployment = Deploy(plan, modelFile);
        readyModels.Add(Ready(model.Name, fingerprint.Export, metricsFile, metricsText, deployment.ToString(), isTrained));
        Bases.Add(model, fingerprint.Training, baseModel.Directory);

        // A pattern has to be expanded again.
        if (!model.HasPatterns && Action != WorkerCommand.Verify)
        {
            var watched = PlanOptions.All.Where(option => option.IsFileList).SelectMany(option => (IReadOnlyList<DataFile>)option.ValueIn(plan)!).Select(file => file.FullPath);
            Stamp(model).Write(
                [TaskAssembly, modelFile, ModelFiles.Deployment(IntermediateDirectory, model.Name), .. deployment == Deployment.Assembly ? [AssemblyOf(model.Name).FileIn(IntermediateDirectory)] : Array.Empty<string>(), ModelFiles.Plan(IntermediateDirectory, model.Name), baseModel.Directory, .. Directory.GetFiles(baseModel.Directory), .. baseModel.Package is null || string.IsNullOrEmpty(AssetsFile) ? Array.Empty<string>() : [AssetsFile!], .. watched, .. gates.IsRelative ? [BaselinePath] : Array.Empty<string>(), .. report?.Files ?? [], .. entry.Files.Keys.Select(entry.PathOf)],
                [fingerprint.Export, metricsFile, metricsText, deployment.ToString(), Summary(model.Name, plan.BestMetric, metrics, UpToDate), $"{fingerprint.Training} {baseModel.Directory}", .. said.Select(DiagnosticLine.Write)]);
        }
    }

    private Deployment Deploy(TrainingPlan plan, string modelFile)
    {
        var deployment = ModelDeployment.Decide(ModelDeployment.Wanted(plan, Set), plan.Name, new FileInfo(modelFile).Length, ModelDeployment.ReadLimit(MaxEmbeddedSize));
        if (deployment == Deployment.Assembly)
        {
            AssemblyOf(plan.Name).Write(modelFile, IntermediateDirectory);
        }

        ModelDeployment.Write(IntermediateDirectory, plan.Name, deployment);
        return deployment;
    }

    private ModelAssembly AssemblyOf(string model) => new(string.IsNullOrEmpty(AssemblyName) ? ProjectName : AssemblyName!, model);

    private string StoreDirectory => ModelStore.Locate(CacheDirectory, ProjectDirectory);

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

    private TaskItem Ready(string name, string fingerprint, string metricsFile, string metrics, string deployment, bool isTrained)
    {
        var ready = new TaskItem(ModelFiles.Model(IntermediateDirectory, name));
        ready.SetMetadata("Name", name);
        ready.SetMetadata("Fingerprint", fingerprint);
        ready.SetMetadata("MetricsFile", metricsFile);
        ready.SetMetadata("Metrics", metrics);
        ready.SetMetadata("Deployment", deployment);
        ready.SetMetadata("Trained", isTrained ? "true" : "false");
        return ready;
    }

    /// <summary>What a worker is asked for, after <see cref="Mode"/>.</summary>
    private WorkerCommand Action => Mode.ToUpperInvariant() switch
    {
        "TRAIN" => WorkerCommand.Train,
        "RESTORE" => WorkerCommand.Restore,
        "VERIFY" => WorkerCommand.Verify,
        _ => throw new FineTuneException("FT6100", $"FineTuneMode is '{Mode}'. Use Train, Restore or Verify."),
    };

    private RemoteCacheSettings? Remote => RemoteCacheSettings.Resolve(RemoteCache, RemoteCacheMode, RemoteCacheAllowHttp, ProjectDirectory, Environment.GetEnvironmentVariable);

    /// <summary>Spares a worker that could only say that there is no model and that it may not make one.</summary>
    private void RequireAllowed(string name, FingerprintPair fingerprint, bool isStored, InputHistory history)
    {
        if (Action != WorkerCommand.Train && !isStored && Remote is null)
        {
            throw new FineTuneException("FT6101", $"The store has no model for '{name}' as it is specified now (fingerprint {fingerprint.Export}), and FineTuneMode={Action} forbids to train it. {history.Reasons()}Build once with FineTuneMode=Train, or share the store with a machine that did, for example with FineTuneRemoteCache.");
        }
    }

    /// <summary>Has a worker train, fetch or measure the model; <see langword="null"/> when it failed, which is logged.</summary>
    private WorkerEvent? Make(ModelItem model, TrainingPlan plan, BaseModelSource baseModel, FingerprintPair fingerprint, ModelStore store, InputHistory history, bool weightsToo = false)
    {
        var command = Action;
        var breaker = new RemoteCacheBreaker(BuildEngine);
        var request = new WorkerRequest
        {
            Command = command,
            Plan = plan,
            StoreDirectory = store.Root,
            BaseModelDirectory = baseModel.Directory,
            BaseModelTraining = baseModel.Training,
            WeightsToo = weightsToo,
            LibTorchDirectory = command == WorkerCommand.Train ? LibTorch.Find(Restore, PackageFolders, IntermediateDirectory, message => Log.LogMessage(MessageImportance.High, message)) : null,
            TrainingFingerprint = fingerprint.Training,
            ExportFingerprint = fingerprint.Export,
            RemoteCache = breaker.Limit(Remote),
            MetricsFile = command == WorkerCommand.Verify ? ModelFiles.VerifiedMetrics(IntermediateDirectory, model.Name) : null,
            Explanation = command == WorkerCommand.Train ? null : history.Reasons(),
            ShareDevice = string.Equals(ShareDevice, "true", StringComparison.OrdinalIgnoreCase),
        };
        Log.LogMessage(MessageImportance.Normal, command == WorkerCommand.Verify
            ? $"{model.Name}: measuring again, because FineTuneMode is Verify"
            : $"{model.Name}: {(command == WorkerCommand.Train ? "training" : "fetching")}, because the store has no entry {fingerprint.Export}");
        using var cores = command == WorkerCommand.Train ? BorrowCores(plan) : null;
        return RunWorker(request, model, breaker.Watch);
    }

    /// <summary>The cores for a training; <see langword="null"/> where it needs no more than the one of its task, because another processor does the work.</summary>
    private BuildCores? BorrowCores(TrainingPlan plan) => plan.Device.StartsWith("Cuda", StringComparison.Ordinal)
        ? null
        : BuildCores.Borrow(BuildEngine, BuildCores.OfMachine, () => Log.LogMessage(MessageImportance.Normal, $"{plan.Name}: waiting for another task of this build that uses the processor"));

    /// <summary>
    /// The folder that a model is trained from; <see langword="null"/> when it could not be made, which is logged. The model that this one starts from is made, but the store may have lost
    /// its weights while it kept what ships, or never have had them.
    /// </summary>
    private string? FolderOf(BaseModelSource baseModel, ModelItem model, ModelStore store, ContentHashIndex hashes)
    {
        if (baseModel.Training is not { } training || Action != WorkerCommand.Train)
        {
            return baseModel.Directory;
        }

        if (store.FindTraining(training) is null)
        {
            var item = Set.BaseOf(model)!;
            var plan = PlanOf(item, _ => { });
            var itsBase = Bases.Of(item, plan);
            var fingerprint = Fingerprint.Compute(plan, itsBase, hashes);
            var history = new InputHistory(StoreDirectory, ProjectFile, plan, itsBase, fingerprint, hashes);
            if (FolderOf(itsBase, item, store, hashes) is not { } folder || Make(item, plan, itsBase with { Directory = folder }, fingerprint, store, history, weightsToo: true) is null)
            {
                return null;
            }
        }

        var entry = store.FindTraining(training)
            ?? throw new FineTuneException("FT6104", $"The worker trained the model that '{model.Name}' starts from, but the store has no entry {training}. Something removes it; see what prunes the store, and build again.");
        return Path.Combine(entry.Directory, BaseModelSource.TrainedFolder);
    }

    private TrainedBases Bases => trainedBases ??= new TrainedBases(Set, BuiltinModelsDirectory, new BasePackages(ProjectFile, AssetsFile, PackageFolders, BaseModelProject, IntermediateDirectory, Restore));

    private PackageRestore Restore => new(BuildEngine, ProjectDirectory, PackageFolders);

    private LibTorchSource LibTorch => new(LibTorchPath, LibTorchPackageId, LibTorchVersion, LibTorchRuntimeIdentifier, LibTorchProject);

    private UpToDateStamp Stamp(ModelItem model) => StampOf(model, Bases.TrainingOf(model), Set.IsBase(model.Name).ToString(), StoreDirectory, BuiltinModelsDirectory, Mode, BaselinePath, ReportDirectory, AssemblyName, MaxEmbeddedSize);

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

    private static string Summary(string name, string metric, MetricsDocument metrics, string how)
    {
        var measured = metrics.Metrics.TryGetValue(metric, out var value) ? $"{metric} {value.ToString("0.00##", CultureInfo.InvariantCulture)}" : "ready";
        return $"{name}: {measured} ({how})";
    }
}
