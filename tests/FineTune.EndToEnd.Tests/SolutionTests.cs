using System.IO.Compression;

namespace FineTune.EndToEnd.Tests;

/// <summary>Several projects in one build.</summary>
public sealed class SolutionTests(PackedFeed feed)
{
    private const string Library = "<TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings>";

    [Theory]
    [InlineData("-m:2")]
    [InlineData("-mt")]
    public async Task Two_projects_with_the_same_spec_train_once_in_one_build_with_several_nodes_or_threads(string parallel)
    {
        var solution = await TestProject.Create(feed, isTrained: false);
        const string model = """<FineTuneModel Include="Sentiment" TrainData="../data/train.csv" Epochs="1" Seed="6" />""";
        solution.Write("first/first.csproj", TestProject.ProjectText(Library, items: model));
        solution.Write("second/second.csproj", TestProject.ProjectText(Library, items: model));
        solution.Write("all.slnx", """<Solution><Project Path="first/first.csproj" /><Project Path="second/second.csproj" /></Solution>""");

        var outcome = await solution.Run(["build", parallel], projectFile: solution.PathOf("all.slnx"));

        outcome.MustSucceed();
        Assert.Equal(["Sentiment"], outcome.Trained);
        Assert.Single(solution.StoredTrainings);
        Assert.Equal(await Model("first"), await Model("second"));

        Task<byte[]> Model(string project) => File.ReadAllBytesAsync(solution.PathOf($"{project}/obj/FineTune/Debug/Sentiment.ftmodel"), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_library_owns_the_model_and_a_web_app_uses_it_through_isolated_graph_builds_publish_and_pack()
    {
        var solution = await TestProject.Create(feed, isTrained: true);
        const string multiTargeting = "<TargetFrameworks>net10.0;netstandard2.0</TargetFrameworks><LangVersion>latest</LangVersion>";
        solution.Write("library/library.csproj", TestProject.ProjectText(multiTargeting, items: """<FineTuneModel Include="Sentiment" TrainData="../data/train.csv" Epochs="1" />"""));
        solution.Write("web/web.csproj", TestProject.ProjectText("<TargetFramework>net10.0</TargetFramework>", style: "", items: """<ProjectReference Include="../library/library.csproj" />""", sdk: "Microsoft.NET.Sdk.Web"));
        solution.Write("web/Program.cs", await File.ReadAllTextAsync(solution.PathOf("Program.cs"), TestContext.Current.CancellationToken));
        var (library, web) = (solution.PathOf("library/library.csproj"), solution.PathOf("web/web.csproj"));

        var restored = await solution.Run(["restore"], projectFile: web);
        var built = await solution.Run(["build", "--no-restore", "-graph", "-isolate", "-m:2"], projectFile: web);
        var published = await solution.Run(["publish", "--no-build", "-c", "Debug", "-o", solution.PathOf("published")], projectFile: web);
        var packed = await solution.Run(["pack", "--no-build", "-c", "Debug", "-o", solution.PathOf("packages")], projectFile: library);

        restored.MustSucceed();
        built.MustSucceed();
        Assert.Empty(built.Warnings);
        Assert.Empty(built.Workers);
        Assert.Equal(1, built.Runs("FineTuneTrain"));
        published.MustSucceed();
        Assert.Equal(0, published.Runs("FineTuneTrain"));
        Assert.Matches("^(Positive|Negative) 1\\.000$", await solution.RunApp("published/web.dll"));
        Assert.DoesNotContain(Directory.GetFiles(solution.PathOf("published"), "*", SearchOption.AllDirectories), file => Path.GetExtension(file) is ".csv" or ".ftmodel");
        packed.MustSucceed();
        Assert.Equal(0, packed.Runs("FineTuneTrain"));
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(solution.PathOf("packages"))));
        Assert.Equal(["lib/net10.0/library.dll", "lib/netstandard2.0/library.dll"], package.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("lib/", StringComparison.Ordinal) || name.EndsWith(".csv", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        using var nuspec = new StreamReader(package.GetEntry("library.nuspec")!.Open());
        Assert.Contains("id=\"FineTune.Runtime\"", await nuspec.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
