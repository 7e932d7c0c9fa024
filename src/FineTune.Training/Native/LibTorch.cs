using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using FineTune.Core.Diagnostics;
using TorchSharp;

namespace FineTune.Training.Native;

/// <summary>
/// Finds libtorch and loads it by full path before TorchSharp is touched. TorchSharp would otherwise search by itself, report a missing package
/// where a library merely does not load, and copy hundreds of megabytes into the application's folder.
/// </summary>
internal static unsafe class LibTorch
{
    /// <summary>The version that TorchSharp's binding asks of the C++ library and that Debian 12, Ubuntu 22.04 and RHEL 9 lack.</summary>
    private const string NewCppLibrary = "GLIBCXX_3.4.32";

    private const string WaysOut = "Run `dotnet finetune setup`, or set FINETUNE_LIBTORCH to a libtorch " + NativeLocations.LibTorchVersion
        + " folder, or add `<PackageDownload Include=\"libtorch-cpu-…\" Version=\"[" + NativeLocations.LibTorchVersion + "]\" />` for this platform to a project and restore it.";

    private static readonly Lock Gate = new();
    private static LibTorchInstallation? loaded;
    private static nint library;

    /// <summary>Loads libtorch, once per process.</summary>
    /// <param name="directory">The libtorch folder; <see langword="null"/> to look in the known places.</param>
    /// <exception cref="FineTuneException">FT3001: not found; FT3002: does not load; FT3003: another release; FT3004: a second libtorch would be loaded.</exception>
    public static LibTorchInstallation Load(string? directory = null)
    {
        lock (Gate)
        {
            if (loaded is null)
            {
                loaded = LoadFirst(Find(directory));
            }
            else if (!string.IsNullOrEmpty(directory) && !SameFolder(directory, loaded.Directory))
            {
                throw new FineTuneException("FT3004", $"This process already uses libtorch of '{loaded.Directory}' and cannot load a second one from '{directory}'. Start a new process, or name one folder only.");
            }

            return loaded with { Threads = torch.get_num_threads() };
        }
    }

    /// <summary>Chooses the folder without loading anything.</summary>
    /// <exception cref="FineTuneException">FT3001: no libtorch in any known place; FT3004: another copy would come along.</exception>
    public static LibTorchFolder Find(string? directory = null)
    {
        var folders = NativeLocations.LibTorchFolders(directory);
        var found = folders.FirstOrDefault(folder => folder.HasLibTorch);
        if (found is null)
        {
            var searched = string.Join("', '", folders.Select(folder => folder.Directory));
            throw new FineTuneException("FT3001", folders[0].Named
                ? $"'{folders[0].Directory}' ({folders[0].FoundBy}) holds no {NativeNames.TorchCpu}. Name the folder of libtorch {NativeLocations.LibTorchVersion} that holds this file, or name none to search the known places."
                : $"libtorch is not on this machine; training needs it. Searched: '{searched}'. {WaysOut}");
        }

        // .NET looks beside the program first, so a second copy there would be loaded too, and two copies abort the process.
        var beside = NativeLocations.ApplicationFolders().FirstOrDefault(folder => File.Exists(Path.Combine(folder, NativeNames.TorchCpu)));
        return beside is null || SameFolder(beside, found.Directory)
            ? found
            : throw new FineTuneException("FT3004", $"Two copies of libtorch would be loaded: '{found.Directory}' ({found.FoundBy}) and the one beside the program, '{beside}'. Remove one of them.");
    }

    /// <summary>The address of a function of libtorch, which is loaded; 0 where it has none of this name.</summary>
    public static nint Export(string name)
    {
        lock (Gate)
        {
            return NativeLibrary.TryGetExport(library, name, out var function) ? function : 0;
        }
    }

    private static LibTorchInstallation LoadFirst(LibTorchFolder folder)
    {
        Allocator.KeepFreedMemory();
        var isMklFreed = ProductKernels.Free();
        LoadLibrary(Path.Combine(folder.Directory, NativeNames.C10));
        var torchCpu = LoadLibrary(Path.Combine(folder.Directory, NativeNames.TorchCpu));
        var version = ReadVersion(torchCpu, folder);
        library = torchCpu;
        LoadLibrary(Path.Combine(folder.Directory, NativeNames.Torch));
        var (bindingFile, isCopy) = LoadBinding();
        return new LibTorchInstallation
        {
            Version = version,
            Directory = folder.Directory,
            FoundBy = folder.FoundBy,
            BindingFile = bindingFile,
            UsesCompatibilityCopy = isCopy,
            CpuCapability = CpuCapability(),
            MklUsesAvx512 = isMklFreed,
            Threads = torch.get_num_threads(),
        };
    }

    private static nint LoadLibrary(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new FineTuneException("FT3002", $"'{path}' does not load: {FirstLine(exception.Message)} The file is damaged, made for another platform, or misses a system library. {WaysOut}", innerException: exception);
        }
    }

    /// <summary>Asks libtorch itself: <c>aoti_torch_abi_version</c> of its stable C interface holds major, minor and patch in the upper three bytes.</summary>
    private static Version ReadVersion(nint torchCpu, LibTorchFolder folder)
    {
        var expected = Version.Parse(NativeLocations.LibTorchVersion);
        var version = NativeLibrary.TryGetExport(torchCpu, "aoti_torch_abi_version", out var function)
            ? FromBits(((delegate* unmanaged<ulong>)function)())
            : new Version(0, 0);
        return version.Major == expected.Major && version.Minor == expected.Minor
            ? version
            : throw new FineTuneException("FT3003", $"libtorch in '{folder.Directory}' ({folder.FoundBy}) is {(version.Major == 0 ? "an older release" : $"release {version}")}; this version of FineTune needs {NativeLocations.LibTorchVersion}. {WaysOut}");
    }

    private static Version FromBits(ulong bits) => new((int)(bits >> 56), (int)(bits >> 48 & 0xff), (int)(bits >> 40 & 0xff));

    private static (string File, bool IsCopy) LoadBinding()
    {
        var files = NativeLocations.BindingFiles();
        var file = files.FirstOrDefault(File.Exists)
            ?? throw new FineTuneException("FT3001", $"{NativeNames.Binding}, which connects TorchSharp with libtorch, was not found. Searched: '{string.Join("', '", files)}'. Reinstall the tool, or restore the project's packages.");
        try
        {
            NativeLibrary.Load(file);
            return (file, false);
        }
        catch (DllNotFoundException exception) when (OperatingSystem.IsLinux() && exception.Message.Contains(NewCppLibrary, StringComparison.Ordinal))
        {
            var copy = CompatibilityCopy(file);
            LoadLibrary(copy);
            return (copy, true);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new FineTuneException("FT3002", $"'{file}' does not load: {FirstLine(exception.Message)} The file is damaged, made for another platform, or misses a system library.", innerException: exception);
        }
    }

    /// <summary>
    /// A copy that asks for <see cref="NewCppLibrary"/> weakly. The only symbol behind that version is a marker for linkers that no code refers to,
    /// so everything works with the system's older C++ library. The name holds the original's hash: another original makes another copy.
    /// </summary>
    internal static string CompatibilityCopy(string original)
    {
        var image = File.ReadAllBytes(original);
        var hash = Convert.ToHexStringLower(SHA256.HashData(image))[..16];
        var directory = Path.Combine(NativeLocations.CompatibilityDirectory, $"torchsharp-{NativeLocations.TorchSharpVersion}-{hash}");
        var copy = Path.Combine(directory, NativeNames.Binding);
        if (!ElfVersionRequirement.MakeWeak(image, NewCppLibrary))
        {
            throw new InvalidDataException($"'{original}' does not ask for {NewCppLibrary}.");
        }

        if (File.Exists(copy) && File.ReadAllBytes(copy).AsSpan().SequenceEqual(image))
        {
            return copy;
        }

        try
        {
            Directory.CreateDirectory(directory);
            var temporary = Path.Combine(directory, $"{Guid.NewGuid():N}.tmp");
            File.WriteAllBytes(temporary, image);
            File.Move(temporary, copy, overwrite: true);
            return copy;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException("FT3005", $"This system's C++ library is older than TorchSharp's binding expects, and the copy that works with it cannot be written to '{directory}': {exception.Message} Make the folder writable, or set FINETUNE_CACHE_DIRECTORY to one that is.", innerException: exception);
        }
    }

    /// <summary>libtorch's own choice of kernels (<c>at::get_cpu_capability</c>), by the same rules.</summary>
    private static string CpuCapability()
    {
        if (Environment.GetEnvironmentVariable("ATEN_CPU_CAPABILITY") is { Length: > 0 } chosen)
        {
            return chosen.ToUpperInvariant();
        }

        return Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Fma.IsSupported ? "AVX512"
            : Avx2.IsSupported && Fma.IsSupported ? "AVX2"
            : AdvSimd.IsSupported ? "NEON"
            : "DEFAULT";
    }

    private static bool SameFolder(string left, string right)
        => string.Equals(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(left)),
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(right)),
            OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    private static string FirstLine(string message)
    {
        var line = message.Split('\n').Select(part => part.Trim()).FirstOrDefault(part => part.Length > 0) ?? message;
        return line.EndsWith('.') ? line : line + ".";
    }
}
