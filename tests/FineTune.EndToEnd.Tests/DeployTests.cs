using System.IO.Compression;
using System.Runtime.InteropServices;

namespace FineTune.EndToEnd.Tests;

/// <summary>Ways in which a model gets into an app.</summary>
public sealed class DeployTests(PackedFeed feed)
{
    private const string Expected = "^(Positive|Negative) \\1 \\1$";

    private const string Models = """
        <FineTuneModel Include="Inside" TrainData="../data/train.csv" Epochs="1" Deploy="Embed" />
        <FineTuneModel Include="Apart" TrainData="../data/train.csv" Epochs="1" Deploy="Assembly" />
        <FineTuneModel Include="Beside" TrainData="../data/train.csv" Epochs="1" Deploy="File" />
        """;

    [Fact]
    public async Task The_same_code_loads_a_model_from_the_assembly_from_one_of_its_own_and_from_a_file_also_through_a_library()
    {
        var project = await Create();

        var built = await project.Run(["build"], projectFile: App(project));
        var output = await project.RunApp("app/bin/Debug/net10.0/app.dll");
        var (assembly, written) = (project.PathOf("library/obj/FineTune/Debug/library.Apart.Model.dll"), File.GetLastWriteTimeUtc(project.PathOf("library/obj/FineTune/Debug/library.Apart.Model.dll")));
        project.Write("library/Other.cs", "namespace App; public static class Other;");
        var edited = await project.Run(["build", "--no-restore"], projectFile: App(project));
        var unchanged = await project.Run(["build", "--no-restore"], projectFile: App(project));
        var published = await project.Run(["publish", "--no-build", "-c", "Debug", "-o", project.PathOf("published")], projectFile: App(project));
        var packed = await project.Run(["pack", "--no-build", "-c", "Debug", "-o", project.PathOf("packages")], projectFile: project.PathOf("library/library.csproj"));

        built.MustSucceed();
        Assert.Empty(built.Workers);
        Assert.Empty(built.Warnings);
        Assert.Matches(Expected, output);
        Assert.True(new FileInfo(project.PathOf("library/bin/Debug/net10.0/library.dll")).Length < new FileInfo(assembly).Length * 1.5, "Only one model is in the library itself.");
        edited.MustSucceed();
        Assert.Equal(written, File.GetLastWriteTimeUtc(assembly));
        unchanged.MustSucceed();
        Assert.Equal(0, unchanged.CompilerRuns);
        published.MustSucceed();
        Assert.Matches(Expected, await project.RunApp("published/app.dll"));
        packed.MustSucceed();
        using var package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(project.PathOf("packages"))));
        Assert.Equal(
            ["contentFiles/any/net10.0/library.Beside.ftmodel", "lib/net10.0/library.Apart.Model.dll", "lib/net10.0/library.dll"],
            package.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("lib/", StringComparison.Ordinal) || name.StartsWith("content", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_trimmed_single_file_app_that_is_compiled_ahead_finds_all_of_them()
    {
        var project = await Create();
        project.WriteNuGetConfig(useFallback: true, useMachineSources: true);
        var platform = RuntimeInformation.RuntimeIdentifier;
        string[] options = ["-r", platform, "-p:PublishTrimmed=true", "-p:PublishSingleFile=true", "-p:PublishReadyToRun=true", "-p:SelfContained=true"];
        Assert.SkipUnless((await project.Run(["restore", .. options], projectFile: App(project))).Succeeded, $"The runtime pack for {platform} cannot be restored here.");

        var outcome = await project.Run(["publish", "--no-restore", .. options, "-o", project.PathOf("published")], projectFile: App(project));

        outcome.MustSucceed();
        Assert.Empty(outcome.Warnings);
        Assert.DoesNotContain(Directory.GetFiles(project.PathOf("published")), file => file.EndsWith(".dll", StringComparison.Ordinal));
        Assert.Matches(Expected, await project.RunApp(OperatingSystem.IsWindows() ? "published/app.exe" : "published/app"));
    }

    [Fact]
    public async Task A_model_that_is_too_large_for_an_assembly_becomes_a_file_by_itself()
    {
        var project = await TestProject.Create(feed, isTrained: true);

        var asFile = await project.Build("-p:FineTuneMaxEmbeddedSize=1");
        var output = await project.RunApp();
        project.WriteProject("Deploy=\"Embed\"");
        var refused = await project.Build("--no-restore", "-p:FineTuneMaxEmbeddedSize=1");

        asFile.MustSucceed();
        Assert.Matches("^(Positive|Negative) 1\\.000$", output);
        Assert.True(File.Exists(project.PathOf("bin/Debug/net10.0/app.Sentiment.ftmodel")));
        Assert.True(new FileInfo(project.PathOf("bin/Debug/net10.0/app.dll")).Length < 100_000);
        refused.OnlyError("FT6110");
        Assert.Equal(0, refused.CompilerRuns);
    }

    private async Task<TestProject> Create()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        project.Write("library/library.csproj", TestProject.ProjectText("<TargetFramework>net10.0</TargetFramework>", items: Models));
        project.Write("library/Answers.cs", """
            namespace App;

            public static class Answers
            {
                public static string Of(string text)
                {
                    using var inside = InsideModel.Load();
                    using var apart = ApartModel.Load();
                    using var beside = BesideModel.Load();
                    return $"{inside.Predict(text).Label} {apart.Predict(text).Label} {beside.Predict(text).Label}";
                }
            }
            """);
        project.Write("app/app.csproj", TestProject.ProjectText("<OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework>", style: "", items: """<ProjectReference Include="../library/library.csproj" />"""));
        project.Write("app/Program.cs", "System.Console.WriteLine(App.Answers.Of(\"what a wonderful day\"));");
        return project;
    }

    private static string App(TestProject project) => project.PathOf("app/app.csproj");
}
