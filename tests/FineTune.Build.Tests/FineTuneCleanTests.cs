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

    private FineTuneClean Clean() => new() { BuildEngine = scene.Engine, ProjectFile = scene.ProjectFile, CacheDirectory = scene.Store };
}
