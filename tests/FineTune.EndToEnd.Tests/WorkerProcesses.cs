using System.Diagnostics;
using System.Globalization;

namespace FineTune.EndToEnd.Tests;

/// <summary>The workers of a project that run just now, found by their command lines in /proc.</summary>
internal static class WorkerProcesses
{
    public static void Kill(TestProject project)
    {
        foreach (var id in Of(project))
        {
            Kill(id);
        }
    }

    public static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It ended by itself.
        }
    }

    public static IReadOnlyList<int> Of(TestProject project)
        => [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _) && IsWorker(name!, project)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))];

    private static bool IsWorker(string id, TestProject project)
    {
        try
        {
            var commandLine = File.ReadAllText($"/proc/{id}/cmdline");
            return commandLine.Contains("\0worker\0", StringComparison.Ordinal) && commandLine.Contains(project.Directory, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The process ended while it was looked at.
            return false;
        }
    }
}
