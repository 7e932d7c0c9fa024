using Microsoft.Build.Logging.StructuredLogger;

namespace FineTune.EndToEnd.Tests;

/// <summary>What a build did, read from its binary log.</summary>
internal sealed record BuildOutcome(int ExitCode, string Output, Microsoft.Build.Logging.StructuredLogger.Build Log)
{
    public bool Succeeded => ExitCode == 0;

    public IReadOnlyList<Error> Errors => Log.FindChildrenRecursive<Error>();

    public IReadOnlyList<Warning> Warnings => Log.FindChildrenRecursive<Warning>();

    public IEnumerable<string> Messages => Log.FindChildrenRecursive<Message>().Select(message => message.Text);

    /// <summary>The worker processes that were started, by the request that they got: <c>Sentiment.train</c>, <c>Sentiment.labels</c>.</summary>
    public IReadOnlyList<string> Workers => [.. Messages
        .Where(text => text.Contains("dotnet-finetune.dll", StringComparison.Ordinal) && text.Contains(" worker ", StringComparison.Ordinal))
        .Select(text => Path.GetFileNameWithoutExtension(text.Trim().Trim('"')))];

    /// <summary>The models that were trained, as the build's summary lines say.</summary>
    public IReadOnlyList<string> Trained => [.. Messages.Where(text => text.Contains(" (trained in ", StringComparison.Ordinal)).Select(text => text.Split(':')[0])];

    /// <summary>How often the compiler was run.</summary>
    public int CompilerRuns => Log.FindChildrenRecursive<CscTask>().Count;

    /// <summary>How often a task was run.</summary>
    public int Runs(string task) => Log.FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>(found => found.Name == task).Count;

    public void MustSucceed() => Assert.True(Succeeded, Output);

    /// <summary>The only error, which must be of <paramref name="code"/>.</summary>
    public Error OnlyError(string code)
    {
        Assert.False(Succeeded, Output);
        var error = Assert.Single(Errors);
        Assert.Equal(code, error.Code);
        return error;
    }
}
