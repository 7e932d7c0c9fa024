namespace FineTune.Build.Tests;

public sealed class RemoteCacheTests : IDisposable
{
    private readonly BuildScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void The_worker_is_told_of_the_remote_cache()
    {
        var task = scene.Train(BuildScene.Model("Sentiment"));
        (task.RemoteCache, task.RemoteCacheMode) = ("https://cache.example/models/", "readwrite");

        Assert.True(task.Execute());

        Assert.Equal(["Train Sentiment with https://cache.example/models ReadWrite"], scene.WorkerCalls);
    }

    [Fact]
    public void A_model_that_is_in_the_store_needs_no_remote_cache()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        var task = scene.Train(BuildScene.Model("Sentiment"));
        task.RemoteCache = "https://cache.example";

        Assert.True(task.Execute());

        Assert.Single(scene.WorkerCalls);
    }

    [Fact]
    public void After_one_model_waited_in_vain_the_others_of_the_build_do_not()
    {
        var task = scene.Train(BuildScene.Model("First"), BuildScene.Model("Second", ("Seed", "80")));
        task.RemoteCache = "https://cache.example";

        Assert.True(task.Execute());

        Assert.Equal(["Train First with https://cache.example Read", "Train Second"], scene.WorkerCalls);
        Assert.Single(scene.Engine.Warnings, warning => warning.Code == "FT6011");
    }

    [Fact]
    public void After_one_model_could_not_be_uploaded_the_build_only_reads()
    {
        var task = scene.Train(BuildScene.Model("First"), BuildScene.Model("Second", ("Seed", "80")), BuildScene.Model("Third", ("Seed", "70")));
        (task.RemoteCache, task.RemoteCacheMode) = ("https://cache.example", "ReadWrite");

        Assert.True(task.Execute());

        Assert.Equal(["Train First with https://cache.example ReadWrite", "Train Second with https://cache.example Read", "Train Third"], scene.WorkerCalls);
    }

    [Fact]
    public void Restore_mode_fetches_and_does_not_train()
    {
        var task = scene.Train(BuildScene.Model("Sentiment"));
        (task.Mode, task.RemoteCache) = ("Restore", "share");

        Assert.True(task.Execute());

        Assert.Equal([$"Restore Sentiment with {scene.FileAt("share")} Read"], scene.WorkerCalls);
        Assert.Equal("false", Assert.Single(task.ReadyModels).GetMetadata("Trained"));
    }

    [Fact]
    public void A_password_in_the_address_stops_the_build_and_is_written_nowhere()
    {
        var task = scene.Train(BuildScene.Model("Sentiment"));
        task.RemoteCache = "https://me:hunter2@cache.example";

        Assert.False(task.Execute());

        var error = Assert.Single(scene.Engine.Errors);
        Assert.Equal("FT6010", error.Code);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        Assert.Empty(scene.WorkerCalls);
        Assert.Empty(Directory.GetFiles(scene.Intermediate, "*.train.json"));
    }
}
