using FineTune.Build.Worker;

namespace FineTune.Build.Tests.Worker;

public sealed class WorkerEnvironmentTests
{
    [Fact]
    public void Freed_memory_is_kept_for_the_next_step()
        => Assert.Equal(["MALLOC_MMAP_THRESHOLD_=1073741824", "MALLOC_TRIM_THRESHOLD_=4294967296", "MALLOC_TOP_PAD_=67108864"], WorkerEnvironment.Variables(_ => null));

    [Fact]
    public void A_setting_of_the_user_stays()
        => Assert.DoesNotContain(WorkerEnvironment.Variables(name => name == "MALLOC_TOP_PAD_" ? "1" : null), setting => setting.StartsWith("MALLOC_TOP_PAD_", StringComparison.Ordinal));
}
