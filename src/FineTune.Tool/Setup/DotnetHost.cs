using System.ComponentModel;
using System.Diagnostics;
using FineTune.Core.Diagnostics;

namespace FineTune.Tool.Setup;

/// <summary>Runs the .NET SDK's command line.</summary>
internal static class DotnetHost
{
    /// <summary>Runs <c>dotnet</c> and waits for it.</summary>
    /// <exception cref="FineTuneException">FT3056: there is no .NET SDK on the path.</exception>
    public static (int ExitCode, string Output, string Error) Run(string directory, IReadOnlyList<string> arguments, CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet")
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_UI_LANGUAGE"] = "en", ["MSBUILDDISABLENODEREUSE"] = "1" },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            using var stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            return (process.ExitCode, output, error.GetAwaiter().GetResult());
        }
        catch (Win32Exception exception)
        {
            throw new FineTuneException("FT3056", $"'{start.FileName}' cannot be started: {exception.Message}. This command needs the .NET SDK; install it, or add it to PATH.", innerException: exception);
        }
    }
}
