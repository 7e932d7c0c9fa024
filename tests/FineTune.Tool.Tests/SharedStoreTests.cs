using System.Text.Json.Nodes;
using CliWrap;
using FineTune.Core.Store;

namespace FineTune.Tool.Tests;

/// <summary>Processes that share a store, and what is left of those that are killed.</summary>
public sealed class SharedStoreTests(TinyProject project) : IClassFixture<TinyProject>
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "dotnet-finetune.dll");

    [Fact]
    public async Task Two_processes_with_the_same_inputs_train_once()
    {
        var store = project.NewFolder();

        var runs = await Task.WhenAll(TrainAsync(store, CancellationToken.None), TrainAsync(store, CancellationToken.None));

        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Error));
        Assert.Equal([false, true], runs.Select(run => (bool)run.Json["trained"]!).Order());
        Assert.Equal((string)runs[0].Json["entry"]!, (string)runs[1].Json["entry"]!);
    }

    [Fact]
    public async Task Who_waits_for_a_process_that_is_killed_takes_its_place()
    {
        var store = project.NewFolder();
        using var killFirst = new CancellationTokenSource();
        using var killSecond = new CancellationTokenSource();
        string[] forever = ["--epochs", "10000"];
        var first = Command(store, forever).ExecuteAsync(killFirst.Token);
        await HoldsLockAsync(store, first);

        var second = Command(store, forever)
            .WithStandardErrorPipe(PipeTarget.ToDelegate(line =>
            {
                if (line.Contains("FT6007", StringComparison.Ordinal))
                {
                    killFirst.Cancel();
                }
            }))
            .ExecuteAsync(killSecond.Token);

        await HoldsLockAsync(store, second);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Task);
        await killSecond.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Task);
    }

    [Fact]
    public async Task After_trainings_that_were_killed_at_any_moment_the_model_is_the_same_and_nothing_blocks()
    {
        var store = project.NewFolder();
        var random = new Random(17);
        for (var kill = 0; kill < 4; kill++)
        {
            using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300 + random.Next(1500)));
            try
            {
                await TrainAsync(store, cancellation.Token);
                break;
            }
            catch (OperationCanceledException)
            {
                // Killed, as was meant.
            }
        }

        var run = await TrainAsync(store, CancellationToken.None);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.DoesNotContain("FT6007", run.Error, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(project.Model, "model.ftmodel"), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Path.Combine((string)run.Json["entry"]!, "model.ftmodel"), TestContext.Current.CancellationToken));
        Assert.Equal([StoredFolder.Models, StoredFolder.Training], StoredFolder.All(store).Select(folder => folder.Kind).Order(StringComparer.Ordinal));
        Assert.Equal(2, ((JsonArray)ToolRun.InProcess("cache", "prune", "--max-size", "0", "--cache-directory", store, "--json").Json["deleted"]!).Count);
        Assert.Empty(Directory.GetFiles(Path.Combine(store, "v1", "locks")));
    }

    private async Task<ToolRun> TrainAsync(string store, CancellationToken kill, params string[] more)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var result = await Command(store, more)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(output.WriteLine))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(error.WriteLine))
            .ExecuteAsync(kill);
        return new ToolRun(result.ExitCode, output.ToString(), error.ToString());
    }

    /// <summary>Waits until a process holds the store's only lock.</summary>
    private static async Task HoldsLockAsync(string store, CommandTask<CommandResult> process)
    {
        var locks = Path.Combine(store, "v1", "locks");
        while (!(Directory.Exists(locks) && Directory.GetFiles(locks, "*.holder").Any(file => Read(file).StartsWith($"{process.ProcessId} ", StringComparison.Ordinal))))
        {
            Assert.False(process.Task.IsCompleted, "The process ended before it trained.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        static string Read(string file)
        {
            try
            {
                return File.ReadAllText(file);
            }
            catch (IOException)
            {
                // It changes hands just now.
                return "";
            }
        }
    }

    private Command Command(string store, params string[] more)
        => Cli.Wrap(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet")
            .WithArguments([Program, "train", .. WithoutStore(more), "--cache-directory", store, "--json", .. more])
            .WithValidation(CommandResultValidation.None);

    /// <summary>The project's options, without its store and without those that are given anew.</summary>
    private IEnumerable<string> WithoutStore(string[] more)
        => project.Options.Chunk(2).Where(option => option[0] != "--cache-directory" && !more.Contains(option[0])).SelectMany(option => option);
}
