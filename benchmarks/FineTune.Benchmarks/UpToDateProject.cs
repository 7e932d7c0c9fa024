using System.Text;
using System.Xml.Linq;
using FineTune.Core.Fingerprints;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Core.Store;

namespace FineTune.Benchmarks;

/// <summary>
/// A project with five models whose trainings are finished: data of 100,000 rows each, a base model and a store of realistic size, in a temporary folder.
/// Nothing was trained; the store's entries hold random bytes, which an up-to-date check does not look into.
/// </summary>
internal sealed class UpToDateProject : IDisposable
{
    public const int Rows = 100_000;

    public const int Runs = 20;

    /// <summary>The target that checks the models once.</summary>
    public const string Once = "Once";

    /// <summary>The target that checks the models <see cref="Runs"/> times, after a first time that does not count.</summary>
    public const string ManyTimes = "ManyTimes";

    private const string Gate = "accuracy >= 0.9; f1.macro >= 0.85";
    private const int ModelBytes = 16 << 20;

    private static readonly string[] Labels = ["billing", "delivery", "praise"];

    private readonly string root = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;
    private readonly Random random = new(1);

    public UpToDateProject()
    {
        Directory.CreateDirectory(BaseModel);
        File.WriteAllText(Path.Combine(BaseModel, "config.json"), "{}");
        WriteBytes(Path.Combine(BaseModel, "model.safetensors"), ModelBytes / 2);
        foreach (var name in Names)
        {
            WriteData(DataFile(name));
            AddFinishedModel(name);
        }

        WriteProjectFile();
        LetTimePass();
    }

    /// <summary>The tasks of a no-op build.</summary>
    public static IReadOnlyList<string> Tasks { get; } = ["FineTuneTrain", "FineTuneGenerateApi"];

    public static IReadOnlyList<string> Names { get; } = ["Topic", "Sentiment", "Intent", "Urgency", "Language"];

    public string ProjectFile => Path.Combine(root, "benchmark.proj");

    public string StoreDirectory => Path.Combine(root, "store");

    public string LogFile => Path.Combine(root, "build.binlog");

    public string IntermediateDirectory => Path.Combine(root, "obj");

    public string BaseModel => Path.Combine(root, "base");

    private Dictionary<string, string> Metadata(string name) => new()
    {
        ["BaseModel"] = BaseModel,
        ["TrainData"] = DataFile(name),
        ["Require"] = Gate,
    };

    public string DataFile(string name) => Path.Combine(root, $"{name}.csv");

    public void Dispose() => Directory.Delete(root, recursive: true);

    private void WriteData(string path)
    {
        string[] words = ["parcel", "arrived", "late", "thanks", "invoice", "charged", "twice", "broken", "address", "lovely", "again", "please", "when", "refund"];
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false));
        writer.WriteLine("text,label");
        for (var row = 0; row < Rows; row++)
        {
            writer.WriteLine($"\"{string.Join(' ', random.GetItems(words, 12))}\",{Labels[row % Labels.Length]}");
        }
    }

    private void AddFinishedModel(string name)
    {
        var plan = new ModelSpec { Name = name, BaseDirectory = root, Values = Metadata(name) }.Resolve();
        var fingerprint = Fingerprint.Compute(plan, BaseModel, new ContentHashIndex(Path.Combine(root, "unused")));
        new ModelStore(StoreDirectory).AddModel(fingerprint.Export, folder =>
        {
            WriteBytes(Path.Combine(folder, "model.onnx"), ModelBytes);
            WriteBytes(Path.Combine(folder, "model.ftmodel"), ModelBytes);
            File.WriteAllText(Path.Combine(folder, "metrics.json"), CoreJson.Write(Metrics(fingerprint), indented: true));
        });
    }

    private static MetricsDocument Metrics(FingerprintPair fingerprint) => new()
    {
        Task = nameof(FineTuneTask.TextClassification),
        EvaluatedOn = "validation",
        Rows = Rows / 10,
        Metrics = new Dictionary<string, double> { ["accuracy"] = 0.93, ["f1.macro"] = 0.91, ["loss"] = 0.2 },
        Intervals = new Dictionary<string, IReadOnlyList<double>> { ["accuracy"] = [0.92, 0.94] },
        Baseline = new Dictionary<string, IReadOnlyDictionary<string, double>> { ["majority"] = new Dictionary<string, double> { ["accuracy"] = 0.34 } },
        ConfusionMatrix = [[3000, 200, 134], [100, 3100, 133], [50, 83, 3200]],
        Labels = Labels,
        Training = new TrainingSummary
        {
            Seconds = 100,
            SamplesPerSecond = 900,
            Steps = 16_875,
            Epochs = 3,
            BestEpoch = 3,
            PeakMemoryBytes = 1 << 30,
            Device = "cpu",
            Precision = "float32",
            Rows = Rows,
            Strategy = Strategy.Full,
            Parts = [],
            History = [],
            Warnings = [],
            TrainableParameters = 4_000_000,
            Parameters = 4_000_000,
        },
        Fingerprint = fingerprint,
    };

    private void WriteProjectFile()
    {
        var items = Names.Select(name => new XElement("FineTuneModel", [new XAttribute("Include", name), .. Metadata(name).Select(value => new XAttribute(value.Key, value.Value))]));
        XAttribute[] common =
        [
            new("Models", "@(FineTuneModel)"),
            new("ProjectFile", "$(MSBuildProjectFullPath)"),
            new("IntermediateDirectory", IntermediateDirectory),
            new("DotNetHostPath", "dotnet"),
            // Whoever starts a worker here has not measured an up-to-date check.
            new("WorkerPath", "none"),
        ];
        XElement[] tasks =
        [
            new("FineTuneTrain", common, new XAttribute("CacheDirectory", StoreDirectory), new XAttribute("BuiltinModelsDirectory", root), new XAttribute("Mode", "Restore")),
            new("FineTuneGenerateApi", common, new XAttribute("RootNamespace", "Benchmark"), new XAttribute("Nullable", "enable")),
        ];
        new XDocument(new XElement(
            "Project",
            Tasks.Select(name => new XElement("UsingTask", new XAttribute("TaskName", $"FineTune.Build.{name}"), new XAttribute("AssemblyFile", "$(TaskAssembly)"))),
            new XElement("ItemGroup", items),
            new XElement("Target", new XAttribute("Name", Once), tasks),
            new XElement("Target", new XAttribute("Name", ManyTimes), Enumerable.Repeat(tasks, Runs + 1)))).Save(ProjectFile);
    }

    /// <summary>Files that were changed within the last seconds are hashed again; a no-op build usually comes later than that.</summary>
    public void LetTimePass()
    {
        foreach (var file in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        }
    }

    private void WriteBytes(string path, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
    }
}
