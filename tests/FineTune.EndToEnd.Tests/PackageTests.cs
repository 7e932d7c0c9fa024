using System.IO.Compression;

namespace FineTune.EndToEnd.Tests;

public sealed class PackageTests(PackedFeed feed)
{
    [Fact]
    public void The_build_package_holds_exactly_these_files() => Assert.Equal(
        [
            "FineTune.Build.nuspec",
            "Sdk/Sdk.props",
            "Sdk/Sdk.targets",
            "build/FineTune.Build.BaseModel.proj",
            "build/FineTune.Build.FineTuneModel.xaml",
            "build/FineTune.Build.LibTorch.proj",
            "build/FineTune.Build.Versions.props",
            "build/FineTune.Build.props",
            "build/FineTune.Build.targets",
            "buildMultiTargeting/FineTune.Build.props",
            "buildMultiTargeting/FineTune.Build.targets",
            "buildTransitive/FineTune.Build.props",
            "buildTransitive/FineTune.Build.targets",
            "tasks/netstandard2.0/FineTune.Build.dll",
            "tasks/netstandard2.0/FineTune.Core.dll",
            "tasks/netstandard2.0/Microsoft.Bcl.AsyncInterfaces.dll",
            "tasks/netstandard2.0/NuGet.Versioning.dll",
            "tasks/netstandard2.0/System.Buffers.dll",
            "tasks/netstandard2.0/System.IO.Pipelines.dll",
            "tasks/netstandard2.0/System.Memory.dll",
            "tasks/netstandard2.0/System.Numerics.Vectors.dll",
            "tasks/netstandard2.0/System.Runtime.CompilerServices.Unsafe.dll",
            "tasks/netstandard2.0/System.Text.Encodings.Web.dll",
            "tasks/netstandard2.0/System.Text.Json.dll",
            "tasks/netstandard2.0/System.Threading.Tasks.Extensions.dll",
            "tools/FineTune.Core.dll",
            "tools/FineTune.Runtime.dll",
            "tools/FineTune.Training.dll",
            "tools/Google.Protobuf.dll",
            "tools/ICSharpCode.SharpZipLib.dll",
            "tools/Microsoft.Bcl.AsyncInterfaces.dll",
            "tools/Microsoft.ML.Core.dll",
            "tools/Microsoft.ML.CpuMath.dll",
            "tools/Microsoft.ML.Data.dll",
            "tools/Microsoft.ML.DataView.dll",
            "tools/Microsoft.ML.KMeansClustering.dll",
            "tools/Microsoft.ML.OnnxRuntime.dll",
            "tools/Microsoft.ML.PCA.dll",
            "tools/Microsoft.ML.StandardTrainers.dll",
            "tools/Microsoft.ML.Transforms.dll",
            "tools/Newtonsoft.Json.dll",
            "tools/NuGet.Common.dll",
            "tools/NuGet.Configuration.dll",
            "tools/NuGet.Frameworks.dll",
            "tools/NuGet.Versioning.dll",
            "tools/SkiaSharp.dll",
            "tools/Spectre.Console.Ansi.dll",
            "tools/Spectre.Console.dll",
            "tools/Sylvan.Data.Csv.dll",
            "tools/System.CodeDom.dll",
            "tools/System.CommandLine.dll",
            "tools/System.Numerics.Tensors.dll",
            "tools/System.Security.Cryptography.ProtectedData.dll",
            "tools/TorchSharp.dll",
            "tools/dotnet-finetune.deps.json",
            "tools/dotnet-finetune.dll",
            "tools/dotnet-finetune.runtimeconfig.json",
            "tools/models/tiny/config.json",
            "tools/models/tiny/model.safetensors",
            "tools/models/tiny/tokenizer_config.json",
            "tools/models/tiny/vocab.txt",
            "tools/runtimes/linux-arm64/native/libonnxruntime.so",
            "tools/runtimes/linux-arm64/native/libonnxruntime_providers_shared.so",
            "tools/runtimes/linux-x64/native/libLibTorchSharp.so",
            "tools/runtimes/linux-x64/native/libonnxruntime.so",
            "tools/runtimes/linux-x64/native/libonnxruntime_providers_shared.so",
            "tools/runtimes/osx-arm64/native/libLibTorchSharp.dylib",
            "tools/runtimes/osx-arm64/native/libonnxruntime.dylib",
            "tools/runtimes/win-x64/native/LibTorchSharp.dll",
            "tools/runtimes/win-x64/native/onnxruntime.dll",
            "tools/runtimes/win-x64/native/onnxruntime_providers_shared.dll",
        ],
        FilesOf("FineTune.Build"));

    [Fact]
    public async Task A_runtime_of_another_major_version_is_an_error_before_the_compiler_runs()
    {
        var project = await TestProject.Create(feed, isTrained: true);
        var other = Path.Combine(feed.NewFolder("other"), "FineTune.Runtime.9.0.0.nupkg");
        File.Copy(Path.Combine(feed.Feed, $"FineTune.Runtime.{PackedFeed.Version}.nupkg"), other);
        using (var package = ZipFile.Open(other, ZipArchiveMode.Update))
        {
            var nuspec = package.GetEntry("FineTune.Runtime.nuspec")!;
            string text;
            using (var reader = new StreamReader(nuspec.Open()))
            {
                text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            }

            nuspec.Delete();
            await using var writer = new StreamWriter(package.CreateEntry("FineTune.Runtime.nuspec").Open());
            await writer.WriteAsync(text.Replace($"<version>{PackedFeed.Version}</version>", "<version>9.0.0</version>", StringComparison.Ordinal));
        }

        project.WriteProject(items: """<PackageReference Update="FineTune.Runtime" Version="9.0.0" />""", properties: $"<TargetFramework>net10.0</TargetFramework><RestoreAdditionalProjectSources>{Path.GetDirectoryName(other)}</RestoreAdditionalProjectSources>");

        var outcome = await project.Build();

        Assert.Contains("FineTune.Runtime 9.0.0 is too new for FineTune.Build", outcome.OnlyError("FT6111").Text, StringComparison.Ordinal);
        Assert.Equal(0, outcome.CompilerRuns);
    }

    [Theory]
    [InlineData("FineTune.Core")]
    [InlineData("FineTune.Runtime")]
    public void A_library_package_holds_an_assembly_and_its_documentation_for_each_framework(string package) => Assert.Equal(
        [
            $"{package}.nuspec",
            $"lib/net10.0/{package}.dll",
            $"lib/net10.0/{package}.xml",
            $"lib/netstandard2.0/{package}.dll",
            $"lib/netstandard2.0/{package}.xml",
        ],
        FilesOf(package));

    [Fact]
    public void The_tool_package_holds_the_worker_with_its_symbols_and_documentation_and_nothing_else()
    {
        const string folder = "tools/net10.0/any/";
        string[] own = ["FineTune.Core", "FineTune.Runtime", "FineTune.Training", "dotnet-finetune"];
        var worker = FilesOf("FineTune.Build").Where(file => file.StartsWith("tools/", StringComparison.Ordinal)).Select(file => folder + file["tools/".Length..]);

        var expected = worker.Concat(own.SelectMany(name => new[] { $"{folder}{name}.pdb", $"{folder}{name}.xml" })).Concat([$"{folder}DotnetToolSettings.xml", "FineTune.Tool.nuspec"]);

        Assert.Equal(expected.Order(StringComparer.Ordinal), FilesOf("FineTune.Tool"));
    }

    [Fact]
    public void The_tool_package_has_natives_for_the_platforms_that_train_only()
        => Assert.Equal(["linux-arm64", "linux-x64", "osx-arm64", "win-x64"], FilesOf("FineTune.Tool").Where(file => file.Contains("/runtimes/", StringComparison.Ordinal)).Select(file => file.Split('/')[4]).Distinct());

    [Fact]
    public void The_build_package_depends_on_the_runtime_and_on_nothing_else()
    {
        using var package = Open("FineTune.Build");
        using var reader = new StreamReader(package.GetEntry("FineTune.Build.nuspec")!.Open());
        var dependencies = System.Xml.Linq.XDocument.Load(reader).Descendants().Where(element => element.Name.LocalName == "dependency");

        Assert.Equal("FineTune.Runtime", Assert.Single(dependencies).Attribute("id")!.Value);
    }

    private List<string> FilesOf(string package)
    {
        using var archive = Open(package);
        return [.. archive.Entries.Select(entry => entry.FullName)
            .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name != "[Content_Types].xml")
            .Order(StringComparer.Ordinal)];
    }

    private ZipArchive Open(string package) => ZipFile.OpenRead(Path.Combine(feed.Feed, $"{package}.{PackedFeed.Version}.nupkg"));
}
