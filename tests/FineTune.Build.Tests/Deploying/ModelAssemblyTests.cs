using System.Runtime.Loader;
using FineTune.Build.Deploying;

namespace FineTune.Build.Tests.Deploying;

public sealed class ModelAssemblyTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_assembly_holds_the_model_and_a_type_to_refer_to_it_by()
    {
        var (assembly, model) = (new ModelAssembly("my-shop.class", "Sentiment"), Model(100_000));

        assembly.Write(model, directory.File("."));

        var context = new AssemblyLoadContext("test", isCollectible: true);
        var loaded = context.LoadFromAssemblyPath(Path.GetFullPath(assembly.FileIn(directory.File("."))));
        Assert.Equal("my-shop.class.Sentiment.Model", loaded.GetName().Name);
        Assert.Equal("FineTune.Models.my_shop.@class.Sentiment", assembly.TypeName);
        Assert.Equal("FineTune.Models.my_shop.class.Sentiment", Assert.Single(loaded.GetExportedTypes()).FullName);
        using var resource = loaded.GetManifestResourceStream("FineTune.Sentiment.ftmodel")!;
        using var content = new MemoryStream();
        resource.CopyTo(content);
        Assert.Equal(File.ReadAllBytes(model), content.ToArray());
        context.Unload();
    }

    [Fact]
    public void Equal_models_give_equal_bytes_and_the_file_is_written_only_when_the_model_changes()
    {
        var (assembly, model) = (new ModelAssembly("Shop", "Sentiment"), Model(1000));
        var file = assembly.FileIn(directory.File("."));
        assembly.Write(model, directory.File("."));
        var first = File.ReadAllBytes(file);
        var written = new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(file, written);

        assembly.Write(model, directory.File("."));
        var isKept = File.GetLastWriteTimeUtc(file) == written;
        File.SetLastWriteTimeUtc(model, written.AddDays(1));
        assembly.Write(model, directory.File("."));

        Assert.True(isKept);
        Assert.NotEqual(written, File.GetLastWriteTimeUtc(file));
        Assert.Equal(first, File.ReadAllBytes(file));
    }

    private string Model(int bytes)
    {
        var content = new byte[bytes];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(directory.File("Sentiment.ftmodel"), content);
        return directory.File("Sentiment.ftmodel");
    }
}
