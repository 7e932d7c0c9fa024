using System.Text.Json;
using FineTune.Training.Tests.Checkpoints;

namespace FineTune.Training.Tests.Evaluation;

/// <summary>Numbers that another implementation computed; the script beside the file made it.</summary>
internal sealed class ReferenceCases(string fileName)
{
    private readonly JsonElement[] cases = [.. JsonDocument.Parse(File.ReadAllText(RepositoryFiles.Path($"tests/FineTune.Training.Tests/Evaluation/{fileName}"))).RootElement.EnumerateArray()];

    public TheoryData<string> Names => [.. cases.Select(reference => reference.GetProperty("name").GetString()!)];

    public T Get<T>(string name, string property) => cases.Single(reference => reference.GetProperty("name").GetString() == name).GetProperty(property).Deserialize<T>()!;

    /// <summary>Every metric of the reference to 1e-9, and no other ones.</summary>
    public void AssertMetrics(string name, IReadOnlyDictionary<string, double> actual)
    {
        var expected = Get<Dictionary<string, double>>(name, "metrics");
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, metric => Assert.True(Math.Abs(metric.Value - actual[metric.Key]) < 1e-9, $"{metric.Key}: {actual[metric.Key]} instead of {metric.Value}"));
    }
}
