using System.Diagnostics;
using FineTune.Runtime;

namespace FineTune.Benchmarks;

/// <summary>Latency of single predictions and throughput of a batch, tokenization included, of one model or of several that take turns in one process.</summary>
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

    public static int Run(IReadOnlyList<string> models)
    {
        string[] texts = [.. Enumerable.Range(0, BatchTexts).Select(index => $"{Parts[index % Parts.Length]} {Parts[index / Parts.Length % Parts.Length]} {index}")];
        var loading = new double[models.Count];
        var classifiers = models.Select((model, index) => Load(model, out loading[index])).ToList();
        try
        {
            var single = Measure(SingleRuns, WarmUpRuns, classifiers, (classifier, run) => classifier.Predict(texts[run % texts.Length]));
            var batch = Measure(BatchRuns, 1, classifiers, (classifier, _) => classifier.Predict(texts));
            for (var index = 0; index < models.Count; index++)
            {
                Console.WriteLine(models[index]);
                Console.WriteLine($"  load: {Samples.Format(loading[index])} ms{(index == 0 && models.Count > 1 ? " (with what the first model of a process needs)" : "")}");
                Console.WriteLine($"  one text: p50 {Samples.Format(single[index].Median)} ms, p99 {Samples.Format(single[index].Percentile(99))} ms ({SingleRuns} runs){Relative(single[index].Median, single[0].Median)}");
                Console.WriteLine($"  {BatchTexts} texts in one call: {BatchTexts / batch[index].Median * 1000:0} texts/s (median of {BatchRuns} runs){Relative(batch[index].Median, batch[0].Median)}");
            }
        }
        finally
        {
            classifiers.ForEach(classifier => classifier.Dispose());
        }

        return 0;

        string Relative(double time, double first) => models.Count == 1 ? "" : $", time relative to the first model {Samples.Format(time / first)}";
    }

    /// <summary>A model, and the text that is first asked for in a cold start.</summary>
    public static string FirstText => Parts[0];

    private static TextClassifier Load(string model, out double milliseconds)
    {
        var start = Stopwatch.GetTimestamp();
        var classifier = TextClassifier.Load(model);
        milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return classifier;
    }

    private static Samples[] Measure(int runs, int warmUpRuns, List<TextClassifier> classifiers, Action<TextClassifier, int> action)
    {
        var milliseconds = classifiers.Select(_ => new double[runs]).ToArray();
        for (var run = -warmUpRuns; run < runs; run++)
        {
            for (var index = 0; index < classifiers.Count; index++)
            {
                var start = Stopwatch.GetTimestamp();
                action(classifiers[index], Math.Abs(run));
                if (run >= 0)
                {
                    milliseconds[index][run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }

        return [.. milliseconds.Select(values => new Samples(values))];
    }
}
