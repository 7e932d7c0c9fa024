using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Tasks;

namespace FineTune.Training.Tests.Pipeline;

public sealed class TrainingTasksTests
{
    [Fact]
    public void A_task_that_cannot_be_trained_is_named_before_any_data_are_read()
    {
        var plan = new TrainingPlan { Name = "Domain", Task = FineTuneTask.MaskedLanguageModeling, Origin = new SourceLocation("app.csproj", 5, 7) };

        var exception = Assert.Throws<FineTuneException>(() => TrainingTasks.Read(plan, _ => { }));

        Assert.Equal("FT0019", exception.Code);
        Assert.Contains("MaskedLanguageModeling", exception.Message, StringComparison.Ordinal);
        Assert.Equal("app.csproj", exception.Diagnostics[0].Location?.File);
    }
}
