using System.Diagnostics;
using System.Globalization;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Evaluation.Baselines;

namespace FineTune.Benchmarks;

/// <summary>What the baselines reach on a data set, and how long they take.</summary>
internal static class BaselineBenchmark
{
    public static int Run(string trainFile, string testFile)
    {
        DataFile[] test = [new(testFile, Path.GetFullPath(testFile))];
        // Without validation data, a part of the training rows would be split off.
        var plan = new TrainingPlan { Name = "Benchmark", TrainData = [new(trainFile, Path.GetFullPath(trainFile))], ValidationData = test, TestData = test };
        var data = ClassificationDataReader.Read(plan, _ => { });
        Console.WriteLine($"{data.Train.Count} training rows, {data.Test.Count} test rows, {data.Labels.Count} labels");
        foreach (var baseline in BaselineComparison.All)
        {
            var time = Stopwatch.StartNew();
            var metrics = BaselineComparison.Measure(baseline, data.Train, data.Test, data.Labels.Count, CancellationToken.None);
            var seconds = time.Elapsed.TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{baseline.Name}: accuracy {metrics["accuracy"]:0.0000}, f1.macro {metrics["f1.macro"]:0.0000}, {seconds:0.0} s"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak memory: {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB"));
        return 0;
    }
}
