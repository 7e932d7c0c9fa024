namespace FineTune.Tool.Commands;

/// <summary>A folder that is deleted with everything in it.</summary>
internal sealed record TemporaryFolder(string Path) : IDisposable
{
    public static TemporaryFolder Create() => new(Directory.CreateTempSubdirectory("finetune-").FullName);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
