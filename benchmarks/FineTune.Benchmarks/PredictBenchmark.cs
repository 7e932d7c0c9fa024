using System.Diagnostics;
using FineTune.Runtime;

namespace FineTune.Benchmarks;

/// <summary>Latency of single predictions and throughput of a batch, tokenization included.</summary>
internal static class PredictBenchmark
{
    private const int WarmUpRuns = 100;
    private const int SingleRuns = 2000;
    private const int BatchTexts = 4096;
    private const int BatchRuns = 5;

    private static readonly string[] Parts =
    [
        "The parcel arrived broken and nobody answers.",
        "Thank you, that was quick!",
        "How do I change the delivery address of an order that has been paid for already?",
        "I was charged twice this month; please refund one of the payments.",
        "App crashes on start since the last update.",
        "Where is my order? It was promised for Tuesday, and today is Friday, and the tracking page says nothing at all.",
    ];

    public static int Run(string model)
    {
        var loading = Stopwatch.StartNew();
        using var classifier = TextClassifier.Load(model);
        Console.WriteLine($"load: {Samples.Format(loading.Elapsed.TotalMilliseconds)} ms");

        string[] texts = [.. Enumerable.Range(0, BatchTexts).Select(index => $"{Parts[index % Parts.Length]} {Parts[index / Parts.Length % Parts.Length]} {index}")];
        var single = Measure(SingleRuns, WarmUpRuns, run => classifier.Predict(texts[run % texts.Length]));
        Console.WriteLine($"one text: p50 {Samples.Format(single.Median)} ms, p99 {Samples.Format(single.Percentile(99))} ms ({SingleRuns} runs)");

        var batch = Measure(BatchRuns, 1, _ => classifier.Predict(texts));
        Console.WriteLine($"{BatchTexts} texts in one call: {BatchTexts / batch.Median * 1000:0} texts/s (median of {BatchRuns} runs)");
        return 0;
    }

    private static Samples Measure(int runs, int warmUpRuns, Action<int> action)
    {
        for (var run = 0; run < warmUpRuns; run++)
        {
            action(run);
        }

        var milliseconds = new double[runs];
        for (var run = 0; run < runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            action(run);
            milliseconds[run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return new Samples(milliseconds);
    }
}
