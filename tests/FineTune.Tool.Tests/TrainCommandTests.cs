using System.Globalization;

namespace FineTune.Tool.Tests;

public sealed class TrainCommandTests(TinyProject project) : IClassFixture<TinyProject>
{
    [Fact]
    public void Training_writes_one_document_and_the_model()
    {
        var run = project.FirstRun;

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.True((bool)run.Json["trained"]!);
        Assert.Equal(project.Model, (string)run.Json["output"]!);
        Assert.InRange((double)run.Json["metrics"]!["accuracy"]!, 0, 1);
        Assert.All(["model.onnx", "vocab.txt", "manifest.json", "metrics.json", "model.ftmodel", "huggingface/config.json", "huggingface/model.safetensors", "huggingface/vocab.txt"],
            file => Assert.True(File.Exists(Path.Combine(project.Model, file)), file));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(project.Model), path => Path.GetFileName(path).StartsWith(".finetune", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_inputs_are_found_in_the_store_and_written_byte_for_byte_again()
    {
        var again = project.NewFolder();

        var run = project.Train("--output", again);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.False((bool)run.Json["trained"]!);
        AssertSameFiles(project.Model, again);
    }

    [Fact]
    public void The_names_of_Hugging_Faces_trainer_are_options_too()
    {
        var run = project.Train("--num_train_epochs", "1", "--per_device_train_batch_size", "4", "--warmup_steps", "2", "--weight_decay", "0.05", "--logging_dir", "./logs", "--eval_strategy", "steps", "--eval_steps", "4", "--do_train");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal([4, 8, 9], run.Json["training"]!["history"]!.AsArray().Select(point => (int)point!["step"]!));
        Assert.Contains("'logging_dir' is ignored", run.Error, StringComparison.Ordinal);
        Assert.Contains("'do_train' is ignored", run.Error, StringComparison.Ordinal);
        Assert.Contains("'warmup_steps' is called WarmupSteps here", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_that_the_base_model_cannot_fulfil_ends_before_anything_is_trained()
    {
        var run = project.Train("--strategy", "Frozen", "--trainable-layers", "9");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FT0017: TrainableLayers is 9, but the base model has 2 layers", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_metrics_say_which_parts_were_trained()
    {
        var run = project.Train("--strategy", "Frozen", "--trainable-layers", "1");

        Assert.Equal("Frozen", (string)run.Json["training"]!["strategy"]!);
        Assert.Equal([false, false, true, true], run.Json["training"]!["parts"]!.AsArray().Select(part => (bool)part!["trainable"]!));
    }

    [Fact]
    public void Forced_training_leaves_the_store_alone_and_gives_the_same_weights()
    {
        var forced = project.NewFolder();
        var before = Directory.GetFiles(project.Store, "entry.json", SearchOption.AllDirectories).ToDictionary(file => file, File.GetLastWriteTimeUtc);

        var run = project.Train("--output", forced, "--force");

        Assert.True((bool)run.Json["trained"]!);
        Assert.Equal(File.ReadAllBytes(Path.Combine(project.Model, "huggingface/model.safetensors")), File.ReadAllBytes(Path.Combine(forced, "huggingface/model.safetensors")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(project.Model, "model.ftmodel")), File.ReadAllBytes(Path.Combine(forced, "model.ftmodel")));
        Assert.All(before, pair => Assert.Equal(pair.Value, File.GetLastWriteTimeUtc(pair.Key)));
    }

    [Fact]
    public void A_missed_condition_ends_with_3_trains_nothing_and_leaves_the_previous_model()
    {
        var target = project.NewFolder();
        project.Train("--output", target);
        var before = File.GetLastWriteTimeUtc(Path.Combine(target, "manifest.json"));

        var run = project.Train("--output", target, "--require", "accuracy >= 0.1; loss <= 0.0000001", "--warn", "accuracy > 1");

        Assert.Equal(3, run.ExitCode);
        Assert.False((bool)run.Json["trained"]!);
        Assert.Null(run.Json["output"]);
        Assert.Equal([true, false, false], run.Json["gate"]!.AsArray().Select(gate => (bool)gate!["passed"]!));
        Assert.Equal("FT5001", (string)Assert.Single(run.Json["errors"]!.AsArray())!["code"]!);
        Assert.Contains("error FT5001", run.Error, StringComparison.Ordinal);
        Assert.Contains("warning FT5002", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.GetLastWriteTimeUtc(Path.Combine(target, "manifest.json")));
    }

    [Fact]
    public void Data_that_cannot_be_read_leaves_the_previous_model()
    {
        var target = project.NewFolder();
        project.Train("--output", target);
        var broken = Path.Combine(project.Folder, Path.GetRandomFileName() + ".tsv");
        File.WriteAllText(broken, "text\tlabel\nall of one\tkind\nand another of the same\tkind\n");

        var run = ToolRun.InProcess("train", "--base-model", project.Base, "--train-data", broken, "--cache-directory", project.Store, "--output", target, "--json");
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("FT1", (string)run.Json["errors"]![0]!["code"]!, StringComparison.Ordinal);
        AssertSameFiles(project.Model, target);
    }

    [Fact]
    public void Files_of_the_user_in_the_output_folder_stay()
    {
        var target = project.NewFolder();
        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "notes.txt"), "mine");

        project.Train("--output", target);

        Assert.Equal("mine", File.ReadAllText(Path.Combine(target, "notes.txt")));
    }

    [Fact]
    public void A_huggingface_folder_that_training_did_not_write_is_not_replaced()
    {
        var target = project.NewFolder();
        Directory.CreateDirectory(Path.Combine(target, "huggingface"));

        var run = project.Train("--output", target);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("FT3057", (string)run.Json["errors"]![0]!["code"]!);
    }

    [Fact]
    public void A_specification_file_and_options_give_the_same_model()
    {
        var file = Path.Combine(project.Folder, "spec.json");
        File.WriteAllText(file, """{ "name": "Tiny", "baseModel": "base", "trainData": "train.tsv", "validationSplit": 0.25, "epochs": 2, "batchSize": 8, "learningRate": 0.005 }""");

        var run = ToolRun.InProcess("explain", "--spec", file, "--epochs", "20", "--cache-directory", project.Store, "--json");

        Assert.Equal("nothing", (string)run.Json["action"]!);
        Assert.Equal((string)project.FirstRun.Json["fingerprint"]!["export"]!, (string)run.Json["fingerprint"]!["export"]!);
    }

    [Fact]
    public void Other_tools_names_work_and_ours_are_told()
    {
        var run = ToolRun.InProcess("explain", "--base-model", project.Base, "--train-data", project.TrainData, "--num_train_epochs", "4", "--cache-directory", project.Store, "--json");

        Assert.Equal("4", (string)run.Json["options"]!["epochs"]!);
        Assert.Contains("Epochs", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_tells_what_a_change_costs()
    {
        var trainAgain = ToolRun.InProcess(["explain", .. project.Options, "--seed", "7", "--json"]);
        var judgeAgain = ToolRun.InProcess(["explain", .. project.Options, "--require", "accuracy >= 0.5", "--json"]);
        var exportAgain = ToolRun.InProcess(["explain", .. project.Options, "--test-data", project.TrainData, "--json"]);

        Assert.Equal(["train", "nothing", "export"], new[] { trainAgain, judgeAgain, exportAgain }.Select(run => (string)run.Json["action"]!));
        Assert.Equal("7", (string)trainAgain.Json["options"]!["seed"]!);
    }

    [Fact]
    public void Explain_tells_what_changed_since_the_training()
    {
        var folder = Directory.CreateDirectory(project.NewFolder()).FullName;
        var (data, spec) = (Path.Combine(folder, "train.tsv"), Path.Combine(folder, "spec.json"));
        File.Copy(project.TrainData, data);
        File.WriteAllText(spec, """{ "name": "Tiny", "baseModel": "BASE", "trainData": "train.tsv", "validationSplit": 0.25, "epochs": 2, "batchSize": 8, "learningRate": 0.005 }""".Replace("BASE", project.Base, StringComparison.Ordinal));
        var never = ToolRun.InProcess("explain", "--spec", spec, "--cache-directory", project.Store, "--json");
        ToolRun.InProcess("train", "--spec", spec, "--cache-directory", project.Store, "--json");
        File.AppendAllText(data, "one more row\tpositive\n");

        var changed = ToolRun.InProcess("explain", "--spec", spec, "--learning-rate", "3e-5", "--cache-directory", project.Store, "--json");
        var text = ToolRun.InProcess("explain", "--spec", spec, "--learning-rate", "3e-5", "--cache-directory", project.Store);

        Assert.Null(never.Json["changes"]);
        Assert.Equal(["train.tsv: 1 row added", "LearningRate: 0.005 → 3e-5"], changed.Json["changes"]!.AsArray().Select(change => $"{change!["subject"]}: {change["description"]}"));
        Assert.Contains("  LearningRate 0.005 → 3e-5", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_project_is_looked_up_in_the_store_that_it_names()
    {
        var file = Path.Combine(Directory.CreateDirectory(project.NewFolder()).FullName, "shop.proj");
        File.WriteAllText(file, $"""
            <Project>
              <PropertyGroup><FineTuneCacheDirectory>{project.Store}</FineTuneCacheDirectory></PropertyGroup>
              <ItemGroup>
                <FineTuneModel Include="Tiny" BaseModel="{project.Base}" TrainData="{project.TrainData}" ValidationSplit="0.25" Epochs="20" BatchSize="8" LearningRate="0.005" />
              </ItemGroup>
            </Project>
            """);

        var run = ToolRun.InProcess("explain", "--project", file, "--json");

        Assert.Equal("nothing", (string)run.Json["action"]!);
        Assert.Equal(project.Store, (string)run.Json["store"]!["directory"]!);
    }

    [Fact]
    public void A_model_of_a_project_that_starts_from_another_one_has_that_one_trained_first()
    {
        var folder = Directory.CreateDirectory(project.NewFolder()).FullName;
        var file = Path.Combine(folder, "shop.proj");
        File.WriteAllLines(Path.Combine(folder, "texts.txt"), Enumerable.Range(0, 20).Select(row => $"the parcel was {(row % 2 == 0 ? "late" : "fine")} {new string('!', row)}"));
        File.WriteAllText(file, $"""
            <Project>
              <ItemGroup>
                <FineTuneModel Include="Tone" BaseModel="words" TrainData="{project.TrainData}" MaxSteps="2" />
                <FineTuneModel Include="Words" Task="MaskedLanguageModeling" BaseModel="{project.Base}" TrainData="texts.txt" MaxSteps="2" />
              </ItemGroup>
            </Project>
            """);
        string[] options = ["--project", file, "--model", "Tone", "--cache-directory", Path.Combine(folder, "store"), "--json"];

        var before = ToolRun.InProcess(["explain", .. options]);
        var trained = ToolRun.InProcess(["train", .. options]);
        var again = ToolRun.InProcess(["train", .. options]);
        var otherwise = ToolRun.InProcess(["train", .. options, "--base-model", project.Base]);
        var after = ToolRun.InProcess(["explain", .. options]);

        Assert.Equal(("train", "Words"), ((string)before.Json["action"]!, (string)before.Json["baseModel"]!["name"]!));
        Assert.True((bool)trained.Json["trained"]!, trained.Error);
        Assert.Contains("Words: trained; Tone starts from it", trained.Error, StringComparison.Ordinal);
        Assert.False((bool)again.Json["trained"]!);
        Assert.Contains("Words: found in the store", again.Error, StringComparison.Ordinal);
        Assert.NotEqual((string)trained.Json["fingerprint"]!["training"]!, (string)otherwise.Json["fingerprint"]!["training"]!);
        Assert.Equal("nothing", (string)after.Json["action"]!);
    }

    [Fact]
    public void A_model_is_not_trained_from_one_that_misses_its_conditions()
    {
        var folder = Directory.CreateDirectory(project.NewFolder()).FullName;
        var (file, store) = (Path.Combine(folder, "shop.proj"), Path.Combine(folder, "store"));
        File.WriteAllText(file, $"""
            <Project>
              <ItemGroup>
                <FineTuneModel Include="Tone" BaseModel="First" TrainData="{project.TrainData}" MaxSteps="2" />
                <FineTuneModel Include="First" BaseModel="{project.Base}" TrainData="{project.TrainData}" MaxSteps="1" Require="accuracy > 1" />
              </ItemGroup>
            </Project>
            """);

        var run = ToolRun.InProcess("train", "--project", file, "--model", "Tone", "--cache-directory", store);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FT6108", run.Output + run.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(Path.Combine(store, "v1", "training")));
    }

    [Fact]
    public void The_store_lists_what_was_trained()
    {
        var run = ToolRun.InProcess("cache", "list", "--cache-directory", project.Store, "--json");

        var fingerprint = project.FirstRun.Json["fingerprint"]!;
        var listed = run.Json["entries"]!.AsArray().Select(entry => (string)entry!["fingerprint"]!).ToList();
        Assert.Contains((string)fingerprint["training"]!, listed);
        Assert.Contains((string)fingerprint["export"]!, listed);
    }

    [Fact]
    public void Text_for_people_says_the_same()
    {
        var run = ToolRun.InProcess(["train", .. project.Options, "--output", project.NewFolder()]);

        Assert.Contains("found in the store", run.Output, StringComparison.Ordinal);
        Assert.Contains(((double)project.FirstRun.Json["metrics"]!["accuracy"]!).ToString("0.0000", CultureInfo.InvariantCulture), run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_baseline_stands_beside_the_result()
    {
        var train = ToolRun.InProcess(["train", .. project.Options]);
        var inspect = ToolRun.InProcess("inspect", project.Model);

        var accuracy = ((double)project.FirstRun.Json["baseline"]!["tfidf"]!["accuracy"]!).ToString("0.0000", CultureInfo.InvariantCulture);
        Assert.Contains($"; best baseline: TF-IDF, accuracy {accuracy}", train.Output, StringComparison.Ordinal);
        Assert.Contains($"; best baseline: TF-IDF, accuracy {accuracy}", inspect.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gain_is_required_over_the_best_baseline()
    {
        var gain = (double)project.FirstRun.Json["metrics"]!["gain.accuracy"]!;

        var met = project.Train("--require", string.Create(CultureInfo.InvariantCulture, $"gain.accuracy >= {gain:R}; gain.f1.micro > -1; gain.f1.weighted > -1; gain.mcc > -2"));
        var missed = project.Train("--require", string.Create(CultureInfo.InvariantCulture, $"gain.accuracy > {gain:R}"));

        Assert.Equal((double)project.FirstRun.Json["metrics"]!["accuracy"]! - (double)project.FirstRun.Json["baseline"]!["tfidf"]!["accuracy"]!, gain, 12);
        Assert.True(met.ExitCode == 0, met.Error);
        Assert.Equal(3, missed.ExitCode);
        Assert.Contains("gain.accuracy", missed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cache_of_a_team_gives_what_another_machine_trained()
    {
        var remote = Directory.CreateDirectory(project.NewFolder()).FullName;
        var first = ToolRun.InProcess([.. TrainIn(project.NewFolder()), "--remote-cache", remote, "--remote-cache-mode", "ReadWrite"]);

        var second = ToolRun.InProcess([.. TrainIn(project.NewFolder()), "--remote-cache", remote, "--output", project.NewFolder()]);

        Assert.True((bool)first.Json["trained"]!);
        Assert.False((bool)second.Json["trained"]!);
        Assert.Contains("FT6014", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Forced_training_fetches_nothing()
    {
        var remote = Directory.CreateDirectory(project.NewFolder()).FullName;

        var run = ToolRun.InProcess([.. TrainIn(project.NewFolder()), "--force", "--remote-cache", remote, "--remote-cache-mode", "ReadWrite"]);

        Assert.True((bool)run.Json["trained"]!);
        Assert.Empty(Directory.GetFileSystemEntries(remote));
    }

    [Theory]
    [InlineData("https://me:hunter2@cache.example")]
    [InlineData("http://cache.example/?key=hunter2")]
    public void An_address_with_a_secret_is_refused_without_repeating_it(string address)
    {
        var run = ToolRun.InProcess([.. TrainIn(project.NewFolder()), "--remote-cache", address]);

        Assert.Equal("FT6010", (string)run.Json["errors"]![0]!["code"]!);
        Assert.DoesNotContain("hunter2", run.Output + run.Error, StringComparison.Ordinal);
    }

    /// <summary>A short training in a store of its own.</summary>
    private string[] TrainIn(string store)
        => ["train", "--base-model", project.Base, "--train-data", project.TrainData, "--validation-split", "0.25", "--max-steps", "2", "--cache-directory", store, "--json"];

    private static void AssertSameFiles(string expected, string actual)
    {
        var names = Directory.GetFiles(expected, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(expected, file)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(names, Directory.GetFiles(actual, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(actual, file)).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(expected, name)), File.ReadAllBytes(Path.Combine(actual, name))));
    }
}
