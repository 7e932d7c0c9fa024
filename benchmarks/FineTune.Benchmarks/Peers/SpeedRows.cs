using System.Text.Json;
using FineTune.Core.Specification;
using FineTune.Training.Models;
using FineTune.Training.Training;

namespace FineTune.Benchmarks.Peers;

/// <summary>The rows that all contestants train on: random tokens, 10 to 60 of them, with one of two labels.</summary>
internal static class SpeedRows
{
    public const int BatchSize = 16;
    public const int LabelCount = 2;

    private const int Count = 1600;
    private const int ShortestLength = 10;
    private const int LongestLength = 60;

    public static EncodedText[] Create(int vocabulary)
    {
        var random = new RandomStream(1, "benchmark");
        return [.. Enumerable.Range(0, Count).Select(row => new EncodedText(
            [.. Enumerable.Range(0, ShortestLength + random.NextInt(LongestLength - ShortestLength + 1)).Select(_ => random.NextInt(vocabulary))], random.NextInt(LabelCount), row))];
    }

    /// <summary>The batches of endless passes, as a training has them.</summary>
    public static IEnumerable<IReadOnlyList<EncodedText>> Batches(EncodedText[] rows)
        => TrainingBatches.From(rows, new TrainingPlan { Name = "Benchmark", BatchSize = BatchSize }, rows.Length / BatchSize, firstStep: 0).Select(step => step.Single());

    /// <summary>Writes them for <c>benchmarks/speed/turns.py</c>.</summary>
    public static void Write(EncodedText[] rows, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(new { inputIds = rows.Select(row => row.Tokens), labels = rows.Select(row => row.Label) }));
    }
}
