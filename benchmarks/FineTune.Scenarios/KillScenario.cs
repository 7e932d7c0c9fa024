using System.Diagnostics;
using System.Globalization;
using CliWrap.Buffered;

namespace FineTune.Scenarios;

/// <summary>
/// Builds that are killed (SIGKILL: nobody can tidy up) at random moments, each followed by a normal build. That must make the very model that a build makes which
/// nobody disturbed, and nothing of the killed one may be left: no process, no lock that somebody waits for, no half entry.
/// </summary>
internal static class KillScenario
{
    private const string Model = "app/obj/FineTune/Debug/Sentiment.ftmodel";

    /// <summary>How long before a worker starts, and after it ended, a build may be killed too.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan ProcessesEndWithin = TimeSpan.FromSeconds(2);

    public static async Task<int> Run(int count)
    {
        using var sandbox = await Sandbox.Create();
        WriteProject(sandbox);
        await Build(sandbox);
        Forget(sandbox);
        var (start, end, total) = await Watch(sandbox);
        var expected = File.ReadAllBytes(sandbox.PathOf(Model));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"an undisturbed build takes {total.TotalSeconds:0.0} s; its worker runs from {start.TotalSeconds:0.0} s to {end.TotalSeconds:0.0} s"));

        var random = new Random(count);
        var outcomes = new List<(string Victim, string State, bool WentOn)>();
        for (var i = 0; i < count; i++)
        {
            Forget(sandbox);
            var victim = (Victim)(i % 3);
            var after = start - Margin + ((end - start + Margin + Margin) * random.NextDouble());
            var state = await KillOne(sandbox, victim, after);
            var left = await LeftProcesses(sandbox);
            var next = await Build(sandbox);
            var isRight = File.ReadAllBytes(sandbox.PathOf(Model)).AsSpan().SequenceEqual(expected);
            var waited = next.Contains("waiting for another build", StringComparison.OrdinalIgnoreCase);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1,4}  {victim,-8} killed after {after.TotalSeconds,5:0.00} s ({state}): {(isRight ? "right model" : "WRONG MODEL")}{(left > 0 ? $", {left} PROCESSES LEFT" : "")}{(waited ? ", A LOCK WAS LEFT" : "")}"));
            if (!isRight || left > 0 || waited)
            {
                return 1;
            }

            outcomes.Add((victim.ToString(), state, next.Contains("The training goes on at step", StringComparison.Ordinal)));
        }

        Report(outcomes);
        return 0;
    }

    private static void Report(List<(string Victim, string State, bool WentOn)> outcomes)
    {
        Console.WriteLine($"{outcomes.Count} builds killed; every next build made the right model, no process and no lock was left");
        foreach (var victims in outcomes.GroupBy(outcome => outcome.Victim))
        {
            Console.WriteLine($"  {victims.Key}: {victims.Count()}, of them {string.Join(", ", victims.GroupBy(outcome => outcome.State).OrderBy(states => states.Key, StringComparer.Ordinal).Select(states => $"{states.Count()} {states.Key}"))}; {victims.Count(outcome => outcome.WentOn)} trainings went on from a checkpoint");
        }
    }

    /// <summary>When the worker of a build starts and ends, and when the build does.</summary>
    private static async Task<(TimeSpan Start, TimeSpan End, TimeSpan Total)> Watch(Sandbox sandbox)
    {
        var clock = Stopwatch.StartNew();
        var build = Build(sandbox);
        var (start, end) = (TimeSpan.Zero, TimeSpan.Zero);
        while (!build.IsCompleted)
        {
            if (Workers(sandbox).Count > 0)
            {
                end = clock.Elapsed;
                start = start == TimeSpan.Zero ? end : start;
            }

            await Task.Delay(20);
        }

        await build;
        return (start, end, clock.Elapsed);
    }

    /// <summary>Starts a build, kills it, and says what it was doing.</summary>
    private static async Task<string> KillOne(Sandbox sandbox, Victim victim, TimeSpan after)
    {
        using var end = new CancellationTokenSource();
        var command = sandbox.Command(Arguments).ExecuteBufferedAsync(end.Token);
        await Task.Delay(after);
        var workers = Workers(sandbox);
        var state = workers.Count > 0 ? "in the worker" : command.Task.IsCompleted ? "after its end" : File.Exists(sandbox.PathOf(Model)) ? "after the training" : "before the worker";
        if (victim is not Victim.Worker)
        {
            Kill(command.ProcessId);
        }

        if (victim is not Victim.MSBuild)
        {
            workers.ForEach(Kill);
        }

        await command;
        return state;
    }

    private static async Task<int> LeftProcesses(Sandbox sandbox)
    {
        var clock = Stopwatch.StartNew();
        while (Workers(sandbox).Count > 0 && clock.Elapsed < ProcessesEndWithin)
        {
            await Task.Delay(50);
        }

        return Workers(sandbox).Count;
    }

    private static string[] Arguments { get; } = ["build", "app", "-v:n", "-p:UseSharedCompilation=false", "--nologo"];

    private static async Task<string> Build(Sandbox sandbox)
    {
        var result = await sandbox.Command(Arguments).ExecuteBufferedAsync();
        return result.ExitCode == 0 ? result.StandardOutput : throw new InvalidOperationException(result.StandardOutput + result.StandardError);
    }

    private static void Forget(Sandbox sandbox)
    {
        foreach (var folder in new[] { sandbox.Store, sandbox.PathOf("app/obj/FineTune") }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<int> Workers(Sandbox sandbox)
        => [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _) && IsWorker(name!, sandbox)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))];

    private static bool IsWorker(string id, Sandbox sandbox)
    {
        try
        {
            var commandLine = File.ReadAllText($"/proc/{id}/cmdline");
            return commandLine.Contains("\0worker\0", StringComparison.Ordinal) && commandLine.Contains(sandbox.PathOf("app"), StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void WriteProject(Sandbox sandbox)
    {
        sandbox.Write("app/app.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Sdk Name="FineTune.Build" Version="{Sandbox.Version}" />
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RootNamespace>App</RootNamespace>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <FineTuneModel Include="Sentiment" TrainData="train.csv" MaxSteps="40" EvaluateEvery="20 steps" BatchSize="4" CheckpointEvery="5 steps" />
              </ItemGroup>
            </Project>
            """);
        sandbox.Write("app/Program.cs", "System.Console.WriteLine(App.SentimentModel.ResourceName);");
        string[] subjects = ["day", "film", "meal", "trip", "book", "song", "talk", "game", "room", "gift"];
        sandbox.Write("app/train.csv", "text,label\n" + string.Concat(subjects.Select(subject => $"what a wonderful {subject},positive\nwhat a terrible {subject},negative\n")));
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It ended by itself.
        }
    }

    private enum Victim
    {
        Worker,
        MSBuild,
        Both,
    }
}
