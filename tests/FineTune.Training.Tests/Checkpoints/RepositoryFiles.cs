namespace FineTune.Training.Tests.Checkpoints;

/// <summary>Finds files of the repository, and of the <c>shared</c> folder that may lie beside it.</summary>
internal static class RepositoryFiles
{
    private static readonly DirectoryInfo Root = FindRoot();

    public static string Path(string relativePath) => System.IO.Path.Combine(Root.FullName, relativePath);

    /// <summary><see langword="null"/> where the file is absent.</summary>
    public static string? Shared(string relativePath)
    {
        var path = System.IO.Path.Combine(Root.Parent!.FullName, "shared", relativePath);
        return File.Exists(path) ? path : null;
    }

    private static DirectoryInfo FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(directory.FullName, "Directory.Packages.props")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside of the repository.");
        }

        return directory;
    }
}
