namespace FineTune.Tool.Tests;

public sealed class AcceptCommandTests(TinyProject project) : IClassFixture<TinyProject>
{
    [Fact]
    public void What_was_accepted_is_what_later_models_are_held_to()
    {
        var baseline = Path.Combine(project.Folder, "accepted.json");
        var run = ToolRun.InProcess(["accept", .. project.Options, "--name", "Topic", "--baseline", baseline, "--json"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["Topic"], run.Json["accepted"]!.AsArray().Select(name => (string)name!));
        var accepted = Core.Gates.BaselineFile.Read(baseline).Of("Topic", location: null);
        Assert.Equal((double)project.FirstRun.Json["metrics"]!["accuracy"]!, accepted.Metrics["accuracy"]);
        Assert.Equal((int)project.FirstRun.Json["rows"]!, accepted.Rows);
    }

    [Fact]
    public void A_specification_is_compared_with_the_file_beside_it()
    {
        string[] arguments = ["--spec", Path.Combine(project.Folder, "spec.json"), .. project.Options];
        File.WriteAllText(arguments[1], """{ "name": "Beside", "require": "accuracy >= baseline" }""");

        var before = ToolRun.InProcess(["train", .. arguments, "--json"]);
        var accept = ToolRun.InProcess(["accept", .. arguments, "--json"]);
        var after = ToolRun.InProcess(["train", .. arguments, "--json"]);

        Assert.Equal((1, 0, 0), (before.ExitCode, accept.ExitCode, after.ExitCode));
        Assert.Contains("FT5003", before.Error, StringComparison.Ordinal);
        Assert.True((bool)after.Json["passed"]!);
    }

    [Fact]
    public void A_model_that_was_never_built_cannot_be_accepted()
    {
        var run = ToolRun.InProcess(["accept", .. project.Options, "--seed", "77", "--baseline", Path.Combine(project.Folder, "none.json"), "--json"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FT5005", run.Error, StringComparison.Ordinal);
    }
}
