namespace FineTune.Runtime.Tests;

/// <summary>Finds reference data that lies beside the repository and is not part of it.</summary>
internal static class SharedFiles
{
    internal static string? Find(string relativePath)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", relativePath);
            if (File.Exists(candidate) || Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    internal static string Require(string relativePath)
    {
        var path = Find(relativePath);
        Assert.SkipUnless(path is not null, $"needs shared/{relativePath} beside the repository");
        return path!;
    }
}
