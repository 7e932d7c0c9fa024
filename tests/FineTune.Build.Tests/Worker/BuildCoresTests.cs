using FineTune.Build.Worker;

namespace FineTune.Build.Tests.Worker;

public sealed class BuildCoresTests : IDisposable
{
    private readonly BuildScene scene = new();
    private readonly LendingBuildEngine engine = new();
    private int waits;

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(8)]
    [InlineData(3)]
    public void Cores_that_are_free_are_taken_at_once_and_given_back(int free)
    {
        engine.Lend = _ => free;

        using (Borrow(8))
        {
            Assert.Equal(free, engine.Lent);
        }

        Assert.Equal([8], engine.Requested);
        Assert.Equal((0, 0), (engine.Lent, waits));
    }

    [Fact]
    public void Without_a_free_core_the_next_that_is_given_back_is_waited_for()
    {
        engine.Lend = requested => engine.Requested.Count == 1 ? 1 : requested;

        using (Borrow(8))
        {
            Assert.Equal((8, 1), (engine.Lent, waits));
        }

        Assert.Equal([8, 7], engine.Requested);
        Assert.Equal(0, engine.Lent);
    }

    [Fact]
    public void A_single_core_is_never_waited_for()
    {
        using (Borrow(1))
        {
            Assert.Equal([1], engine.Requested);
        }

        Assert.Equal((0, 0), (engine.Lent, waits));
    }

    [Fact]
    public void An_engine_that_lends_no_cores_has_nothing_to_give_back()
    {
        engine.Lend = _ => throw new NotImplementedException();

        Assert.Null(Borrow(8));
        Assert.Null(BuildCores.Borrow(new RecordingBuildEngine(), 8, () => waits++));
        Assert.Equal((0, 0), (engine.Lent, waits));
    }

    [Fact]
    public void A_cancellation_while_waiting_gives_back_and_goes_on()
    {
        engine.Lend = _ => engine.Requested.Count == 1 ? 1 : throw new OperationCanceledException();

        Assert.Throws<OperationCanceledException>(() => Borrow(8));

        Assert.Equal(0, engine.Lent);
    }

    [Theory]
    [InlineData("Sentiment")]
    [InlineData("Crash")]
    public void A_training_has_the_cores_while_it_runs(string name)
    {
        engine.Lend = requested => Math.Max(requested, 2);
        var task = scene.Train(BuildScene.Model(name));
        task.BuildEngine = engine;
        var lentWhileRunning = 0;
        engine.OnMessage = message => lentWhileRunning = message.Message!.Contains("worker", StringComparison.Ordinal) || message.Message.Contains("epoch", StringComparison.Ordinal) ? engine.Lent : lentWhileRunning;

        Assert.Equal(name == "Sentiment", task.Execute());

        Assert.Equal([BuildCores.OfMachine], engine.Requested);
        Assert.Equal((Math.Max(BuildCores.OfMachine, 2), 0), (lentWhileRunning, engine.Lent));
    }

    [Fact]
    public void A_cancelled_training_gives_the_cores_back()
    {
        engine.Lend = requested => Math.Max(requested, 2);
        var task = scene.Train(BuildScene.Model("Hang"));
        task.BuildEngine = engine;
        engine.OnMessage = message =>
        {
            if (message.Message!.StartsWith("Hang: process ", StringComparison.Ordinal))
            {
                task.Cancel();
            }
        };

        Assert.False(task.Execute());

        Assert.Single(engine.Requested);
        Assert.Equal(0, engine.Lent);
    }

    [Fact]
    public void What_trains_nothing_or_elsewhere_borrows_none()
    {
        Assert.True(scene.Train(BuildScene.Model("Sentiment")).Execute());
        var elsewhere = scene.Train(BuildScene.Model("Sentiment"), BuildScene.Model("Mood", ("Device", "Cuda:1"), ("Seed", "95")));
        elsewhere.BuildEngine = engine;

        Assert.True(elsewhere.Execute());

        Assert.Equal(2, scene.WorkerCalls.Length);
        Assert.Empty(engine.Requested);
    }

    private BuildCores? Borrow(int wanted) => BuildCores.Borrow(engine, wanted, () => waits++);
}
