using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace FineTune.EndToEnd.Tests;

/// <summary>Items that come, go and change.</summary>
public sealed class ItemTests(PackedFeed feed)
{
    [Fact]
    public async Task Renaming_an_item_renames_resource_and_API_without_training_and_removing_it_removes_them()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        (await project.Build()).MustSucceed();
        const string model = """<FineTuneModel Include="Mood" TrainData="data/train.csv" Epochs="1" />""";

        project.Write("Program.cs", "using var model = App.MoodModel.Load(); System.Console.WriteLine(model.Predict(\"what a wonderful day\").Label);");
        project.Write("app.csproj", TestProject.ProjectText(Properties, items: model));
        var renamed = await project.Build("--no-restore");
        var (resources, files) = (Resources(project), DerivedFiles(project));
        project.Write("Program.cs", "System.Console.WriteLine();");
        project.Write("app.csproj", TestProject.ProjectText(Properties));
        var removed = await project.Build("--no-restore");

        renamed.MustSucceed();
        Assert.Empty(renamed.Workers);
        Assert.Equal(["FineTune.Mood.ftmodel"], resources);
        Assert.Equal(["Mood.ftmodel", "MoodModel.g.cs"], files);
        removed.MustSucceed();
        Assert.Equal(1, removed.CompilerRuns);
        Assert.Empty(Resources(project));
    }

    [Fact]
    public async Task A_new_label_regenerates_the_API_and_one_model_that_fails_leaves_the_others_alone()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        (await project.Build()).MustSucceed();
        File.AppendAllLines(project.PathOf("data/train.csv"), Enumerable.Range(1, 10).Select(row => $"the number is {row},unsure"));
        project.Write("data/bad.csv", "text,label\ngood,positive\n,negative\n");
        project.Write("Program.cs", "System.Console.WriteLine(App.SentimentLabel.Unsure);");

        project.WriteProject(items: """<FineTuneModel Include="Bad" TrainData="data/bad.csv" />""");
        var failed = await project.Build("--no-restore");
        project.WriteProject();
        var repaired = await project.Build("--no-restore");

        Assert.Equal("FT1005", failed.OnlyError("FT1005").Code);
        Assert.Equal(["Sentiment"], failed.Trained);
        repaired.MustSucceed();
        Assert.Empty(repaired.Workers);
        Assert.Equal("Unsure", await project.RunApp());
    }

    private const string Properties = "<OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework>";

    private static string[] DerivedFiles(TestProject project)
        => [.. Directory.GetFiles(project.PathOf("obj/FineTune/Debug")).Select(Path.GetFileName).OfType<string>().Where(file => file.EndsWith(".ftmodel", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private static string[] Resources(TestProject project)
    {
        using var assembly = new PEReader(File.OpenRead(project.PathOf("bin/Debug/net10.0/app.dll")));
        var metadata = assembly.GetMetadataReader();
        return [.. metadata.ManifestResources.Select(handle => metadata.GetString(metadata.GetManifestResource(handle).Name))];
    }
}
