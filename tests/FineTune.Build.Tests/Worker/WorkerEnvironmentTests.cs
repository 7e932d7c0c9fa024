using FineTune.Build.Worker;

namespace FineTune.Build.Tests.Worker;

public sealed class WorkerEnvironmentTests
{
    [Fact]
    public void On_Windows_the_worker_does_not_take_its_closed_input_for_a_cancellation()
        => Assert.Equal(["FINETUNE_IGNORE_STANDARD_INPUT=1"], WorkerEnvironment.Variables(isWindows: true));

    [Fact]
    public void Elsewhere_the_worker_has_the_environment_of_the_build()
        => Assert.Empty(WorkerEnvironment.Variables(isWindows: false));
}
