using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Core.Worker;

namespace FineTune.Build.Tests.FakeWorker;

/// <summary>
/// Speaks the worker's protocol without an engine, and writes down each call in <c>worker-calls.txt</c> beside the training data. The model's name says how it
/// behaves (Crash, Fail, Fall silent, Hang, Pruned at once; anything else succeeds), and its seed is the accuracy in percent; one seed stands for a training with a warning.
/// A training with a remote cache warns of it: that it does not answer, or, if it may be written, that it could not be.
/// </summary>
internal static class Program
{
    private const int SeedWithWarning = 91;

    private static int Main(string[] arguments)
    {
        var request = CoreJson.ReadRequest(File.ReadAllText(arguments[1]));
        var data = request.Plan.TrainData[0];
        var calls = Path.Combine(Path.GetDirectoryName(data.FullPath)!, "worker-calls.txt");
        var source = request.BaseModelTraining is null ? "" : $" from {File.ReadAllText(Path.Combine(request.BaseModelDirectory, "config.json"))}";
        File.AppendAllText(calls, $"{request.Command} {request.Plan.Name}{source}{(request.WeightsToo ? " for its weights" : "")}{(request.RemoteCache is { } cache ? $" with {cache.Address} {cache.Mode}" : "")}\n");

        switch (request.Plan.Name)
        {
            case "Crash":
                Console.Error.WriteLine("Unhandled exception. System.AccessViolationException: the fake crashed");
                return 134;
            case "Fail":
                Write(new WorkerEvent { Kind = WorkerEventKind.Diagnostic, Diagnostic = new Diagnostic("FT1003", DiagnosticSeverity.Error, "The text is empty.", new SourceLocation(data.DisplayPath, 3, 2)) });
                return 1;
            case "FailWithoutPlace":
                Write(new WorkerEvent { Kind = WorkerEventKind.Diagnostic, Diagnostic = new Diagnostic("FT4001", DiagnosticSeverity.Error, "The loss is not a number.") });
                return 1;
            case "Silent":
                return 0;
            case "Hang":
                Write(new WorkerEvent { Kind = WorkerEventKind.Progress, Message = $"process {Environment.ProcessId}" });
                Thread.Sleep(Timeout.Infinite);
                return 0;
        }

        var labels = File.ReadLines(data.FullPath).Skip(1).Select(line => line.Split(',')[^1]).Distinct().Order(StringComparer.Ordinal).ToList();
        if (request.Command == WorkerCommand.Labels)
        {
            Write(new WorkerEvent { Kind = WorkerEventKind.Labels, Labels = labels });
            return 0;
        }

        if (request.RemoteCache is not null && request.Command == WorkerCommand.Train)
        {
            Write(new WorkerEvent { Kind = WorkerEventKind.Diagnostic, Diagnostic = new Diagnostic(request.RemoteCache.Mode == RemoteCacheMode.Read ? "FT6011" : "FT6013", DiagnosticSeverity.Warning, "The remote cache does not do that.") });
        }

        if (request.Command == WorkerCommand.Restore)
        {
            Write(new WorkerEvent { Kind = WorkerEventKind.Diagnostic, Diagnostic = new Diagnostic("FT6014", DiagnosticSeverity.Information, "The model came from the remote cache.") });
        }

        if (request.Command == WorkerCommand.Verify)
        {
            var stored = new ModelStore(request.StoreDirectory).FindModel(request.ExportFingerprint!)!;
            File.Copy(stored.PathOf("metrics.json"), request.MetricsFile!, overwrite: true);
            Write(new WorkerEvent { Kind = WorkerEventKind.Completed, EntryDirectory = stored.Directory });
            return 0;
        }

        Write(new WorkerEvent { Kind = WorkerEventKind.Progress, Message = "epoch 1/1", Fraction = 0.5 });
        Write(new WorkerEvent { Kind = WorkerEventKind.Diagnostic, Diagnostic = new Diagnostic("FT1010", DiagnosticSeverity.Warning, "Two rows have the same text.", new SourceLocation(data.DisplayPath, 4, 1)) });
        var store = new ModelStore(request.StoreDirectory);
        store.AddTraining(request.TrainingFingerprint!, folder =>
        {
            Directory.CreateDirectory(Path.Combine(folder, "huggingface"));
            File.WriteAllText(Path.Combine(folder, "huggingface", "config.json"), request.Plan.Name);
        });
        var entry = store.AddModel(request.ExportFingerprint!, folder => WriteEntry(folder, request, labels));
        if (request.Plan.Name == "Pruned" && File.ReadAllLines(calls).Length == 1)
        {
            Directory.Delete(entry.Directory, recursive: true);
        }

        Write(new WorkerEvent { Kind = WorkerEventKind.Completed, EntryDirectory = entry.Directory });
        return 0;
    }

    private static void WriteEntry(string folder, WorkerRequest request, List<string> labels)
    {
        var seed = request.Plan.Seed;
        File.WriteAllText(Path.Combine(folder, "model.ftmodel"), string.Create(CultureInfo.InvariantCulture, $"model {seed} of {request.ExportFingerprint}"));
        File.WriteAllText(Path.Combine(folder, "metrics.json"), CoreJson.Write(new MetricsDocument
        {
            Task = "TextClassification",
            EvaluatedOn = "validation",
            Rows = 100,
            Metrics = new Dictionary<string, double> { ["accuracy"] = seed / 100.0 },
            Intervals = new Dictionary<string, IReadOnlyList<double>> { ["accuracy"] = [(seed - 5) / 100.0, (seed + 5) / 100.0] },
            Baseline = new Dictionary<string, IReadOnlyDictionary<string, double>>(),
            ConfusionMatrix = [],
            Labels = labels,
            Training = new TrainingSummary
            {
                Seconds = 34,
                SamplesPerSecond = 1,
                Steps = 1,
                Epochs = 1,
                BestEpoch = 1,
                PeakMemoryBytes = 1,
                Device = "cpu",
                Precision = "float32",
                Rows = 2,
                Strategy = Strategy.Full,
                Parts = [],
                History = [],
                Warnings = seed == SeedWithWarning ? [new Diagnostic("FT4016", DiagnosticSeverity.Warning, "A label is probably wrong.", new SourceLocation("data/train.csv", 2, 1))] : [],
                TrainableParameters = 1,
                Parameters = 1,
            },
            Fingerprint = new FingerprintPair(request.TrainingFingerprint!, request.ExportFingerprint!),
        }));
    }

    private static void Write(WorkerEvent workerEvent) => Console.WriteLine(CoreJson.Write(workerEvent));
}
