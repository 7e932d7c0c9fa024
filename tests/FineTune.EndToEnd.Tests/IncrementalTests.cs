using System.Globalization;

namespace FineTune.EndToEnd.Tests;

/// <summary>Builds that find the model in the store.</summary>
public sealed class IncrementalTests(PackedFeed feed)
{
    [Fact]
    public async Task Touching_a_data_file_without_changing_it_runs_neither_worker_nor_compiler()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        (await project.Build()).MustSucceed();
        File.SetLastWriteTimeUtc(project.PathOf("data/train.csv"), DateTime.UtcNow.AddMinutes(1));

        var outcome = await project.Build();

        outcome.MustSucceed();
        Assert.Empty(outcome.Workers);
        Assert.Equal(0, outcome.CompilerRuns);
    }

    [Fact]
    public async Task A_changed_gate_is_judged_without_training_and_a_missed_one_fails_at_the_item_and_embeds_nothing()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.WriteProject("Require=\"accuracy &gt;= 0\"");
        (await project.Build()).MustSucceed();

        project.WriteProject("Require=\"accuracy &gt; 1\"");
        var missed = await project.Build();

        var error = missed.OnlyError("FT5001");
        var line = Array.FindIndex(await File.ReadAllLinesAsync(project.ProjectFile, TestContext.Current.CancellationToken), text => text.Contains("<FineTuneModel", StringComparison.Ordinal)) + 1;
        Assert.Equal((project.ProjectFile, line, 5), (error.File, error.LineNumber, error.ColumnNumber));
        Assert.Empty(missed.Workers);
        Assert.Equal(0, missed.CompilerRuns);
        Assert.False(File.Exists(project.PathOf("obj/FineTune/Debug/Sentiment.ftmodel")));
        Assert.Single(project.StoredModels);

        project.WriteProject("Require=\"accuracy &gt;= 0\"");
        var met = await project.Build();
        met.MustSucceed();
        Assert.Empty(met.Workers);
    }

    [Fact]
    public async Task A_gain_over_the_best_baseline_can_be_required()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.WriteProject("Require=\"gain.accuracy &gt;= -1; gain.f1.macro &gt;= -1\"");
        (await project.Build()).MustSucceed();

        project.WriteProject("Require=\"gain.accuracy &gt; 1\"");
        var missed = await project.Build();

        Assert.Contains("gain.accuracy > 1", missed.OnlyError("FT5001").Text, StringComparison.Ordinal);
        Assert.Empty(missed.Workers);
    }

    [Fact]
    public async Task Quality_that_fell_below_the_committed_baseline_fails_the_build()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.WriteProject("Require=\"accuracy &gt;= baseline - 0.01\"");
        var without = await project.Build();
        project.Write("finetune.baseline.json", Baseline(accuracy: 0));
        var met = await project.Build();
        project.Write("finetune.baseline.json", Baseline(accuracy: 1.5));

        var missed = await project.Build();

        Assert.Contains("dotnet finetune accept", without.OnlyError("FT5003").Text, StringComparison.Ordinal);
        met.MustSucceed();
        Assert.Contains("accepted was 1.5", missed.OnlyError("FT5001").Text, StringComparison.Ordinal);
        Assert.Empty(missed.Workers);

        static string Baseline(double accuracy) => """{"formatVersion":1,"models":{"Sentiment":{"fingerprint":"","evaluatedOn":"validation","rows":4,"metrics":{"accuracy":VALUE},"intervals":{}}}}"""
            .Replace("VALUE", accuracy.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_removes_what_was_derived_and_keeps_the_store()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        (await project.Build()).MustSucceed();

        (await project.Run(["clean"])).MustSucceed();

        Assert.False(Directory.Exists(project.PathOf("obj/FineTune/Debug")));
        Assert.Single(project.StoredModels);
        var outcome = await project.Build();
        outcome.MustSucceed();
        Assert.Empty(outcome.Workers);
    }

    [Fact]
    public async Task Clean_leaves_the_users_own_files_in_a_folder_that_the_user_chose()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.WriteProject(properties: "<TargetFramework>net10.0</TargetFramework><FineTuneIntermediateDirectory>$(MSBuildProjectDirectory)/derived/</FineTuneIntermediateDirectory>");
        project.Write("derived/notes.txt", "mine");
        (await project.Build()).MustSucceed();
        Assert.True(File.Exists(project.PathOf("derived/Sentiment.ftmodel")));

        (await project.Run(["clean"])).MustSucceed();

        Assert.Equal([project.PathOf("derived/notes.txt")], Directory.GetFiles(project.PathOf("derived")));
    }

    [Fact]
    public async Task Two_target_frameworks_and_configurations_train_once_and_share_the_model()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        project.WriteProject("Seed=\"5\"", "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks><LangVersion>latest</LangVersion><OutputType>Library</OutputType>");
        File.Delete(project.PathOf("Program.cs"));

        var outcome = await project.Build("-m:2");

        outcome.MustSucceed();
        Assert.Equal(["Sentiment.train"], outcome.Workers);
        Assert.Equal(1, outcome.Runs("FineTuneTrain"));
        Assert.Equal(1, outcome.Runs("FineTuneGenerateApi"));
        Assert.Equal(2, outcome.CompilerRuns);
    }

    [Fact]
    public async Task A_design_time_build_trains_nothing_and_still_generates_the_API()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        // Its assembly is not there yet, and must not be missed.
        project.WriteProject("Deploy=\"Assembly\"");
        (await project.Run(["restore"])).MustSucceed();

        var outcome = await project.Run(["msbuild", "-t:Compile", "-p:DesignTimeBuild=true", "-p:SkipCompilerExecution=true", "-p:ProvideCommandLineArgs=true"]);

        outcome.MustSucceed();
        Assert.Empty(outcome.Warnings);
        Assert.Equal(["Sentiment.labels"], outcome.Workers);
        Assert.Equal(0, outcome.Runs("FineTuneTrain"));
        Assert.Empty(project.StoredModels);
        var source = await File.ReadAllTextAsync(project.PathOf("obj/FineTune/Debug/SentimentModel.g.cs"), TestContext.Current.CancellationToken);
        Assert.Contains("Negative = 0,", source, StringComparison.Ordinal);
        Assert.Contains("Positive = 1,", source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_without_models_builds_as_if_the_package_were_not_there()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        project.Write("Program.cs", "System.Console.WriteLine(\"hello\");");
        project.Write("app.csproj", (await File.ReadAllTextAsync(project.ProjectFile, TestContext.Current.CancellationToken)).Replace("<FineTuneModel Include=\"Sentiment\"", "<Nothing Include=\"Sentiment\"", StringComparison.Ordinal));

        var outcome = await project.Build();

        outcome.MustSucceed();
        Assert.Empty(outcome.Workers);
        Assert.Equal(0, outcome.Runs("FineTuneTrain"));
        Assert.False(Directory.Exists(project.PathOf("obj/FineTune")));
    }
}
