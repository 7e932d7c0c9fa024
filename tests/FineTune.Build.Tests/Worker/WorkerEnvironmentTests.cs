using FineTune.Build.Worker;

namespace FineTune.Build.Tests.Worker;

public sealed class WorkerEnvironmentTests
{
    [Fact]
    public void Freed_memory_is_kept_for_the_next_step()
        => Assert.Equal(["MALLOC_MMAP_THRESHOLD_=1073741824", "MALLOC_TRIM_THRESHOLD_=4294967296", "MALLOC_TOP_PAD_=67108864"], WorkerEnvironment.Variables(_ => null, isWindows: false));

    [Fact]
    public void A_setting_of_the_user_stays()
        => Assert.DoesNotContain(WorkerEnvironment.Variables(name => name == "MALLOC_TOP_PAD_" ? "1" : null, isWindows: false), setting => setting.StartsWith("MALLOC_TOP_PAD_", StringComparison.Ordinal));

    [Fact]
    public void On_Windows_the_worker_does_not_take_its_closed_input_for_a_cancellation()
        => Assert.Equal(["FINETUNE_IGNORE_STANDARD_INPUT=1"], WorkerEnvironment.Variables(_ => null, isWindows: true));
}
