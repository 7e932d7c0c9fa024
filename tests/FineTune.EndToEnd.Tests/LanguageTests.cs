namespace FineTune.EndToEnd.Tests;

/// <summary>Projects in languages for which no typed API is written.</summary>
public sealed class LanguageTests(PackedFeed feed)
{
    private const string Note = "FineTune.Build writes typed classes for C# only.";
    private const string Model = """<FineTuneModel Include="Sentiment" TrainData="data/train.csv" Epochs="1" />""";

    [Fact]
    public async Task A_Visual_Basic_project_embeds_the_model_and_loads_it_without_types()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        File.Delete(project.PathOf("Program.cs"));
        project.Write("Program.vb", """
            Module Program
                Sub Main()
                    Using model = FineTune.Runtime.TextClassifier.LoadResource(GetType(Program).Assembly, "FineTune.Sentiment.ftmodel")
                        System.Console.WriteLine(model.Predict("what a wonderful day").Label)
                    End Using
                End Sub
            End Module
            """);
        project.Write("app.vbproj", TestProject.ProjectText("<OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework>", items: Model));

        var outcome = await project.Run(["build"], projectFile: project.PathOf("app.vbproj"));

        outcome.MustSucceed();
        Assert.Empty(outcome.Workers);
        Assert.Contains(outcome.Messages, message => message.StartsWith(Note, StringComparison.Ordinal));
        Assert.Matches("^(positive|negative)$", await project.RunApp());
    }

    [Fact]
    public async Task An_FSharp_project_embeds_the_model_and_loads_it_without_types()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        File.Delete(project.PathOf("Program.cs"));
        project.Write("Program.fs", """
            type Marker = class end
            let model = FineTune.Runtime.TextClassifier.LoadResource(typeof<Marker>.Assembly, "FineTune.Sentiment.ftmodel")
            printfn "%s" (model.Predict("what a wonderful day").Label)
            """);
        project.Write("app.fsproj", TestProject.ProjectText("<OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><SatelliteResourceLanguages>en</SatelliteResourceLanguages>", items: $"""<Compile Include="Program.fs" />{Model}"""));

        var outcome = await project.Run(["build"], projectFile: project.PathOf("app.fsproj"));

        outcome.MustSucceed();
        Assert.Contains(outcome.Messages, message => message.StartsWith(Note, StringComparison.Ordinal));
        Assert.Matches("^(positive|negative)$", await project.RunApp());
    }
}
