using System.Collections;
using Microsoft.Build.Framework;

namespace FineTune.Build.Tests;

/// <summary>Stands for MSBuild and remembers what a task logged and which projects it built.</summary>
internal class RecordingBuildEngine : IBuildEngine4
{
    public List<BuildErrorEventArgs> Errors { get; } = [];

    public List<BuildWarningEventArgs> Warnings { get; } = [];

    public List<BuildMessageEventArgs> Messages { get; } = [];

    public List<(string Project, string[] Targets, IDictionary Properties)> BuiltProjects { get; } = [];

    /// <summary>Is called with each message, on the task's thread.</summary>
    public Action<BuildMessageEventArgs> OnMessage { get; set; } = _ => { };

    /// <summary>What building a project does; the result is whether it succeeds.</summary>
    public Func<IDictionary, bool> BuildProject { get; set; } = _ => true;

    public Dictionary<object, object> RegisteredObjects { get; } = [];

    public bool IsRunningMultipleNodes => false;

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "app.csproj";

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs)
    {
        BuiltProjects.Add((projectFileName, targetNames, globalProperties));
        return BuildProject(globalProperties);
    }

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties, IDictionary targetOutputs, string toolsVersion)
        => BuildProjectFile(projectFileName, targetNames, globalProperties, targetOutputs);

    public bool BuildProjectFilesInParallel(string[] projectFileNames, string[] targetNames, IDictionary[] globalProperties, IDictionary[] targetOutputsPerProject, string[] toolsVersion, bool useResultsCache, bool unloadProjectsOnCompletion)
        => throw new NotSupportedException();

    public BuildEngineResult BuildProjectFilesInParallel(string[] projectFileNames, string[] targetNames, IDictionary[] globalProperties, IList<string>[] removeGlobalProperties, string[] toolsVersion, bool returnTargetOutputs)
        => throw new NotSupportedException();

    public void Yield()
    {
    }

    public void Reacquire()
    {
    }

    public void RegisterTaskObject(object key, object obj, RegisteredTaskObjectLifetime lifetime, bool allowEarlyCollection) => RegisteredObjects[key] = obj;

    public object? GetRegisteredTaskObject(object key, RegisteredTaskObjectLifetime lifetime) => RegisteredObjects.GetValueOrDefault(key);

    public object? UnregisterTaskObject(object key, RegisteredTaskObjectLifetime lifetime)
    {
        RegisteredObjects.Remove(key, out var removed);
        return removed;
    }

    public void LogCustomEvent(CustomBuildEventArgs e)
    {
    }

    public void LogErrorEvent(BuildErrorEventArgs e) => Errors.Add(e);

    public void LogMessageEvent(BuildMessageEventArgs e)
    {
        Messages.Add(e);
        OnMessage(e);
    }

    public void LogWarningEvent(BuildWarningEventArgs e) => Warnings.Add(e);
}
