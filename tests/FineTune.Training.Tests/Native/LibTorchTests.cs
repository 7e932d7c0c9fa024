using FineTune.Core.Diagnostics;
using FineTune.Training.Native;

namespace FineTune.Training.Tests.Native;

public sealed class LibTorchTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-native-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_restored_package_loads_and_says_what_it_is()
    {
        var installation = LibTorch.Load();

        Assert.Equal("2.10", installation.Version.ToString(2));
        Assert.True(File.Exists(Path.Combine(installation.Directory, NativeNames.TorchCpu)));
        Assert.True(installation.Threads > 0);
        Assert.NotEmpty(installation.CpuCapability);
    }

    [Fact]
    public void Nothing_is_copied_beside_the_program()
    {
        LibTorch.Load();

        Assert.Empty(Directory.EnumerateFiles(AppContext.BaseDirectory, NativeNames.TorchCpu, SearchOption.AllDirectories));
    }

    [Fact]
    public void A_named_folder_without_libtorch_is_an_error_that_names_it()
    {
        var exception = Assert.Throws<FineTuneException>(() => LibTorch.Find(folder));

        Assert.Equal("FT3001", exception.Code);
        Assert.Contains(folder, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_libtorch_in_one_process_is_refused()
    {
        LibTorch.Load();

        Assert.Equal("FT3004", Assert.Throws<FineTuneException>(() => LibTorch.Load(folder)).Code);
    }

    [Fact]
    public void Marking_a_version_weak_changes_two_bytes_and_only_where_it_is_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "ELF libraries are Linux's");
        var original = File.ReadAllBytes(NativeLocations.BindingFiles().First(File.Exists));
        byte[] changed = [.. original];

        Assert.False(ElfVersionRequirement.MakeWeak(changed, "GLIBCXX_9.9.9"));
        Assert.Equal(original, changed);
        Assert.True(ElfVersionRequirement.MakeWeak(changed, "GLIBCXX_3.4.32"));
        Assert.InRange(original.Zip(changed).Count(pair => pair.First != pair.Second), 1, 2);
    }

    [Fact]
    public void A_file_that_is_no_library_is_refused()
    {
        Assert.Throws<InvalidDataException>(() => ElfVersionRequirement.MakeWeak(new byte[100], "GLIBCXX_3.4.32"));
        byte[] broken = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, .. Enumerable.Repeat((byte)0xff, 100)];
        Assert.Throws<InvalidDataException>(() => ElfVersionRequirement.MakeWeak(broken, "GLIBCXX_3.4.32"));
    }
}
