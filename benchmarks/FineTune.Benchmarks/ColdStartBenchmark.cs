using System.Diagnostics;
using System.Globalization;
using FineTune.Runtime;

namespace FineTune.Benchmarks;

/// <summary>What an app waits for before its first answer: new processes that load a model and predict one text.</summary>
internal static class ColdStartBenchmark
{
    private const int Runs = 15;

    private static readonly string[] Columns = ["process start to Main, ms", "loading the model, ms", "first answer, ms", "second answer, ms", "processor time up to the first answer, ms", "of it, the thread that waits, ms", "peak memory, MB"];

    /// <summary>Starts this program again for each run; the models take turns.</summary>
    public static int Run(IReadOnlyList<string> models)
    {
        var runs = models.Select(_ => new List<double[]>()).ToArray();
        for (var run = 0; run < Runs; run++)
        {
            for (var index = 0; index < models.Count; index++)
            {
                runs[index].Add(Start(models[index]));
            }
        }

        for (var index = 0; index < models.Count; index++)
        {
            Console.WriteLine(models[index]);
            foreach (var (column, name) in Columns.Index())
            {
                var samples = new Samples(runs[index].Select(values => values[column]));
                Console.WriteLine($"  {name}: median {Samples.Format(samples.Median)}, maximum {Samples.Format(samples.Maximum)} ({Runs} processes)");
            }
        }

        return 0;
    }

    /// <summary>One run, in a process of its own.</summary>
    public static int RunOnce(string model)
    {
        using var process = Process.GetCurrentProcess();
        var started = (DateTime.UtcNow - process.StartTime.ToUniversalTime()).TotalMilliseconds;
        var (allBefore, waitingBefore) = ProcessorTimes();
        var loading = Stopwatch.StartNew();
        using var classifier = TextClassifier.Load(model);
        loading.Stop();
        var first = Predict();
        var (all, waiting) = ProcessorTimes();
        var second = Predict();
        process.Refresh();
        Console.WriteLine(string.Join(' ', new[] { started, loading.Elapsed.TotalMilliseconds, first, second, all - allBefore, waiting - waitingBefore, process.PeakWorkingSet64 / 1e6 }.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        return 0;

        double Predict()
        {
            var start = Stopwatch.GetTimestamp();
            classifier.Predict(PredictBenchmark.FirstText);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
    }

    /// <summary>Processor time of all threads and of the main thread, whose id on Linux is the process's; NaN elsewhere. In steps of 10 ms.</summary>
    private static (double All, double Main) ProcessorTimes()
    {
        using var process = Process.GetCurrentProcess();
        var main = process.Threads.Cast<ProcessThread>().FirstOrDefault(thread => thread.Id == process.Id);
        return (process.TotalProcessorTime.TotalMilliseconds, main?.TotalProcessorTime.TotalMilliseconds ?? double.NaN);
    }

    private static double[] Start(string model)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(ColdStartBenchmark).Assembly.Location, "cold-start-once", model]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? [.. output.Split(' ').Select(value => double.Parse(value, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"A run ended with {process.ExitCode}: {output}");
    }
}
