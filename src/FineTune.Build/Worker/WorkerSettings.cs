namespace FineTune.Build.Worker;

/// <summary>How a worker is started.</summary>
/// <param name="DotNetHostPath">The <c>dotnet</c> that runs the build.</param>
/// <param name="WorkerPath">The worker, <c>dotnet-finetune.dll</c>.</param>
/// <param name="ProjectDirectory">Its working directory.</param>
internal sealed record WorkerSettings(string DotNetHostPath, string WorkerPath, string ProjectDirectory);
