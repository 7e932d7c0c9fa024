using FineTune.Core.Diagnostics;
using FineTune.Core.Packages;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Packages;

public sealed class InstalledPackagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_the_restore_chose_is_taken_whatever_else_lies_in_the_folder()
    {
        Install("1.0.0", "1.2.0", "1.5.0");
        WriteAssets("Contoso.Sst/1.2.0");

        Assert.Equal("1.2.0", Find("package:contoso.sst/[1.0,2.0)")!.Version.ToString());
        Assert.Equal(_folder.At("packages", "contoso.sst", "1.2.0"), Find("package:contoso.sst")!.Directory);
    }

    [Fact]
    public void One_exact_version_needs_no_restore()
    {
        Install("1.0.0", "1.2.0");

        Assert.Equal("1.0.0", Find("package:Contoso.Sst/[1.0]")!.Version.ToNormalizedString());
        Assert.Null(Find("package:Contoso.Sst/[1.1]"));
        Assert.Null(Find("package:Contoso.Sst/1.0"));
    }

    [Fact]
    public void Another_version_than_the_restored_one_is_an_error_that_names_both()
    {
        Install("1.0.0");
        WriteAssets("Contoso.Sst/1.0.0");

        var exception = Assert.Throws<FineTuneException>(() => Find("package:Contoso.Sst/[1.2,2.0)"));

        Assert.Equal("FT2004", exception.Code);
        Assert.Contains("restored with Contoso.Sst 1.0.0, but this model asks for Contoso.Sst [1.2,2.0)", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_build_restored_is_taken_for_its_own_range_only()
    {
        Install("1.2.0", "1.3.0");
        var range = BaseModelPackage.Parse("package:Contoso.Sst/[1.0,2.0)");
        WriteAssets("Contoso.Sst/1.2.0", Path.Combine(Path.GetRelativePath(_folder.Path, InstalledPackages.BuildRestore(_folder.At("obj"), range)), "project.assets.json"));

        Assert.Equal("1.2.0", Find("package:contoso.sst/[1.0,2.0)")!.Version.ToString());
        Assert.Null(Find("package:contoso.sst/1.*"));
    }

    [Fact]
    public void A_restored_package_whose_files_are_gone_is_not_there()
    {
        WriteAssets("Contoso.Sst/1.0.0");

        Assert.Null(Find("package:Contoso.Sst"));
    }

    [Theory]
    [InlineData("package:Contoso.Sst", "1.5.0")]
    [InlineData("package:Contoso.Sst/1.*", "1.5.0")]
    [InlineData("package:Contoso.Sst/[1.1,2.0)", "1.2.0")]
    [InlineData("package:Contoso.Sst/[3.0,4.0)", null)]
    [InlineData("package:Contoso.Other", null)]
    public void Without_a_restore_the_best_of_what_is_there_is_the_one_that_NuGet_prefers(string name, string? version)
    {
        Install("1.0.0", "1.2.0", "1.5.0", "2.0.0-beta.1");
        _folder.Write("packages/contoso.sst/1.9.0/model/config.json", "{}");

        Assert.Equal(version, Installed().FindBest(BaseModelPackage.Parse(name))?.Version.ToString());
    }

    [Theory]
    [InlineData("model", "model/config.json", "model/1_Pooling/config.json")]
    [InlineData("bert", "bert/config.json")]
    [InlineData("", "config.json", "data/other.json")]
    public void The_model_is_the_folder_model_or_the_only_one_with_a_configuration(string expected, params string[] files)
    {
        Install("1.0.0");
        Write(files);

        Assert.Equal(Path.Combine(_folder.At("packages", "contoso.sst", "1.0.0"), expected).TrimEnd('/'), Find("package:Contoso.Sst/[1.0]")!.FindModel());
    }

    [Theory]
    [InlineData("none of its folders has a config.json", "weights/model.safetensors")]
    [InlineData("several folders with a config.json: the top, large/v1", "config.json", "large/v1/config.json")]
    public void A_package_with_no_model_or_with_several_is_an_error(string message, params string[] files)
    {
        Install("1.0.0");
        Write(files);

        var exception = Assert.Throws<FineTuneException>(() => Find("package:Contoso.Sst/[1.0]")!.FindModel());

        Assert.Equal("FT2003", exception.Code);
        Assert.Contains("The package Contoso.Sst 1.0.0 holds", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_list_of_what_was_restored_is_an_error()
    {
        _folder.Write("project.assets.json", "{ \"libraries\": 1 }");

        Assert.Equal("FT2002", Assert.Throws<FineTuneException>(() => Find("package:Contoso.Sst")).Code);
    }

    private InstalledPackage? Find(string name) => Installed().Find(BaseModelPackage.Parse(name));

    private InstalledPackages Installed() => new(_folder.At("project.assets.json"), [_folder.At("empty"), _folder.At("packages")], _folder.At("obj"));

    private void Install(params string[] versions)
    {
        foreach (var version in versions)
        {
            _folder.Write($"packages/contoso.sst/{version}/.nupkg.metadata", "{}");
        }
    }

    private void Write(string[] files)
    {
        foreach (var file in files)
        {
            _folder.Write($"packages/contoso.sst/1.0.0/{file}", "{}");
        }
    }

    private void WriteAssets(string library, string file = "project.assets.json") => _folder.Write(file, $$"""
        {
          "version": 3,
          "libraries": {
            "{{library}}": { "type": "package", "path": "{{library.ToLowerInvariant()}}" },
            "Contoso.Sst.Project/1.0.0": { "type": "project", "path": "../project.csproj" }
          },
          "packageFolders": { "{{_folder.At("empty")}}": {}, "{{_folder.At("packages")}}": {} }
        }
        """);
}
