using FineTune.Build.Native;

namespace FineTune.Build.Tests.Native;

public sealed class LibTorchPackageTests : IDisposable
{
    private static readonly LibTorchPackage Package = new("libtorch-cpu-linux-x64", "2.10.0", "linux-x64");

    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void The_first_folder_that_has_the_package_is_taken()
    {
        var native = directory.File("fallback/libtorch-cpu-linux-x64/2.10.0/runtimes/linux-x64/native");
        Directory.CreateDirectory(native);

        Assert.Equal(native, Package.FindIn([directory.File("packages"), directory.File("fallback")]));
    }

    [Fact]
    public void Another_version_does_not_count()
    {
        Directory.CreateDirectory(directory.File("packages/libtorch-cpu-linux-x64/2.9.0/runtimes/linux-x64/native"));

        Assert.Null(Package.FindIn([directory.File("packages")]));
    }
}
