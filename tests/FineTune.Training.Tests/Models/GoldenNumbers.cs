using System.Text.Json;
using System.Text.Json.Serialization;
using FineTune.Training.Tests.Optimization;
using FineTune.Training.Tests.Training;

namespace FineTune.Training.Tests.Models;

/// <summary>What transformers and torch compute with the random BERT; see TestData/TinyBert/README.md.</summary>
internal sealed record GoldenNumbers(IReadOnlyList<GoldenCase> Cases, IReadOnlyList<GoldenSchedule> Schedules)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static GoldenNumbers All { get; } = JsonSerializer.Deserialize<GoldenNumbers>(File.ReadAllText(Path.Combine(TinyBertFolder.Directory, "golden.json")), Options)!;
}
