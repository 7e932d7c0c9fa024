using System.Diagnostics;
using System.Reflection;
using Microsoft.Build.Logging.StructuredLogger;

namespace FineTune.Benchmarks;

/// <summary>
/// What two up-to-date models cost a build that has nothing else to do: the time that MSBuild's log gives for the task, from reading the items to the
/// judged metrics. A new process loads and compiles the task's code each time; a process that goes on (an IDE, a reused node) does not.
/// </summary>
internal static class UpToDateBenchmark
{
    public static int Run()
    {
        using var project = new UpToDateProject();
        var megabytes = UpToDateProject.Names.Sum(name => new FileInfo(project.DataFile(name)).Length) / 1e6;
        Console.WriteLine($"{UpToDateProject.Names.Count} models, {UpToDateProject.Rows} rows each, {megabytes:0} MB of data");

        // The first build hashes every file, as the build that trained has done.
        Build(project, UpToDateProject.Once);
        Report("in a new process", Enumerable.Range(0, UpToDateProject.Runs).Select(_ => Build(project, UpToDateProject.Once).Single()));
        Report("in a process that goes on", Build(project, UpToDateProject.ManyTimes).Skip(1));
        return 0;
    }

    private static void Report(string where, IEnumerable<double> milliseconds)
    {
        var samples = new Samples(milliseconds);
        Console.WriteLine($"{where}: median {Samples.Format(samples.Median)} ms, maximum {Samples.Format(samples.Maximum)} ms ({samples.Count} runs)");
    }

    /// <summary>Milliseconds of each run of the task.</summary>
    private static IReadOnlyList<double> Build(UpToDateProject project, string target)
    {
        var taskAssembly = typeof(UpToDateBenchmark).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "TaskAssembly").Value;
        var start = new ProcessStartInfo("dotnet", ["msbuild", project.ProjectFile, $"-target:{target}", $"-property:TaskAssembly={taskAssembly}", $"-binaryLogger:{project.LogFile}", "-noLogo", "-nodeReuse:false"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The models are not up to date:{Environment.NewLine}{output}");
        }

        return [.. BinaryLog.ReadBuild(project.LogFile).FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>(task => task.Name == "FineTuneTrain").Select(task => task.Duration.TotalMilliseconds)];
    }
}
