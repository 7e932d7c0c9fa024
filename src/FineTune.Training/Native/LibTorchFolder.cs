namespace FineTune.Training.Native;

/// <summary>A place where libtorch may lie.</summary>
/// <param name="Directory">The folder.</param>
/// <param name="FoundBy">Why it is looked at, for people.</param>
/// <param name="Named">Whether the user named it, so that it must be right.</param>
internal sealed record LibTorchFolder(string Directory, string FoundBy, bool Named)
{
    /// <summary>Whether libtorch's main library lies there.</summary>
    public bool HasLibTorch => File.Exists(Path.Combine(Directory, NativeNames.TorchCpu));
}
