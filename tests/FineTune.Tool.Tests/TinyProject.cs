using FineTune.Training.Tests.Pipeline;

namespace FineTune.Tool.Tests;

/// <summary>A folder with a tiny base model and labelled rows, and a model that was trained on them once for all tests of a class.</summary>
public sealed class TinyProject : IDisposable
{
    public TinyProject()
    {
        TinyBaseModel.Write(Base);
        TinyBaseModel.WriteRows(TrainData, 48);
        FirstRun = Train("--output", Model);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("finetune-tool-").FullName;

    public string Base => Path.Combine(Folder, "base");

    public string TrainData => Path.Combine(Folder, "train.tsv");

    public string Store => Path.Combine(Folder, "store");

    public string Model => Path.Combine(Folder, "model");

    internal ToolRun FirstRun { get; }

    /// <summary>The options of <see cref="FirstRun"/>: the same ones find the same model.</summary>
    public IReadOnlyList<string> Options =>
    [
        "--base-model", Base, "--train-data", TrainData, "--validation-split", "0.25", "--epochs", "20", "--batch-size", "8", "--learning-rate", "5e-3", "--cache-directory", Store,
    ];

    internal ToolRun Train(params string[] more) => ToolRun.InProcess(["train", .. Options, "--json", .. more]);

    public string NewFolder() => Path.Combine(Folder, Path.GetRandomFileName());

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
