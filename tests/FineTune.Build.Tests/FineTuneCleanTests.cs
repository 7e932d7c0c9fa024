using FineTune.Core.Store;

namespace FineTune.Build.Tests;

public sealed class FineTuneCleanTests : IDisposable
{
    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void What_the_project_made_goes_also_from_earlier_inputs_and_the_next_build_trains()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        Assert.True(scene.Train(BuildScene.Model("Sentiment", ("Seed", "95")), BuildScene.Model("Other", ("Seed", "96"))).Execute());

        Assert.True(Clean().Execute());

        Assert.Empty(scene.StoredModels);
        Assert.Contains(scene.Engine.Messages, message => message.Message!.StartsWith("Removed 6 entries", StringComparison.Ordinal));
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        Assert.Equal(4, scene.WorkerCalls.Length);
    }

    [Fact]
    public void What_another_project_used_too_stays()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment"), BuildScene.Model("Mine", ("Seed", "95"))).Execute());
        var other = scene.Train(BuildScene.Model("Sentiment"));
        File.Copy(scene.ProjectFile, scene.FileAt("other.csproj"));
        (other.ProjectFile, other.IntermediateDirectory) = (scene.FileAt("other.csproj"), scene.FileAt("obj/other"));
        Assert.True(other.Execute());

        Assert.True(Clean().Execute());

        Assert.Single(scene.StoredModels);
        Assert.Contains(scene.Engine.Messages, message => message.Message!.EndsWith("; 2 stay for other projects", StringComparison.Ordinal));
    }

    [Fact]
    public void Hidden_states_go_with_the_trainings_that_used_them_and_stay_for_those_of_other_projects()
    {
        Assert.True(scene.Train(BuildScene.Model("Shared")).Execute());
        var shared = Assert.Single(Trainings());
        Assert.True(scene.Train(BuildScene.Model("Shared"), BuildScene.Model("Mine", ("Seed", "95"))).Execute());
        var mine = Assert.Single(Trainings(), training => training != shared);
        var other = scene.Train(BuildScene.Model("Shared"));
        (other.ProjectFile, other.IntermediateDirectory) = (scene.FileAt("other.csproj"), scene.FileAt("obj/other"));
        File.Copy(scene.ProjectFile, other.ProjectFile);
        Assert.True(other.Execute());
        WriteHiddenStates('a', mine);
        WriteHiddenStates('b', mine, shared);
        WriteHiddenStates('c', new string('f', 64));
        WriteHiddenStates('d');

        Assert.True(Clean().Execute());

        Assert.Equal(["b", "c", "d"], Directory.GetDirectories(Path.Combine(scene.Store, "v1/hidden-states")).Select(folder => Path.GetFileName(folder)[..1]).Order(StringComparer.Ordinal));
        Assert.Contains(scene.Engine.Messages, message => message.Message!.StartsWith("Removed 3 entries", StringComparison.Ordinal) && message.Message.EndsWith("; 3 stay for other projects", StringComparison.Ordinal));
    }

    [Fact]
    public void What_somebody_uses_just_now_stays()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        using var reader = new ModelStore(scene.Store);
        Assert.NotNull(reader.FindModel(Path.GetFileName(Assert.Single(scene.StoredModels))));

        Assert.True(Clean().Execute());

        Assert.Single(scene.StoredModels);
        Assert.Contains(scene.Engine.Messages, message => message.Message!.EndsWith("; 1 stay because they are in use", StringComparison.Ordinal));
    }

    [Fact]
    public void A_project_that_made_nothing_removes_nothing()
    {
        Assert.True(Clean().Execute());

        Assert.Contains(scene.Engine.Messages, message => message.Message!.StartsWith("Removed 0 entries", StringComparison.Ordinal));
    }

    private IEnumerable<string> Trainings() => Directory.GetDirectories(Path.Combine(scene.Store, "v1/training")).Select(folder => Path.GetFileName(folder));

    private void WriteHiddenStates(char name, params string[] trainings)
    {
        var entry = Path.Combine(scene.Store, "v1/hidden-states", new string(name, 64));
        Directory.CreateDirectory(entry);
        foreach (var file in trainings.Select(training => training + ".use").Append("entry.json"))
        {
            File.WriteAllText(Path.Combine(entry, file), "");
        }
    }

    private FineTuneClean Clean() => new() { BuildEngine = scene.Engine, ProjectFile = scene.ProjectFile, CacheDirectory = scene.Store };
}
