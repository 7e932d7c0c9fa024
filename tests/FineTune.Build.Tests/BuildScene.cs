using System.Reflection;
using FineTune.Core.Gates;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace FineTune.Build.Tests;

/// <summary>A project folder with data, a base model, a store and the fake worker: all that the tasks need.</summary>
internal sealed class BuildScene : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public BuildScene()
    {
        directory.Write("data/train.csv", "text,label\nI love it,positive\nI hate it,negative\n");
        directory.Write("models/tiny/config.json", "{}");
        directory.Write("models/tiny/model.safetensors", "weights");
    }

    public RecordingBuildEngine Engine { get; private set; } = new();

    public string Store => directory.File("store");

    public string Intermediate => directory.File("obj/FineTune");

    public string TrainData => directory.File("data/train.csv");

    public string ProjectFile => directory.File("app.csproj");

    public string[] WorkerCalls => File.Exists(directory.File("data/worker-calls.txt")) ? File.ReadAllLines(directory.File("data/worker-calls.txt")) : [];

    public string[] StoredModels => Directory.Exists(Path.Combine(Store, "v1/models")) ? Directory.GetDirectories(Path.Combine(Store, "v1/models")) : [];

    public string FileAt(string relative) => directory.File(relative);

    public void Write(string relative, string content) => directory.Write(relative, content);

    public static ITaskItem Model(string name, params (string Name, string Value)[] metadata)
    {
        var item = new TaskItem(name);
        item.SetMetadata("TrainData", "data/train.csv");
        item.SetMetadata("Seed", "90");
        foreach (var (key, value) in metadata)
        {
            item.SetMetadata(key, value);
        }

        return item;
    }

    /// <summary>Writes the project file, and creates the task for <paramref name="models"/> in a build of its own.</summary>
    public FineTuneTrain Train(params ITaskItem[] models) => Prepare(new FineTuneTrain
    {
        CacheDirectory = Store,
        BuiltinModelsDirectory = directory.File("models"),
        LibTorchPath = directory.File("libtorch"),
    }, models);

    /// <summary>Writes the project file, and creates the task for <paramref name="models"/> in a build of its own.</summary>
    public FineTuneGenerateApi GenerateApi(params ITaskItem[] models) => Prepare(new FineTuneGenerateApi { RootNamespace = "Shop" }, models);

    /// <summary>Writes a baseline of one model, measured on the rows that the fake worker measures on.</summary>
    public void AcceptAccuracy(string model, double accuracy) => BaselineFile.Read(directory.File(BaselineFile.DefaultName)).With(model, new AcceptedMetrics
    {
        Fingerprint = new string('a', 64),
        EvaluatedOn = "validation",
        Rows = 100,
        Metrics = new Dictionary<string, double> { ["accuracy"] = accuracy },
        Intervals = new Dictionary<string, IReadOnlyList<double>> { ["accuracy"] = [accuracy - 0.05, accuracy + 0.05] },
    }).Save();

    /// <summary>Makes everything as old as files are when somebody builds again the next day.</summary>
    public void LetADayPass()
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(directory.File("."), "*", SearchOption.AllDirectories))
        {
            if (Directory.Exists(path))
            {
                Directory.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
            }
            else
            {
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-1));
            }
        }
    }

    public void Dispose() => directory.Dispose();

    private T Prepare<T>(T task, ITaskItem[] models)
        where T : ModelTask
    {
        var lines = models.Select(model => $"    <FineTuneModel Include=\"{model.ItemSpec}\" />");
        directory.Write("app.csproj", $"<Project>\n  <ItemGroup>\n{string.Join("\n", lines)}\n  </ItemGroup>\n</Project>\n");
        Engine = new RecordingBuildEngine();
        task.BuildEngine = Engine;
        task.Models = models;
        task.ProjectFile = ProjectFile;
        task.IntermediateDirectory = Intermediate;
        task.DotNetHostPath = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        task.WorkerPath = typeof(BuildScene).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "FakeWorker").Value!;
        return task;
    }
}
