namespace FineTune.Build.Native;

/// <summary>The NuGet package that carries libtorch for the build machine.</summary>
/// <param name="Id">Package id, such as <c>libtorch-cpu-linux-x64</c>.</param>
/// <param name="Version">The exact version.</param>
/// <param name="RuntimeIdentifier">The platform, as in the package's <c>runtimes</c> folder.</param>
internal sealed record LibTorchPackage(string Id, string Version, string RuntimeIdentifier)
{
    /// <summary>The folder with the native files in the first of <paramref name="packageFolders"/> that has the package; <see langword="null"/> if none has.</summary>
    public string? FindIn(IEnumerable<string> packageFolders)
        => packageFolders
            .Select(folder => Path.Combine(folder, Id.ToLowerInvariant(), Version, "runtimes", RuntimeIdentifier, "native"))
            .FirstOrDefault(Directory.Exists);
}
