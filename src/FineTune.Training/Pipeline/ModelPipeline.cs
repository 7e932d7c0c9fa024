using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Core.Worker;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Native;
using FineTune.Training.Remote;
using FineTune.Training.Tasks;
using FineTune.Training.Training;

namespace FineTune.Training.Pipeline;

/// <summary>From a request to a finished entry of the store, doing only what the store does not hold yet.</summary>
internal static class ModelPipeline
{
    /// <summary>
    /// Finds or makes the model. What is found costs nothing; when only the training is found, it is exported and evaluated; else it is trained. Entries
    /// appear in the store when they are complete, so a run that fails, is cancelled or killed leaves nothing that looks finished. One process at a time works on a
    /// training; the others wait and find what it has made.
    /// </summary>
    /// <param name="request">What to make, from what, and where the store is.</param>
    /// <param name="events">Receives progress, diagnostics and, last, the completion.</param>
    /// <param name="cancellation">Cancels between two steps or batches.</param>
    /// <exception cref="FineTuneException">Anything that the user can mend; FT1095 when an input changed while it was read.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static PipelineResult Run(WorkerRequest request, Action<WorkerEvent> events, CancellationToken cancellation)
    {
        var progress = new PhaseProgress(events);
        progress.Begin("checking the inputs", end: 0.01);
        var fingerprint = ComputeFingerprint(request);
        RequireSame(new FingerprintPair(request.TrainingFingerprint ?? fingerprint.Training, request.ExportFingerprint ?? fingerprint.Export), fingerprint);

        var store = new ModelStore(request.StoreDirectory) { Report = progress.Report };
        try
        {
            var result = Find(store, fingerprint, request.WeightsToo) ?? Make(request, fingerprint, store, progress, cancellation);
            if (request.Command == WorkerCommand.Verify)
            {
                ModelVerification.Run(request, result, progress, cancellation);
            }

            return Completed(result, progress);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static PipelineResult Completed(PipelineResult result, PhaseProgress progress)
    {
        progress.Complete(result.Model.Directory, result.Trained);
        return result;
    }

    private static PipelineResult? Find(ModelStore store, FingerprintPair fingerprint, bool weightsToo)
    {
        var model = store.FindModel(fingerprint.Export);
        var training = model is not null && weightsToo ? store.FindTraining(fingerprint.Training) : null;
        return model is null || (training is null && weightsToo) ? null : new PipelineResult(model, training, fingerprint, Trained: false, store);
    }

    private static PipelineResult Make(WorkerRequest request, FingerprintPair fingerprint, ModelStore store, PhaseProgress progress, CancellationToken cancellation)
    {
        using var remote = RemoteCache.Open(request.RemoteCache, progress.Report, message => progress.Report(message, 0));
        var result = MakeInTurn(request, fingerprint, store, remote, progress, cancellation, out var made);
        // After the lock, so that nobody waits for uploads.
        made.ForEach(entry => remote?.Upload(entry, cancellation));
        return result;
    }

    private static PipelineResult MakeInTurn(
        WorkerRequest request, FingerprintPair fingerprint, ModelStore store, RemoteCache? remote, PhaseProgress progress, CancellationToken cancellation, out List<StoreEntry> made)
    {
        var weightsToo = request.WeightsToo;
        using var turn = store.LockTraining(fingerprint.Training, progress.WaitForTraining, cancellation);
        made = [];
        var foundModel = store.FindModel(fingerprint.Export) ?? remote?.FetchModel(store, fingerprint.Export, cancellation);
        var foundTraining = foundModel is null || weightsToo ? store.FindTraining(fingerprint.Training) : null;
        if (request.Command is WorkerCommand.Restore or WorkerCommand.Verify && foundModel is null)
        {
            throw new FineTuneException("FT6101", $"Neither the store nor the remote cache has the model '{request.Plan.Name}' as it is specified now (fingerprint {fingerprint.Export}), and FineTuneMode={request.Command} forbids to train it. {request.Explanation}Build once with FineTuneMode=Train and FineTuneRemoteCacheMode=ReadWrite.");
        }

        foundTraining ??= foundModel is null || weightsToo ? remote?.FetchTraining(store, fingerprint.Training, cancellation) : null;
        if (foundModel is not null && (foundTraining is not null || !weightsToo))
        {
            return new PipelineResult(foundModel, foundTraining, fingerprint, Trained: false, store);
        }

        progress.Begin("reading the data", end: 0.03);
        var task = TrainingTasks.Read(request.Plan, progress.Report);
        RequireSame(fingerprint, ComputeFingerprint(request));
        cancellation.ThrowIfCancellationRequested();

        var training = foundTraining ?? Train(request, task, fingerprint, store, progress, cancellation);
        var model = foundModel ?? Export(request, task, training, fingerprint, store, progress, cancellation);
        if (foundTraining is null)
        {
            made.Add(training);
        }

        if (foundModel is null)
        {
            made.Add(model);
        }

        return new PipelineResult(model, training, fingerprint, Trained: foundTraining is null, store);
    }

    private static StoreEntry Train(WorkerRequest request, ITrainingTask task, FingerprintPair fingerprint, ModelStore store, PhaseProgress progress, CancellationToken cancellation)
    {
        progress.Begin("loading libtorch and the base model", end: 0.05);
        LibTorch.Load(request.LibTorchDirectory);
        var tokenizer = TextTokenizer.FromHuggingFaceFolder(request.BaseModelDirectory, out _);

        using var device = AcquireDevice(request, progress, cancellation);
        progress.Begin("training", end: 0.95);
        var checkpoints = new CheckpointFolder(store.CheckpointDirectory(fingerprint.Training));
        var trained = task.Train(new TrainingContext
        {
            Plan = request.Plan,
            BaseModelDirectory = request.BaseModelDirectory,
            Tokenizer = tokenizer,
            Checkpoints = checkpoints,
            HiddenStates = HiddenStatesStore.Open(store, Environment.GetEnvironmentVariable) with { Training = fingerprint.Training },
            Progress = step => progress.Report(step.Message, step.Fraction),
            Report = progress.Report,
            Cancellation = cancellation,
        });
        cancellation.ThrowIfCancellationRequested();
        var entry = store.AddTraining(fingerprint.Training, directory => TrainingArtifact.Write(directory, request.BaseModelDirectory, trained, task));
        checkpoints.Delete();
        Allocator.ReturnFreedMemory();
        return entry;
    }

    private static IDisposable? AcquireDevice(WorkerRequest request, PhaseProgress progress, CancellationToken cancellation)
    {
        var device = TrainingDevice.Of(request.Plan.Device);
        return device.type != TorchSharp.DeviceType.CUDA || request.ShareDevice || Environment.GetEnvironmentVariable(DeviceLock.ShareVariable) == "1"
            ? null
            : DeviceLock.Acquire(Math.Max(device.index, 0), progress.WaitForDevice, cancellation);
    }

    private static StoreEntry Export(WorkerRequest request, ITrainingTask task, StoreEntry training, FingerprintPair fingerprint, ModelStore store, PhaseProgress progress, CancellationToken cancellation)
    {
        var artifact = TrainingArtifact.Read(training.Directory);
        return store.AddModel(fingerprint.Export, directory =>
        {
            progress.Begin("exporting the model", end: 0.97);
            ModelArtifact.Export(directory, training.Directory, artifact, task, request.Plan, fingerprint);
            ModelArtifact.Evaluate(directory, training.Directory, artifact, task, request.Plan, fingerprint, progress, cancellation);
            cancellation.ThrowIfCancellationRequested();
        });
    }

    /// <summary>Hashes every input anew: times and sizes vouch for a file between two builds, but not within one.</summary>
    private static FingerprintPair ComputeFingerprint(WorkerRequest request)
        => Fingerprint.Compute(request.Plan, new BaseModelSource(request.BaseModelDirectory, request.BaseModelTraining), new ContentHashIndex(Path.Combine(request.StoreDirectory, "never-written")));

    private static void RequireSame(FingerprintPair before, FingerprintPair now)
    {
        if (before != now)
        {
            throw new FineTuneException("FT1095", "The data or the base model changed while the build was running: they are not what the build looked at first. Nothing was stored; run it again when the files are complete.");
        }
    }
}
