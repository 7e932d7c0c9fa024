namespace FineTune.EndToEnd.Tests;

/// <summary>Builds that train.</summary>
public sealed class TrainingTests(PackedFeed feed)
{
    [Fact]
    public async Task An_SDK_style_project_trains_once_and_the_app_predicts()
    {
        var project = await TestProject.Create(feed, isTrained: false);

        var first = await project.Build();
        var second = await project.Build();

        first.MustSucceed();
        Assert.Empty(first.Warnings);
        Assert.Equal(["Sentiment.train"], first.Workers);
        Assert.Single(project.StoredModels);
        second.MustSucceed();
        Assert.Empty(second.Workers);
        Assert.Equal(0, second.CompilerRuns);
        Assert.Matches("^(Positive|Negative) 1\\.000$", await project.RunApp());
    }

    [Fact]
    public async Task A_PackageReference_style_project_brings_libtorch_when_it_first_trains_and_nothing_of_it_into_the_app()
    {
        var packages = feed.NewFolder("packages");
        var project = await TestProject.Create(feed, isTrained: false, TestProject.PackageReference, packages);

        var first = await project.Build();
        var second = await project.Build();

        first.MustSucceed();
        Assert.Equal(["Sentiment.train"], first.Workers);
        Assert.Single(Directory.GetDirectories(packages, "libtorch-cpu-*"));
        second.MustSucceed();
        Assert.Empty(second.Workers);
        Assert.Equal(0, second.CompilerRuns);
        Assert.Matches("^(Positive|Negative) 1\\.000$", await project.RunApp());
        var assets = await File.ReadAllTextAsync(project.PathOf("obj/project.assets.json"), TestContext.Current.CancellationToken);
        Assert.Contains("\"FineTune.Runtime/", assets, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)\"(libtorch|torchsharp)[^\"]*/[0-9]", assets);
        Assert.DoesNotContain(Directory.GetFiles(project.PathOf("bin"), "*", SearchOption.AllDirectories), file => Path.GetFileName(file).Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Dotnet_test_trains_the_model_of_a_test_project_and_its_test_asserts_what_it_predicts()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        project.WriteProject("MaxSteps=\"90\" LearningRate=\"0.003\" BatchSize=\"8\"", items: $"""<PackageReference Include="xunit.v3" Version="{PackedFeed.XunitVersion}" /><Using Include="Xunit" />""");
        project.Write("global.json", """{ "test": { "runner": "Microsoft.Testing.Platform" } }""");
        project.Write("Program.cs", """
            namespace App;

            public sealed class SentimentTests
            {
                [Theory]
                [InlineData("what a wonderful film", SentimentLabel.Positive)]
                [InlineData("I hated this book", SentimentLabel.Negative)]
                public void A_text_has_its_sentiment(string text, SentimentLabel expected)
                {
                    using var model = SentimentModel.Load();

                    Assert.Equal(expected, model.Predict(text).Label);
                }
            }
            """);

        var output = await project.RunCommand("test", "--project", project.ProjectFile);

        Assert.Contains("succeeded: 2", output, StringComparison.Ordinal);
        Assert.Single(project.StoredModels);
    }

    [Fact]
    public async Task One_changed_byte_in_the_data_trains_again_and_build_and_tool_say_which_row_it_was_in()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        (await project.Build()).MustSucceed();
        project.Write("data/train.csv", (await File.ReadAllTextAsync(project.PathOf("data/train.csv"), TestContext.Current.CancellationToken)).Replace("I hated this day", "I hated this dam", StringComparison.Ordinal));

        var tool = Path.Combine(project.Packages, "finetune.build", PackedFeed.Version, "tools/dotnet-finetune.dll");
        var explained = await project.RunCommand(tool, "explain", "--project", project.ProjectFile);
        var outcome = await project.Build("--no-restore");

        Assert.Contains("  data/train.csv: 1 row changed", explained, StringComparison.Ordinal);
        outcome.MustSucceed();
        Assert.Contains("Sentiment: since the last training: data/train.csv: 1 row changed", outcome.Messages);
        Assert.Equal(["Sentiment.train"], outcome.Workers);
        Assert.Equal(1, outcome.CompilerRuns);
        Assert.Equal(2, project.StoredModels.Length);
    }

    [Fact]
    public async Task A_killed_worker_fails_the_build_and_leaves_no_finished_entry()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The worker is found by its command line in /proc.");
        var project = await TestProject.Create(feed, isTrained: false);
        project.WriteProject("Seed=\"7\"");
        project.Write("app.csproj", (await File.ReadAllTextAsync(project.ProjectFile, TestContext.Current.CancellationToken)).Replace("Epochs=\"1\"", "Epochs=\"10000\"", StringComparison.Ordinal));

        var outcome = await project.Run(["build", "-v:n"], line =>
        {
            // The first sign of progress: the worker is at work.
            if (line.Contains("Sentiment: ", StringComparison.Ordinal) && !line.Contains("training, because", StringComparison.Ordinal))
            {
                WorkerProcesses.Kill(project);
            }
        });

        outcome.OnlyError("FT3080");
        Assert.Empty(project.StoredModels);
        Assert.Empty(project.StoredTrainings);
        Assert.False(File.Exists(project.PathOf("obj/FineTune/Debug/Sentiment.ftmodel")));
    }
}
