namespace FineTune.Core.Tests;

internal static class RepositoryFiles
{
    /// <summary>The absolute path of a file of the repository that the tests were built in.</summary>
    public static string Path(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "FineTune.Build.sln")))
            {
                return System.IO.Path.Combine(folder.FullName, relative);
            }
        }
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
