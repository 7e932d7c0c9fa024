using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using CliWrap;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Core.Worker;
using FineTune.Training.Native;

namespace FineTune.Tool.Tests;

/// <summary>What only a process of its own shows: its streams, signals, exit codes and death.</summary>
public sealed class ProcessTests(TinyProject project) : IClassFixture<TinyProject>
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "dotnet-finetune.dll");

    [Fact]
    public async Task Predictions_are_UTF8_JSON_and_the_exit_code_is_0()
    {
        var run = await RunAsync("predict", project.Model, "größe „XL“ 🙂", "--json");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal("größe „XL“ 🙂", (string)run.Json["text"]!);
    }

    [Fact]
    public async Task Predicting_ends_when_nobody_reads_the_answers_any_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows the console's stream does not tell.");
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", [Program, "predict", project.Model, "--json"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteLineAsync("The parcel was great!");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        process.StandardOutput.Close();
        await process.StandardInput.WriteLineAsync("The phone is late.");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);

        // Its input stays open: only the closed output can end it.
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await errors);
    }

    /// <summary>Its folder has libtorch and what binds it to Python, and not what binds it to .NET.</summary>
    [Fact]
    public async Task The_libtorch_of_a_Python_installation_trains()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links to libraries are tried on Linux only.");
        var torch = Directory.CreateDirectory(Path.Combine(project.NewFolder(), "lib", "python3.13", "site-packages", "torch"));
        await File.WriteAllTextAsync(Path.Combine(torch.FullName, "version.py"), "__version__ = '2.10.0+cpu'\n", TestContext.Current.CancellationToken);
        var libraries = torch.CreateSubdirectory("lib").FullName;
        foreach (var library in Directory.EnumerateFiles(LibTorch.Find().Directory).Where(file => Path.GetFileName(file) != NativeNames.Binding))
        {
            File.CreateSymbolicLink(Path.Combine(libraries, Path.GetFileName(library)), library);
        }

        var doctor = await RunAsync(libraries, "doctor", "--json");
        var training = await RunAsync(libraries, "train", "--base-model", project.Base, "--train-data", WriteNoisyRows(), "--validation-split", "0.5", "--max-steps", "1", "--cache-directory", project.NewFolder(), "--json");

        Assert.Contains($" in {libraries} (", doctor.Output, StringComparison.Ordinal);
        Assert.True(training.ExitCode == 0, training.Error);

        static async Task<ToolRun> RunAsync(string libraries, params string[] arguments)
        {
            var (output, error) = (new StringBuilder(), new StringBuilder());
            var result = await Command(arguments)
                .WithEnvironmentVariables(variables => variables.Set("FINETUNE_LIBTORCH", libraries))
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
                .ExecuteAsync(TestContext.Current.CancellationToken);
            return new ToolRun(result.ExitCode, output.ToString(), error.ToString());
        }
    }

    [Fact]
    public async Task The_worker_writes_events_and_nothing_else_and_ends_with_completed()
    {
        var store = project.NewFolder();

        var (exitCode, events) = await ServeAsync(Request(store, epochs: 1));

        Assert.Equal(0, exitCode);
        Assert.Equal(WorkerEventKind.Completed, events[^1].Kind);
        Assert.True(File.Exists(Path.Combine(events[^1].EntryDirectory!, "model.ftmodel")));
    }

    [Fact]
    public async Task The_baselines_are_the_same_with_any_number_of_processors()
    {
        var one = await TrainAsync(processors: 1);
        var many = await TrainAsync(processors: 8);

        Assert.True(JsonNode.DeepEquals(one, many), $"{one} is not {many}");

        async Task<JsonNode> TrainAsync(int processors)
        {
            var output = new StringBuilder();
            await Command("train", "--base-model", project.Base, "--train-data", WriteNoisyRows(), "--validation-split", "0.5", "--max-steps", "1", "--cache-directory", project.NewFolder(), "--json")
                .WithEnvironmentVariables(variables => variables.Set("DOTNET_PROCESSOR_COUNT", $"{processors}").Set("OMP_NUM_THREADS", $"{processors}"))
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .ExecuteAsync(TestContext.Current.CancellationToken);
            return JsonNode.Parse(output.ToString())!["baseline"]!;
        }
    }

    [Fact]
    public async Task Losses_are_the_same_with_either_kernels_for_products()
    {
        var chosen = await TrainAsync("0");
        var freed = await TrainAsync("1");

        Assert.Equal((3, 3), (chosen.Length, freed.Length));
        Assert.All(chosen.Zip(freed), pair => Assert.InRange(pair.Second / pair.First, 1 - 1e-5, 1 + 1e-5));

        async Task<double[]> TrainAsync(string freesKernels)
        {
            var output = new StringBuilder();
            await Command("train", "--base-model", project.Base, "--train-data", WriteNoisyRows(), "--validation-split", "0.5", "--max-steps", "3", "--evaluate-every", "1 step", "--cache-directory", project.NewFolder(), "--json")
                .WithEnvironmentVariables(variables => variables.Set("FINETUNE_MKL_AVX512", freesKernels))
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .ExecuteAsync(TestContext.Current.CancellationToken);
            return [.. JsonNode.Parse(output.ToString())!["training"]!["history"]!.AsArray().Select(point => (double)point!["trainingLoss"]!)];
        }
    }

    [Fact]
    public async Task The_worker_reads_labels_without_training()
    {
        var store = project.NewFolder();

        var (exitCode, events) = await ServeAsync(Request(store, epochs: 1) with { Command = WorkerCommand.Labels });

        Assert.Equal(0, exitCode);
        Assert.Equal(["complaint", "praise"], Assert.Single(events).Labels!);
        Assert.False(Directory.Exists(store));
    }

    [Fact]
    public async Task The_worker_tells_a_mistake_with_its_code_and_place()
    {
        var data = Path.Combine(project.Folder, "one-kind.tsv");
        await File.WriteAllTextAsync(data, "text\tlabel\nall of one\tkind\nand another of the same\tkind\n", TestContext.Current.CancellationToken);
        var request = Request(project.NewFolder(), epochs: 1);

        var (exitCode, events) = await ServeAsync(request with { Plan = request.Plan with { TrainData = [new DataFile("one-kind.tsv", data)] } });

        Assert.Equal(1, exitCode);
        Assert.StartsWith("FT1", events[^1].Diagnostic!.Code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closing_the_workers_input_cancels_and_leaves_no_entry()
    {
        var store = project.NewFolder();

        var (exitCode, events) = await ServeAsync(Request(store, epochs: 10000), CloseInTraining);

        Assert.Equal(130, exitCode);
        Assert.Equal("FT3053", events[^1].Diagnostic!.Code);
        Assert.Empty(FindEntries(store));

        static void CloseInTraining(WorkerEvent workerEvent, Action close)
        {
            if (workerEvent.Fraction > 0.05)
            {
                close();
            }
        }
    }

    [Fact]
    public async Task A_killed_training_leaves_no_entry()
    {
        var store = project.NewFolder();
        using var kill = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Command(TrainForever(store))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(_ => kill.Cancel()))
            .ExecuteAsync(kill.Token));

        Assert.Empty(FindEntries(store));
    }

    [Fact]
    public async Task A_training_that_is_killed_while_it_saves_goes_on_and_ends_with_the_bytes_of_one_that_was_not()
    {
        var (store, target, uninterrupted) = (project.NewFolder(), project.NewFolder(), project.NewFolder());
        string[] options = ["train", "--base-model", project.Base, "--train-data", project.TrainData, "--epochs", "20", "--batch-size", "4", "--checkpoint-every", "1 step"];
        foreach (var save in new[] { 3, 40, 90 })
        {
            await KillAtSaveAsync(save, store, [.. options, "--cache-directory", store]);
        }

        var resumed = await RunAsync([.. options, "--cache-directory", store, "--output", target, "--json"]);
        var whole = await RunAsync([.. options, "--cache-directory", project.NewFolder(), "--output", uninterrupted, "--json"]);

        Assert.True(resumed.ExitCode == 0 && whole.ExitCode == 0, resumed.Error + whole.Error);
        Assert.Contains("FT4019", resumed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("FT4019", whole.Error, StringComparison.Ordinal);
        foreach (var file in new[] { "huggingface/model.safetensors", "model.onnx", "model.ftmodel" })
        {
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(uninterrupted, file), TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(Path.Combine(target, file), TestContext.Current.CancellationToken));
        }

        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(store, "v1", "checkpoints")));
    }

    [Fact]
    public async Task An_interrupted_training_ends_with_130()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGINT that one process can send to another.");
        InterruptSignal.SkipWhereIgnored();
        var store = project.NewFolder();
        var started = new TaskCompletionSource();
        var errors = new StringBuilder();
        var standardError = PipeTarget.ToDelegate(line =>
        {
            errors.AppendLine(line);
            started.TrySetResult();
        });
        var training = Command(TrainForever(store)).WithStandardErrorPipe(standardError).ExecuteAsync(TestContext.Current.CancellationToken);
        await started.Task.WaitAsync(TestContext.Current.CancellationToken);

        await Cli.Wrap("kill").WithArguments(["-INT", $"{training.ProcessId}"]).ExecuteAsync(TestContext.Current.CancellationToken);

        var exitCode = (await training).ExitCode;
        Assert.True(exitCode == 130, $"exit code {exitCode}: {errors}");
        Assert.Empty(FindEntries(store));
    }

    /// <summary>Kills a training, without a chance to clean up, when it begins to write a checkpoint for the given time.</summary>
    private static async Task KillAtSaveAsync(int save, string store, string[] arguments)
    {
        var checkpoints = Path.Combine(store, "v1", "checkpoints");
        Directory.CreateDirectory(checkpoints);
        using var kill = new CancellationTokenSource();
        using var watcher = new FileSystemWatcher(checkpoints, "*.tmp") { IncludeSubdirectories = true };
        var seen = 0;
        watcher.Created += (_, _) =>
        {
            if (Interlocked.Increment(ref seen) == save)
            {
                kill.Cancel();
            }
        };
        watcher.EnableRaisingEvents = true;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Command(arguments).ExecuteAsync(kill.Token));
    }

    /// <summary>More rows than the library reads at once, with labels that words tell only half of the time: the least difference shows in the numbers.</summary>
    private string WriteNoisyRows()
    {
        var file = Path.Combine(project.Folder, "noisy.tsv");
        var random = new Random(3);
        File.WriteAllLines(file, ["text\tlabel", .. Enumerable.Range(0, 4000).Select(row => $"the {row % 7} parcel {random.Next(300)} {random.Next(300)}\tlabel{(random.Next(2) == 0 ? random.Next(7) : row % 7)}")]);
        return file;
    }

    private string[] TrainForever(string store)
        => ["train", "--base-model", project.Base, "--train-data", project.TrainData, "--epochs", "10000", "--cache-directory", store, "--json"];

    private WorkerRequest Request(string store, double epochs) => new()
    {
        Command = WorkerCommand.Train,
        Plan = new TrainingPlan { Name = "Tiny", BaseModel = project.Base, TrainData = [new DataFile("train.tsv", project.TrainData)], Epochs = epochs },
        StoreDirectory = store,
        BaseModelDirectory = project.Base,
    };

    /// <summary>Runs a worker whose input stays open until it ends, or until <paramref name="watch"/>, which sees each event, closes it.</summary>
    private async Task<(int ExitCode, List<WorkerEvent> Events)> ServeAsync(WorkerRequest request, Action<WorkerEvent, Action>? watch = null)
    {
        var file = Path.Combine(project.Folder, Path.GetRandomFileName() + ".json");
        await File.WriteAllTextAsync(file, CoreJson.Write(request), TestContext.Current.CancellationToken);
        var events = new List<WorkerEvent>();
        var closed = new TaskCompletionSource();
        var result = await Command("worker", file)
            .WithStandardInputPipe(PipeSource.Create(async (_, cancellation) => await closed.Task.WaitAsync(cancellation)))
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line =>
            {
                var workerEvent = CoreJson.ReadEvent(line);
                events.Add(workerEvent);
                watch?.Invoke(workerEvent, () => closed.TrySetResult());
            }))
            .ExecuteAsync(TestContext.Current.CancellationToken);
        return (result.ExitCode, events);
    }

    private static async Task<ToolRun> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var result = await Command(arguments)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(output.WriteLine))
            .WithStandardErrorPipe(PipeTarget.ToDelegate(error.WriteLine))
            .ExecuteAsync(TestContext.Current.CancellationToken);
        return new ToolRun(result.ExitCode, output.ToString(), error.ToString());
    }

    private static Command Command(params string[] arguments)
        => Cli.Wrap(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet").WithArguments([Program, .. arguments]).WithValidation(CommandResultValidation.None);

    private static IEnumerable<string> FindEntries(string store)
        => Directory.Exists(store) ? Directory.EnumerateFiles(store, "entry.json", SearchOption.AllDirectories) : [];
}
