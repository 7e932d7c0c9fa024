using System.Security;
using FineTune.Core.Diagnostics;
using FineTune.Core.Store;
using FineTune.Training.Native;

namespace FineTune.Tool.Setup;

/// <summary>
/// Brings libtorch onto this machine through NuGet, with the user's own feeds and credentials: a project in the user's cache folder names the package,
/// and <c>dotnet</c> restores it. The CUDA package is a reference that only <c>--cuda</c> switches on; it is never restored by default.
/// </summary>
internal static class LibTorchSetup
{
    private const string CudaOutput = "cuda";

    /// <summary>Restores libtorch and returns its folder.</summary>
    /// <exception cref="FineTuneException">FT3056: there is no .NET SDK; FT3058: the package was not found or not restored.</exception>
    public static string Run(bool cuda, CancellationToken cancellation)
    {
        var directory = Path.Combine(ModelStore.DefaultDirectory, "setup");
        Directory.CreateDirectory(directory);
        var project = Path.Combine(directory, "libtorch.csproj");
        File.WriteAllText(project, ProjectText());
        var cudaDirectory = Path.Combine(NativeLocations.SetupPackagesDirectory, CudaOutput);

        // TorchSharp's CUDA package is split over many packages, which only a build puts together again.
        string[] arguments = cuda
            ? ["build", project, "-p:FineTuneDevice=Cuda", "-r", NativeNames.RuntimeIdentifier, "-o", cudaDirectory, "-v", "q", "--nologo"]
            : ["restore", project, "-v", "q", "--nologo"];
        var (exitCode, output, error) = DotnetHost.Run(directory, arguments, cancellation);
        if (exitCode != 0)
        {
            throw new FineTuneException("FT3058", $"libtorch was not restored: {FirstError(output + "\n" + error)} Check that this machine reaches its package feed ('dotnet nuget list source'); the project is '{project}'.");
        }

        return cuda ? FindCuda(cudaDirectory) : Path.Combine(NativeLocations.SetupPackagesDirectory, NativeLocations.LibTorchPackage, NativeLocations.LibTorchVersion, "runtimes", NativeNames.RuntimeIdentifier, "native");
    }

    /// <summary>A project that has nothing but packages; folders above it have no say in it.</summary>
    internal static string ProjectText() => $"""
        <Project>

          <!-- Written by 'dotnet finetune setup'; every run of it writes this file again. -->
          <PropertyGroup>
            <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
            <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
            <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
          </PropertyGroup>

          <Import Project="Sdk.props" Sdk="Microsoft.NET.Sdk" />

          <PropertyGroup>
            <TargetFramework>net{Environment.Version.Major}.0</TargetFramework>
            <EnableDefaultItems>false</EnableDefaultItems>
            <GenerateAssemblyInfo>false</GenerateAssemblyInfo>
            <RestorePackagesPath>{SecurityElement.Escape(NativeLocations.SetupPackagesDirectory)}</RestorePackagesPath>
          </PropertyGroup>

          <ItemGroup Condition="'$(FineTuneDevice)' != 'Cuda'">
            <PackageDownload Include="{NativeLocations.LibTorchPackage}" Version="[{NativeLocations.LibTorchVersion}]" />
          </ItemGroup>

          <ItemGroup Condition="'$(FineTuneDevice)' == 'Cuda'">
            <PackageReference Include="TorchSharp-cuda-{(OperatingSystem.IsWindows() ? "windows" : "linux")}" Version="[{NativeLocations.TorchSharpVersion}]" />
          </ItemGroup>

          <Import Project="Sdk.targets" Sdk="Microsoft.NET.Sdk" />

        </Project>

        """;

    private static string FindCuda(string directory)
    {
        var file = Directory.EnumerateFiles(directory, NativeNames.TorchCpu, SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new FineTuneException("FT3058", $"The CUDA packages were restored, but '{directory}' holds no {NativeNames.TorchCpu}. Delete that folder and run setup again.");
        return Path.GetDirectoryName(file)!;
    }

    private static string FirstError(string text)
        => text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase)) ?? "dotnet gives no reason.";
}
