namespace FineTune.Training.Tests.Checkpoints;

/// <summary>Finds files of the <c>shared</c> folder that may lie beside the repository.</summary>
internal static class SharedFiles
{
    public static string? Find(string relativePath)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Directory.Packages.props")))
            {
                var path = Path.Combine(directory.Parent?.FullName ?? directory.FullName, "shared", relativePath);
                return File.Exists(path) ? path : null;
            }
        }

        return null;
    }
}
