using FineTune.Core.Store;

namespace FineTune.Training.Native;

/// <summary>Where native libraries are looked for.</summary>
internal static class NativeLocations
{
    /// <summary>The environment variable that names a libtorch folder.</summary>
    public const string LibTorchVariable = "FINETUNE_LIBTORCH";

    /// <summary>The libtorch release that the bundled TorchSharp binding is made for.</summary>
    public const string LibTorchVersion = "2.10.0";

    /// <summary>The TorchSharp release that this assembly uses.</summary>
    public const string TorchSharpVersion = "0.107.0";

    /// <summary>The packages folder that <c>dotnet finetune setup</c> restores libtorch into.</summary>
    public static string SetupPackagesDirectory => Path.Combine(ModelStore.DefaultDirectory, "libtorch-packages");

    /// <summary>The folder for private copies of native libraries.</summary>
    public static string CompatibilityDirectory => Path.Combine(ModelStore.DefaultDirectory, "native");

    /// <summary>The NuGet package with libtorch for this platform.</summary>
    public static string LibTorchPackage => $"libtorch-cpu-{NativeNames.RuntimeIdentifier}";

    /// <summary>The places to look at, best first. When the user named a folder, that is the only one.</summary>
    /// <param name="directory">A folder that the user named on the command line or in the project; <see langword="null"/> for none.</param>
    public static IReadOnlyList<LibTorchFolder> LibTorchFolders(string? directory)
    {
        if (!string.IsNullOrEmpty(directory))
        {
            return [new(Path.GetFullPath(directory), "named folder", Named: true)];
        }

        if (Environment.GetEnvironmentVariable(LibTorchVariable) is { Length: > 0 } variable)
        {
            return [new(Path.GetFullPath(variable), LibTorchVariable, Named: true)];
        }

        return
        [
            .. ApplicationFolders().Select(folder => new LibTorchFolder(folder, "application folder", Named: false)),
            new(InPackages(PackagesDirectory, LibTorchPackage, LibTorchVersion), "packages folder", Named: false),
            new(InPackages(SetupPackagesDirectory, LibTorchPackage, LibTorchVersion), "dotnet finetune setup", Named: false),
        ];
    }

    /// <summary>The files that may be TorchSharp's binding, best first.</summary>
    public static IReadOnlyList<string> BindingFiles()
        =>
        [
            .. ApplicationFolders().Select(folder => Path.Combine(folder, NativeNames.Binding)),
            Path.Combine(InPackages(PackagesDirectory, "torchsharp", TorchSharpVersion), NativeNames.Binding),
            Path.Combine(InPackages(SetupPackagesDirectory, "torchsharp", TorchSharpVersion), NativeNames.Binding),
        ];

    /// <summary>The folders beside the program from which .NET itself loads native libraries.</summary>
    public static IReadOnlyList<string> ApplicationFolders()
        => [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", NativeNames.RuntimeIdentifier, "native")];

    private static string PackagesDirectory
        => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } packages
            ? packages
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static string InPackages(string packages, string package, string version)
        => Path.Combine(packages, package, version, "runtimes", NativeNames.RuntimeIdentifier, "native");
}
