using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Build.Framework;

namespace FineTune.Build.Tests;

public sealed class FineTuneTrainTests : IDisposable
{
    private readonly BuildScene scene = new();

    private string ModelFile => Path.Combine(scene.Intermediate, "Sentiment.ftmodel");

    public void Dispose() => scene.Dispose();

    [Fact]
    public void A_new_model_is_trained_and_copied()
    {
        var task = scene.Train(BuildScene.Model("Sentiment"));

        Assert.True(task.Execute());

        Assert.Equal(["Train Sentiment"], scene.WorkerCalls);
        Assert.StartsWith("model 90", File.ReadAllText(ModelFile), StringComparison.Ordinal);
        Assert.Contains(scene.Engine.Messages, message => message is { Importance: MessageImportance.High, Message: "Sentiment: accuracy 0.90 (trained in 34 s)" });
        var ready = Assert.Single(task.ReadyModels);
        Assert.Equal(ModelFile, ready.ItemSpec);
        Assert.Equal("true", ready.GetMetadata("Trained"));
        Assert.True(File.Exists(ready.GetMetadata("MetricsFile")));
    }

    [Fact]
    public void The_second_build_starts_no_worker_and_keeps_the_file_with_its_time()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        var written = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(ModelFile, written);

        var second = scene.Train(BuildScene.Model("Sentiment"));

        Assert.True(second.Execute());
        Assert.Single(scene.WorkerCalls);
        Assert.Equal(written, File.GetLastWriteTimeUtc(ModelFile));
        Assert.Equal("false", Assert.Single(second.ReadyModels).GetMetadata("Trained"));
        Assert.DoesNotContain(scene.Engine.Messages, message => message.Importance == MessageImportance.High);
    }

    [Fact]
    public void Touching_the_data_does_not_train()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        File.SetLastWriteTimeUtc(scene.TrainData, DateTime.UtcNow.AddHours(1));

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.Single(scene.WorkerCalls);
    }

    [Fact]
    public void One_changed_byte_trains_again()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        File.WriteAllText(scene.TrainData, File.ReadAllText(scene.TrainData).Replace("love", "live", StringComparison.Ordinal));

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.Equal(2, scene.WorkerCalls.Length);
        Assert.Equal(2, scene.StoredModels.Length);
    }

    [Fact]
    public void What_changed_since_the_last_training_and_what_runs_is_said()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        Assert.DoesNotContain(scene.Engine.Messages, message => message.Message!.Contains("since the last", StringComparison.Ordinal));
        File.AppendAllText(scene.TrainData, "It is fine,positive\n");

        Assert.True(scene.Train(BuildScene.Model("Sentiment", ("LearningRate", "3e-5"))).Execute());

        Assert.Equal(
            ["Sentiment: since the last training: data/train.csv: 1 row added", "Sentiment: since the last training: LearningRate 5e-5 → 3e-5", "Sentiment: training, export and evaluation run"],
            scene.Engine.Messages.Where(message => message.Importance == MessageImportance.Normal).Select(message => message.Message).Take(3));
    }

    [Fact]
    public void Going_back_to_earlier_inputs_says_that_nothing_runs()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        Assert.True(scene.Train(BuildScene.Model("Sentiment", ("Seed", "95"))).Execute());

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.Contains(scene.Engine.Messages, message => message.Message == "Sentiment: since the last training: Seed 95 → 90");
        Assert.Contains(scene.Engine.Messages, message => message.Message == "Sentiment: the store has a model of these inputs; nothing runs");
        Assert.Equal(2, scene.WorkerCalls.Length);
    }

    [Fact]
    public void What_was_derived_for_a_model_that_is_gone_goes_too_in_a_folder_of_the_builds_own()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        File.WriteAllText(Path.Combine(scene.Intermediate, "SentimentModel.g.cs"), "");
        File.WriteAllText(Path.Combine(scene.Intermediate, "notes.txt"), "");
        var renamed = scene.Train(BuildScene.Model("Mood"));
        renamed.OwnsIntermediateDirectory = true;

        Assert.True(renamed.Execute());

        Assert.Equal(["Mood.FineTuneTrain.stamp", "Mood.deployment", "Mood.ftmodel", "notes.txt"], Directory.GetFiles(scene.Intermediate).Select(Path.GetFileName).Where(file => !file!.EndsWith(".json", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Single(scene.WorkerCalls);
    }

    [Fact]
    public void A_stamp_spares_a_build_the_hashes_and_gives_it_the_same_result()
    {
        MakeStamp();
        File.WriteAllText(Path.Combine(scene.Intermediate, "content-hashes.json"), "not read");

        var task = scene.Train(BuildScene.Model("Sentiment"));

        Assert.True(task.Execute());
        Assert.Single(scene.WorkerCalls);
        Assert.Equal("not read", File.ReadAllText(Path.Combine(scene.Intermediate, "content-hashes.json")));
        var ready = Assert.Single(task.ReadyModels);
        Assert.True(File.Exists(ready.GetMetadata("MetricsFile")));
        Assert.Equal("false", ready.GetMetadata("Trained"));
        Assert.Contains(scene.Engine.Messages, message => message.Message == "Sentiment: accuracy 0.90 (up to date)");
    }

    [Fact]
    public void A_stamp_hides_no_change_of_the_data()
    {
        MakeStamp();
        File.WriteAllText(scene.TrainData, File.ReadAllText(scene.TrainData).Replace("love", "live", StringComparison.Ordinal));

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.Equal(2, scene.WorkerCalls.Length);
    }

    [Fact]
    public void A_stamp_hides_no_change_of_the_synonyms()
    {
        var synonyms = Path.Combine(Path.GetDirectoryName(scene.TrainData)!, "words.csv");
        File.WriteAllText(synonyms, "love,adore\n");
        (string, string)[] augmented = [("Augment", "synonym:0.1"), ("Synonyms", "data/words.csv")];
        MakeStamp(augmented);
        File.WriteAllText(synonyms, "love,cherish\n");

        Assert.True(scene.Train(BuildScene.Model("Sentiment", augmented)).Execute());

        Assert.Equal(2, scene.WorkerCalls.Length);
    }

    [Fact]
    public void A_stamp_hides_no_missed_gate()
    {
        MakeStamp();

        Assert.False(scene.Train(BuildScene.Model("Sentiment", ("Require", "accuracy >= 0.95"))).Execute());

        Assert.Equal("FT5001", Assert.Single(scene.Engine.Errors).Code);
        Assert.Single(scene.WorkerCalls);
    }

    [Fact]
    public void A_stamp_hides_no_file_that_is_missing_from_the_store()
    {
        MakeStamp();
        File.Delete(Path.Combine(Assert.Single(scene.StoredModels), "metrics.json"));

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.Equal(2, scene.WorkerCalls.Length);
    }

    [Fact]
    public void A_warning_is_repeated_by_every_build()
    {
        for (var build = 0; build < 3; build++)
        {
            Assert.True(scene.Train(BuildScene.Model("Sentiment", ("Warn", "accuracy >= 0.95"))).Execute());
            Assert.Single(scene.Engine.Warnings, warning => warning.Code == "FT5002");
            scene.LetADayPass();
        }
    }

    [Fact]
    public void What_the_training_warned_of_is_said_by_every_build_at_its_place()
    {
        for (var build = 0; build < 3; build++)
        {
            Assert.True(scene.Train(BuildScene.Model("Sentiment", ("Seed", "91"))).Execute());
            var warning = Assert.Single(scene.Engine.Warnings, warning => warning.Code.StartsWith("FT4", StringComparison.Ordinal));
            Assert.Equal(("FT4016", "data/train.csv", 2, 1, "A label is probably wrong."), (warning.Code, warning.File, warning.LineNumber, warning.ColumnNumber, warning.Message));
            scene.LetADayPass();
        }

        Assert.Single(scene.WorkerCalls);
    }

    [Fact]
    public void Bad_input_leaves_the_last_good_model_where_it_is()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.False(scene.Train(BuildScene.Model("Sentiment", ("Epochs", "many"))).Execute());

        Assert.True(File.Exists(ModelFile));
    }

    [Fact]
    public void A_model_that_is_pruned_before_it_was_taken_is_made_again()
    {
        var task = scene.Train(BuildScene.Model("Pruned"));

        Assert.True(task.Execute());

        Assert.Equal(["Train Pruned", "Train Pruned"], scene.WorkerCalls);
    }

    [Fact]
    public void A_build_that_finds_its_stamp_records_the_use_of_the_model()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        scene.LetADayPass();
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        var list = Path.Combine(Assert.Single(scene.StoredModels), "entry.json");
        File.SetLastWriteTimeUtc(list, DateTime.UtcNow.AddDays(-20));

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.Equal(DateTime.UtcNow, File.GetLastWriteTimeUtc(list), TimeSpan.FromMinutes(1));
    }

    // The first build is as young as its files; one that finds them old can write a stamp.
    private void MakeStamp(params (string Name, string Value)[] metadata)
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment", metadata)).Execute());
        scene.LetADayPass();
        Assert.True(scene.Train(BuildScene.Model("Sentiment", metadata)).Execute());
    }

    [Fact]
    public void A_model_that_is_gone_from_obj_comes_from_the_store()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        Directory.Delete(scene.Intermediate, recursive: true);

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.Single(scene.WorkerCalls);
        Assert.True(File.Exists(ModelFile));
    }

    [Fact]
    public void A_tampered_copy_below_obj_is_replaced()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        var right = File.ReadAllText(ModelFile);
        File.WriteAllText(ModelFile, "something else");

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.Equal(right, File.ReadAllText(ModelFile));
    }

    [Fact]
    public void A_missed_requirement_fails_at_the_item_and_leaves_nothing_to_embed()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.False(scene.Train(BuildScene.Model("Sentiment", ("Require", "accuracy >= 0.95"))).Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.Equal(("FT5001", scene.ProjectFile, 3, 5), (error.Code, error.File, error.LineNumber, error.ColumnNumber));
        Assert.Contains("accuracy >= 0.95", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("#ft5001", error.HelpLink, StringComparison.Ordinal);
        Assert.False(File.Exists(ModelFile));
        Assert.Single(scene.StoredModels);
        Assert.Single(scene.WorkerCalls);
    }

    [Fact]
    public void A_threshold_that_is_lowered_embeds_the_model_without_training()
    {
        Assert.False(scene.Train(BuildScene.Model("Sentiment", ("Require", "accuracy >= 0.95"))).Execute());

        Assert.True(scene.Train(BuildScene.Model("Sentiment", ("Require", "accuracy >= 0.85"))).Execute());

        Assert.Single(scene.WorkerCalls);
        Assert.True(File.Exists(ModelFile));
    }

    [Fact]
    public void A_missing_metric_fails_the_gate()
    {
        Assert.False(scene.Train(BuildScene.Model("Sentiment", ("Require", "f1.macro >= 0.1"))).Execute());

        Assert.Equal("FT5001", Assert.Single(scene.Engine.Errors).Code);
    }

    [Fact]
    public void A_missed_wish_warns_at_the_item_and_embeds()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment", ("Warn", "accuracy >= 0.95"))).Execute());

        var warning = Assert.Single(scene.Engine.Warnings, warning => warning.Code == "FT5002");
        Assert.Equal((scene.ProjectFile, 3, 5), (warning.File, warning.LineNumber, warning.ColumnNumber));
        Assert.True(File.Exists(ModelFile));
    }

    [Fact]
    public void A_comparison_without_a_baseline_trains_and_then_says_how_to_make_one()
    {
        Assert.False(scene.Train(BuildScene.Model("Sentiment", ("Require", "accuracy >= baseline - 0.01"))).Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.Equal(("FT5003", scene.ProjectFile, 3, 5), (error.Code, error.File, error.LineNumber, error.ColumnNumber));
        Assert.Contains("dotnet finetune accept", error.Message, StringComparison.Ordinal);
        Assert.Single(scene.StoredModels);
        Assert.False(File.Exists(ModelFile));
    }

    [Theory]
    [InlineData(91, true)]
    [InlineData(90, true)]
    [InlineData(89, false)]
    public void Quality_may_not_fall_below_the_baseline(int seed, bool passes)
    {
        scene.AcceptAccuracy("Sentiment", 0.91);

        Assert.Equal(passes, scene.Train(BuildScene.Model("Sentiment", ("Seed", $"{seed}"), ("Require", "accuracy >= baseline - 0.01"))).Execute());

        Assert.Equal(passes, File.Exists(ModelFile));
        Assert.All(scene.Engine.Errors, error =>
        {
            Assert.Equal("FT5001", error.Code);
            Assert.Contains("this may be noise", error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_stamp_hides_no_change_of_the_baseline()
    {
        scene.AcceptAccuracy("Sentiment", 0.90);
        MakeStamp(("Require", "accuracy >= baseline"));
        scene.AcceptAccuracy("Sentiment", 0.95);

        Assert.False(scene.Train(BuildScene.Model("Sentiment", ("Require", "accuracy >= baseline"))).Execute());

        Assert.Equal("FT5001", Assert.Single(scene.Engine.Errors).Code);
        Assert.Single(scene.WorkerCalls);
    }

    [Fact]
    public void Thresholds_are_reported_as_tests_and_a_report_that_is_gone_is_written_again()
    {
        var junit = scene.FileAt("reports/app.Sentiment.junit.xml");
        var (required, wished) = (("Require", "accuracy >= 0.85"), ("Warn", "accuracy >= 0.95"));
        for (var build = 0; build < 2; build++)
        {
            Assert.True(WithReports(scene.Train(BuildScene.Model("Sentiment", required, wished))).Execute());
            scene.LetADayPass();
        }

        var suite = XDocument.Load(junit).Descendants("testsuite").Single();
        File.Delete(junit);
        Assert.True(WithReports(scene.Train(BuildScene.Model("Sentiment", required, wished))).Execute());

        Assert.Equal(("2", "0", "1"), (suite.Attribute("tests")?.Value, suite.Attribute("failures")?.Value, suite.Attribute("skipped")?.Value));
        Assert.Equal(["accuracy >= 0.85", "accuracy >= 0.95"], suite.Elements("testcase").Select(test => test.Attribute("name")?.Value));
        Assert.Contains(suite.Descendants("property"), property => property.Attribute("name")?.Value == "accuracy" && property.Attribute("value")?.Value == "0.9");
        Assert.True(File.Exists(junit));
        Assert.True(File.Exists(scene.FileAt("reports/app.Sentiment.metrics.json")));
        Assert.Single(scene.WorkerCalls);
    }

    [Fact]
    public void A_missed_threshold_is_a_failed_test_and_a_model_that_cannot_be_made_has_no_report()
    {
        var junit = scene.FileAt("reports/app.Sentiment.junit.xml");
        Assert.False(WithReports(scene.Train(BuildScene.Model("Sentiment", ("Require", "accuracy >= 0.95")))).Execute());
        var failure = XDocument.Load(junit).Descendants("failure").Single();

        Assert.False(WithReports(scene.Train(BuildScene.Model("Sentiment", ("Epochs", "many")))).Execute());

        Assert.Equal("FT5001", failure.Attribute("type")?.Value);
        Assert.Contains("missed by", failure.Attribute("message")?.Value, StringComparison.Ordinal);
        Assert.False(File.Exists(junit));
    }

    [Fact]
    public void A_step_summary_tells_each_verdict_once()
    {
        var summary = scene.FileAt("summary.md");
        File.WriteAllText(summary, "before\n");
        for (var build = 0; build < 3; build++)
        {
            var task = scene.Train(BuildScene.Model("Sentiment", ("Require", "accuracy >= 0.85")));
            task.StepSummaryFile = summary;
            Assert.True(task.Execute());
        }

        var text = File.ReadAllText(summary);
        Assert.StartsWith("before\n### Sentiment (app)\n", text, StringComparison.Ordinal);
        Assert.Contains("| accuracy >= 0.85: 0.9 | met |", text, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(text, "Trained in 34 s"));
        Assert.Single(Regex.Matches(text, "Not trained"));
    }

    [Fact]
    public void The_items_tell_scripts_what_came_out_and_can_be_built_again_with_it()
    {
        var first = scene.Train(BuildScene.Model("Sentiment"), BuildScene.Model("Fail", ("Seed", "1")));
        Assert.False(first.Execute());

        var results = first.ResultModels;
        Assert.Equal(["Sentiment", "Fail"], results.Select(result => result.ItemSpec));
        Assert.Equal((ModelFile, "accuracy=0.9", "true", "data/train.csv"), (results[0].GetMetadata("ModelFile"), results[0].GetMetadata("Metrics"), results[0].GetMetadata("Trained"), results[0].GetMetadata("TrainData")));
        Assert.Empty(results[1].GetMetadata("ModelFile"));
        Assert.True(scene.Train(results[0]).Execute());
    }

    private static FineTuneTrain WithReports(FineTuneTrain task)
    {
        task.ReportDirectory = "reports";
        return task;
    }

    [Fact]
    public void What_the_worker_reports_becomes_canonical_errors_and_warnings()
    {
        Assert.False(scene.Train(BuildScene.Model("Sentiment"), BuildScene.Model("Fail", ("Seed", "1")), BuildScene.Model("FailWithoutPlace", ("Seed", "1"))).Execute());

        var warning = Assert.Single(scene.Engine.Warnings);
        Assert.Equal(("FT1010", "data/train.csv", 4, 1), (warning.Code, warning.File, warning.LineNumber, warning.ColumnNumber));
        Assert.Equal(["FT1003", "FT4001"], scene.Engine.Errors.Select(error => error.Code));
        Assert.Equal(("data/train.csv", 3, 2), (scene.Engine.Errors[0].File, scene.Engine.Errors[0].LineNumber, scene.Engine.Errors[0].ColumnNumber));
        Assert.Equal((scene.ProjectFile, 5), (scene.Engine.Errors[1].File, scene.Engine.Errors[1].LineNumber));
        Assert.Contains(scene.Engine.Messages, message => message is { Importance: MessageImportance.Normal, Message: "Sentiment: epoch 1/1" });
    }

    [Fact]
    public void A_failure_of_one_model_does_not_keep_the_others_from_being_made()
    {
        var task = scene.Train(BuildScene.Model("Broken", ("Epochs", "many")), BuildScene.Model("Fail"), BuildScene.Model("Sentiment"));

        Assert.False(task.Execute());

        Assert.Equal(2, scene.Engine.Errors.Count);
        Assert.Equal("Sentiment", Assert.Single(task.ReadyModels).GetMetadata("Name"));
    }

    [Fact]
    public void A_mistake_in_the_item_is_reported_at_its_line_and_no_worker_starts()
    {
        Assert.False(scene.Train(BuildScene.Model("Sentiment", ("LerningRate", "1e-4"))).Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.StartsWith("FT0", error.Code, StringComparison.Ordinal);
        Assert.Equal((scene.ProjectFile, 3), (error.File, error.LineNumber));
        Assert.Contains("LearningRate", error.Message, StringComparison.Ordinal);
        Assert.Empty(scene.WorkerCalls);
    }

    [Theory]
    [InlineData("Crash", "exit code 134")]
    [InlineData("Silent", "exit code 0")]
    public void A_worker_that_ends_without_a_result_fails_with_a_code(string name, string expected)
    {
        Assert.False(scene.Train(BuildScene.Model(name)).Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.Equal("FT3080", error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(scene.StoredModels);
    }

    [Fact]
    public void A_crash_shows_what_the_worker_wrote_last()
    {
        Assert.False(scene.Train(BuildScene.Model("Crash")).Execute());

        Assert.Contains("the fake crashed", Assert.Single(scene.Engine.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_the_worker()
    {
        var task = scene.Train(BuildScene.Model("Hang"), BuildScene.Model("Sentiment"));
        Process? worker = null;
        scene.Engine.OnMessage = message =>
        {
            if (message.Message?.StartsWith("Hang: process ", StringComparison.Ordinal) == true)
            {
                worker = Process.GetProcessById(int.Parse(message.Message.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture));
                task.Cancel();
            }
        };

        Assert.False(task.Execute());

        using (worker)
        {
            Assert.NotNull(worker);
            Assert.True(worker.WaitForExit(TimeSpan.FromSeconds(10)));
        }

        Assert.Equal(["Train Hang"], scene.WorkerCalls);
        Assert.Empty(scene.Engine.Errors);
    }

    [Fact]
    public void A_worker_that_is_missing_is_named()
    {
        var task = scene.Train(BuildScene.Model("Sentiment"));
        task.WorkerPath = scene.FileAt("nowhere/dotnet-finetune.dll");

        Assert.False(task.Execute());

        Assert.Equal("FT3081", Assert.Single(scene.Engine.Errors).Code);
    }

    [Fact]
    public void Restore_mode_takes_from_the_store_and_never_trains()
    {
        var first = scene.Train(BuildScene.Model("Sentiment"));
        first.Mode = "Restore";
        Assert.False(first.Execute());
        Assert.Equal("FT6101", Assert.Single(scene.Engine.Errors).Code);
        Assert.Empty(scene.WorkerCalls);

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        var third = scene.Train(BuildScene.Model("Sentiment"));
        third.Mode = "restore";
        Assert.True(third.Execute());
    }

    [Fact]
    public void An_unknown_mode_is_an_error()
    {
        var task = scene.Train(BuildScene.Model("Sentiment"));
        task.Mode = "Sometimes";

        Assert.False(task.Execute());

        Assert.Equal("FT6100", Assert.Single(scene.Engine.Errors).Code);
    }

    [Fact]
    public void Two_models_of_one_name_are_an_error()
    {
        Assert.False(scene.Train(BuildScene.Model("Sentiment"), BuildScene.Model("sentiment")).Execute());

        Assert.Equal("FT6103", Assert.Single(scene.Engine.Errors).Code);
    }

    [Fact]
    public void A_damaged_store_entry_is_trained_again()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        File.AppendAllText(Path.Combine(Assert.Single(scene.StoredModels), "model.ftmodel"), "damage");

        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());

        Assert.Equal(2, scene.WorkerCalls.Length);
        Assert.Contains(scene.Engine.Warnings, warning => warning.Code == "FT6004");
    }

    [Fact]
    public void Libtorch_is_restored_only_when_a_model_must_be_trained()
    {
        var task = WithLibTorchPackage();
        scene.Engine.BuildProject = properties =>
        {
            Directory.CreateDirectory(Path.Combine((string)properties["RestorePackagesPath"]!, "libtorch-cpu-linux-x64/2.10.0/runtimes/linux-x64/native"));
            return true;
        };
        Assert.True(task.Execute());
        var (project, targets, _) = Assert.Single(scene.Engine.BuiltProjects);
        Assert.Equal(("libtorch.proj", "Restore"), (project, Assert.Single(targets)));

        Directory.Delete(scene.FileAt("packages"), recursive: true);
        Assert.True(WithLibTorchPackage().Execute());
        Assert.Empty(scene.Engine.BuiltProjects);
    }

    [Fact]
    public void A_libtorch_that_cannot_be_restored_is_an_error_with_a_way_out()
    {
        var task = WithLibTorchPackage();
        scene.Engine.BuildProject = _ => false;

        Assert.False(task.Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.Equal("FT3082", error.Code);
        Assert.Contains("FineTuneLibTorchPath", error.Message, StringComparison.Ordinal);
        Assert.Empty(scene.WorkerCalls);
    }

    private FineTuneTrain WithLibTorchPackage()
    {
        var task = scene.Train(BuildScene.Model("Sentiment"));
        task.LibTorchPath = null;
        task.LibTorchPackageId = "libtorch-cpu-linux-x64";
        task.LibTorchVersion = "2.10.0";
        task.LibTorchRuntimeIdentifier = "linux-x64";
        task.LibTorchProject = "libtorch.proj";
        task.PackageFolders = [scene.FileAt("packages")];
        return task;
    }
}
