namespace FineTune.Runtime.Packaging;

/// <summary>The files of a model in a folder.</summary>
internal sealed class FolderModelFiles(string directory) : ModelFiles(directory)
{
    /// <inheritdoc/>
    internal override Stream? Open(string name, out long length)
    {
        var file = new FileInfo(PathOf(name)!);
        length = file.Exists ? file.Length : 0;
        return file.Exists ? file.OpenRead() : null;
    }

    /// <inheritdoc/>
    internal override string? PathOf(string name) => Path.Combine(DisplayName, name.Replace('/', Path.DirectorySeparatorChar));

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
