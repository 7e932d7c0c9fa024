using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;
using FineTune.Training.Training;

namespace FineTune.Training.Tests.Training;

public sealed class CheckpointObserverTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-checkpoints-").FullName;
    private readonly ManualTime time = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Without_an_interval_half_a_minute_passes_between_two_checkpoints()
        => Assert.Equal([30, 60, 90], SavedSteps(null, secondsOfState: 0));

    [Fact]
    public void A_state_that_takes_long_to_save_is_saved_less_often()
        => Assert.Equal([30], SavedSteps(null, secondsOfState: 1));

    [Fact]
    public void Minutes_are_minutes_whatever_a_checkpoint_costs()
        => Assert.Equal([60], SavedSteps(new TrainingInterval(1, IntervalUnit.Minute), secondsOfState: 1));

    [Fact]
    public void Steps_and_epochs_do_not_look_at_the_clock()
    {
        Assert.Equal([40, 80], SavedSteps(new TrainingInterval(40, IntervalUnit.Step), secondsOfState: 0));
        Assert.Equal([50, 100], SavedSteps(new TrainingInterval(0.5, IntervalUnit.Epoch), secondsOfState: 0));
    }

    /// <summary>The steps after which a training of a hundred steps, each of one second, was saved.</summary>
    private List<int> SavedSteps(TrainingInterval? interval, double secondsOfState)
    {
        var state = new SlowState(() => time.Pass(TimeSpan.FromSeconds(secondsOfState)));
        var observer = new CheckpointObserver(new CheckpointFolder(folder), [state], interval, new TrainingLength(100, 100), stepsDone: 0, _ => { }, time);
        var saved = new List<int>();
        for (var step = 1; step <= 100; step++)
        {
            time.Pass(TimeSpan.FromSeconds(1));
            observer.OnSettled(step);
            if (state.IsSaved)
            {
                saved.Add(step);
                state.IsSaved = false;
            }
        }

        return saved;
    }

    private sealed class SlowState(Action save) : ITrainingState
    {
        public string Name => "slow";

        public bool IsSaved { get; set; }

        public void Save(TrainingStateWriter writer)
        {
            save();
            writer.Add("values", new float[1]);
            IsSaved = true;
        }

        public void Load(TrainingStateReader reader) => IsSaved = reader.Has("values");
    }
}
