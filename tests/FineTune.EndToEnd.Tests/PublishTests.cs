namespace FineTune.EndToEnd.Tests;

/// <summary>What is published.</summary>
public sealed class PublishTests(PackedFeed feed)
{
    [Fact]
    public async Task Data_of_a_web_project_are_neither_published_nor_watched()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.Write("data/test.json", """[{"text":"what a wonderful day","label":"positive"},{"text":"what a terrible day","label":"negative"}]""");
        project.Write("data/settings.json", "{}");
        project.WriteProject("TestData=\"data/t*.json\"", sdk: "Microsoft.NET.Sdk.Web");

        (await project.Run(["publish", "-o", project.PathOf("published")])).MustSucceed();
        var watched = (await project.RunCommand("watch", "--list", "--project", project.ProjectFile)).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(["settings.json"], Directory.GetFiles(project.PathOf("published/data")).Select(Path.GetFileName));
        Assert.Contains(watched, file => file.EndsWith("Program.cs", StringComparison.Ordinal));
        Assert.DoesNotContain(watched, file => file.Contains("FineTune", StringComparison.Ordinal) || Path.GetFileName(file) is "train.csv" or "test.json");
    }

    [Fact]
    public async Task Libraries_for_every_supported_platform_compile_the_API_and_one_training_serves_all()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.WriteNuGetConfig(useFallback: true, useMachineSources: true);
        project.Write("app.csproj", TestProject.ProjectText("<TargetFrameworks>net8.0;net9.0;net10.0;netstandard2.0</TargetFrameworks><LangVersion>latest</LangVersion>", items: """<FineTuneModel Include="Sentiment" TrainData="data/train.csv" Epochs="1" />"""));
        project.Write("Program.cs", "namespace App { public static class Answers { public static SentimentModel Model() => SentimentModel.Load(); } }");
        Assert.SkipUnless((await project.Run(["restore"])).Succeeded, "The reference assemblies of .NET 8 and 9 cannot be restored here.");

        var outcome = await project.Build("--no-restore");

        outcome.MustSucceed();
        Assert.Empty(outcome.Warnings);
        Assert.Empty(outcome.Workers);
        Assert.Equal(1, outcome.Runs("FineTuneTrain"));
        Assert.Equal(4, outcome.CompilerRuns);
    }
}
