using System.Diagnostics;
using System.Runtime.InteropServices;
using FineTune.Core.Diagnostics;
using FineTune.Core.Serialization;
using FineTune.Core.Worker;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace FineTune.Build.Worker;

/// <summary>
/// Runs one request in a worker process: <c>dotnet dotnet-finetune.dll worker REQUEST.json</c>. <see cref="ToolTask"/> starts it, reads its output and ends
/// its process tree on cancellation; each line of output is an event for the caller, who alone decides what is logged.
/// </summary>
internal sealed class WorkerTool : ToolTask
{
    private const int KeptOutputLines = 20;

    private readonly WorkerSettings settings;
    private readonly string requestFile;
    private readonly Action<WorkerEvent> report;
    private readonly Queue<string> otherOutput = new();

    /// <summary>Prepares the run of <paramref name="requestFile"/>; events go to <paramref name="report"/>.</summary>
    public WorkerTool(IBuildEngine buildEngine, WorkerSettings settings, string requestFile, Action<WorkerEvent> report)
    {
        BuildEngine = buildEngine;
        this.settings = settings;
        this.requestFile = requestFile;
        this.report = report;
        EnvironmentVariables = [.. WorkerEnvironment.Variables(RuntimeInformation.IsOSPlatform(OSPlatform.Windows))];
        LogStandardErrorAsError = false;
    }

    /// <summary>The last lines that were no events: what a crash leaves behind.</summary>
    public string OtherOutput => string.Join(Environment.NewLine, otherOutput);

    /// <inheritdoc/>
    protected override string ToolName => "dotnet";

    /// <inheritdoc/>
    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.Low;

    /// <inheritdoc/>
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.Low;

    /// <inheritdoc/>
    protected override string GenerateFullPathToTool() => settings.DotNetHostPath;

    /// <inheritdoc/>
    protected override string GetWorkingDirectory() => settings.ProjectDirectory;

    /// <inheritdoc/>
    protected override string GenerateCommandLineCommands()
    {
        var commandLine = new CommandLineBuilder();
        commandLine.AppendFileNameIfNotNull(settings.WorkerPath);
        commandLine.AppendSwitch("worker");
        commandLine.AppendFileNameIfNotNull(requestFile);
        return commandLine.ToString();
    }

    /// <inheritdoc/>
    protected override ProcessStartInfo GetProcessStartInfo(string pathToTool, string commandLineCommands, string responseFileSwitch)
    {
        var startInfo = base.GetProcessStartInfo(pathToTool, commandLineCommands, responseFileSwitch);
        // The worker stops when its standard input ends. With a pipe that happens when this process dies, however it dies; with an inherited
        // input it would happen at once in a build that has none.
        startInfo.RedirectStandardInput = true;
        return startInfo;
    }

    /// <inheritdoc/>
    protected override void LogToolCommand(string message) => Log.LogMessage(MessageImportance.Low, message);

    /// <inheritdoc/>
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        if (TryReadEvent(singleLine) is { } workerEvent)
        {
            report(workerEvent);
            return;
        }

        Log.LogMessage(MessageImportance.Low, singleLine);
        otherOutput.Enqueue(singleLine);
        if (otherOutput.Count > KeptOutputLines)
        {
            otherOutput.Dequeue();
        }
    }

    /// <summary>The caller knows what the worker reported, and logs the error.</summary>
    protected override bool HandleTaskExecutionErrors() => false;

    private static WorkerEvent? TryReadEvent(string line)
    {
        if (!line.StartsWith("{", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return CoreJson.ReadEvent(line);
        }
        catch (FineTuneException)
        {
            return null;
        }
    }
}
