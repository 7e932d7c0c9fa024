using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FineTune.EndToEnd.Tests;

/// <summary>Builds that do not come to their end.</summary>
public sealed class InterruptionTests(PackedFeed feed)
{
    [Fact]
    public async Task Ctrl_C_ends_build_and_worker_within_two_seconds_and_the_next_build_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The worker is found by its command line in /proc.");
        var project = await TestProject.Create(feed, isTrained: false);
        project.WriteProject("MaxSteps=\"60\" EvaluateEvery=\"50 steps\" BatchSize=\"4\" CheckpointEvery=\"5 steps\"");
        using var interrupt = new CancellationTokenSource();
        var clock = new Stopwatch();

        await project.Run(
            ["build", "-v:n"],
            line =>
            {
                // The first checkpoint is there when a later step is reported.
                if (!clock.IsRunning && Regex.Match(line, ", step ([0-9]+)/") is { Success: true } step && int.Parse(step.Groups[1].Value, CultureInfo.InvariantCulture) > 5)
                {
                    clock.Start();
                    interrupt.Cancel();
                }
            },
            interrupt: interrupt);
        var (seconds, workers) = (clock.Elapsed.TotalSeconds, WorkerProcesses.Of(project));
        var next = await project.Build("--no-restore");

        Assert.True(interrupt.IsCancellationRequested);
        Assert.Empty(workers);
        Assert.InRange(seconds, 0, 2);
        next.MustSucceed();
        Assert.Contains(next.Messages, message => message.Contains("The training goes on at step", StringComparison.Ordinal));
    }
}
