using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using FineTune.Tool.Tests;

namespace FineTune.EndToEnd.Tests;

/// <summary>Builds that do not come to their end.</summary>
public sealed class InterruptionTests(PackedFeed feed)
{
    [Fact]
    public async Task Ctrl_C_ends_build_and_worker_within_two_seconds_and_the_next_build_goes_on()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The worker is found by its command line in /proc.");
        InterruptSignal.SkipWhereIgnored();
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

    [Fact]
    public async Task After_a_killed_worker_build_or_both_nothing_is_left_and_the_next_build_goes_on_and_makes_the_same_model()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The worker is found by its command line in /proc.");
        var project = await TestProject.Create(feed, isTrained: false);
        project.WriteProject("MaxSteps=\"24\" EvaluateEvery=\"20 steps\" BatchSize=\"4\" CheckpointEvery=\"5 steps\"");
        (await project.Build()).MustSucceed();
        var expected = await Model();

        foreach (var (killsWorker, killsBuild, step) in new[] { (true, false, 3), (false, true, 8), (true, true, 13) })
        {
            Directory.Delete(project.Store, recursive: true);
            Directory.Delete(project.PathOf("obj/FineTune"), recursive: true);
            await project.Run(["build", "-v:n", "--no-restore"], line => KillAt(step, line, killsWorker, killsBuild), isKilled: true);
            var clock = Stopwatch.StartNew();
            Assert.True(SpinWait.SpinUntil(() => WorkerProcesses.Of(project).Count == 0, TimeSpan.FromSeconds(2)), $"A worker runs on {clock.Elapsed.TotalSeconds:0.0} s later.");
            Assert.Empty(project.StoredModels);

            var next = await project.Build("--no-restore");

            next.MustSucceed();
            Assert.DoesNotContain(next.Messages, message => message.Contains("Waiting for another build", StringComparison.Ordinal));
            // The first checkpoint is there when a later step is reported; an earlier report may be late.
            Assert.True(step <= 5 || next.Messages.Any(message => message.Contains("The training goes on at step", StringComparison.Ordinal)), next.Output);
            Assert.Equal(expected, await Model());
        }

        void KillAt(int step, string line, bool killsWorker, bool killsBuild)
        {
            if (Regex.Match(line, ", step ([0-9]+)/") is not { Success: true } reported || int.Parse(reported.Groups[1].Value, CultureInfo.InvariantCulture) < step)
            {
                return;
            }

            if (killsBuild)
            {
                WorkerProcesses.Kill(project.BuildProcess);
            }

            if (killsWorker)
            {
                WorkerProcesses.Kill(project);
            }
        }

        Task<byte[]> Model() => File.ReadAllBytesAsync(project.PathOf("obj/FineTune/Debug/Sentiment.ftmodel"), TestContext.Current.CancellationToken);
    }
}
