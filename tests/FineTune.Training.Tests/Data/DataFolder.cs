using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;

namespace FineTune.Training.Tests.Data;

/// <summary>A temporary folder with data files.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-data-").FullName;

    public List<Diagnostic> Warnings { get; } = [];

    public DataFile Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public DataFile Write(string name, byte[] content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return new DataFile(name, path);
    }

    public DataFile MakeFolder(string name) => new(name, Directory.CreateDirectory(Path.Combine(folder, name)).FullName);

    public static TrainingPlan Plan(DataFile train, DataFile? validation = null, DataFile? test = null) => new()
    {
        Name = "Test",
        TrainData = [train],
        ValidationData = validation is null ? [] : [validation],
        TestData = test is null ? [] : [test],
    };

    public ClassificationData Read(TrainingPlan plan) => ClassificationDataReader.Read(plan, Warnings.Add);

    /// <summary>The rows of a file that is both training and validation data, as text, label and place.</summary>
    public (string Text, string Label, string Place)[] Rows(DataFile file)
    {
        var data = Read(Plan(file, file));
        return [.. data.Train.Select(row => (row.Text, data.Labels[row.Label], $"{row.Origin.Line},{row.Origin.Column}"))];
    }

    /// <summary>The errors in their canonical form up to the code: <c>train.csv(2,1): FT1005</c>.</summary>
    public string[] Errors(TrainingPlan plan)
        => [.. Assert.Throws<FineTuneException>(() => Read(plan)).Diagnostics.Select(error => $"{error.Location}: {error.Code}")];

    public string[] Errors(string name, string content) => Errors(Plan(Write(name, content)));

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
