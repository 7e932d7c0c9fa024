using System.Diagnostics;
using System.Reflection;
using Microsoft.Build.Logging.StructuredLogger;

namespace FineTune.Benchmarks;

/// <summary>
/// What five up-to-date models cost a build that has nothing else to do: the time that MSBuild's log gives for both tasks, <c>FineTuneTrain</c> and
/// <c>FineTuneGenerateApi</c>. A new process loads and compiles the tasks' code each time; a process that goes on (an IDE, a reused node) does not. Files that
/// were touched are hashed again, which is the longer way to the same answer.
/// </summary>
internal static class UpToDateBenchmark
{
    public static int Run()
    {
        using var project = new UpToDateProject();
        var megabytes = UpToDateProject.Names.Sum(name => new FileInfo(project.DataFile(name)).Length) / 1e6;
        Console.WriteLine($"{UpToDateProject.Names.Count} models, {UpToDateProject.Rows} rows each, {megabytes:0} MB of data");

        // The first build hashes every file and copies the models, as the build that trained has done; the next one finds them old enough to be believed.
        Build(project, UpToDateProject.Once);
        project.LetTimePass();
        Build(project, UpToDateProject.Once);
        Report("in a new process", Enumerable.Range(0, UpToDateProject.Runs).Select(_ => Build(project, UpToDateProject.Once).Single()));
        Report("in a process that goes on", Build(project, UpToDateProject.ManyTimes).Skip(1));
        Report("in a new process, with every file touched", Enumerable.Range(0, UpToDateProject.Runs).Select(_ =>
        {
            project.LetTimePass();
            return Build(project, UpToDateProject.Once).Single();
        }));
        return 0;
    }

    private static void Report(string where, IEnumerable<double> milliseconds)
    {
        var samples = new Samples(milliseconds);
        Console.WriteLine($"{where}: median {Samples.Format(samples.Median)} ms, maximum {Samples.Format(samples.Maximum)} ms ({samples.Count} runs)");
    }

    /// <summary>Milliseconds of each run of the two tasks together.</summary>
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

        var tasks = BinaryLog.ReadBuild(project.LogFile).FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>(task => UpToDateProject.Tasks.Contains(task.Name));
        return [.. tasks.Select(task => task.Duration.TotalMilliseconds).Chunk(UpToDateProject.Tasks.Count).Select(pair => pair.Sum())];
    }
}
