using FineTune.Build.Files;

namespace FineTune.Build.Tests.Files;

public sealed class FileUpdateTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Text_is_written_once_and_replaced_when_it_differs()
    {
        var path = directory.File("new/folder/file.cs");

        Assert.True(FileUpdate.WriteText(path, "one"));
        Assert.False(FileUpdate.WriteText(path, "one"));
        Assert.True(FileUpdate.WriteText(path, "two"));

        Assert.Equal("two", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_copy_is_newer_than_what_was_compiled_before()
    {
        var source = directory.Write("source", "content");
        File.SetLastWriteTimeUtc(source, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var compiled = directory.Write("app.dll", string.Empty);

        FileUpdate.Copy(source, directory.File("copy"));

        Assert.Equal("content", File.ReadAllText(directory.File("copy")));
        Assert.True(File.GetLastWriteTimeUtc(directory.File("copy")) >= File.GetLastWriteTimeUtc(compiled));
    }
}
