using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using NuGet.Versioning;

namespace FineTune.Core.Packages;

/// <summary>A package that NuGet has put onto this machine.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="Directory">The folder with its files.</param>
internal sealed record InstalledPackage(string Id, NuGetVersion Version, string Directory)
{
    private const string ModelFolder = "model";
    private const string Configuration = "config.json";

    /// <summary>The base model's folder: <c>model</c>, or else the only one of the package that has a <c>config.json</c>.</summary>
    /// <exception cref="FineTuneException">FT2003: there is none, or there are several.</exception>
    public string FindModel()
    {
        var usual = Path.Combine(Directory, ModelFolder);
        if (File.Exists(Path.Combine(usual, Configuration)))
        {
            return usual;
        }

        var folders = System.IO.Directory.GetFiles(Directory, Configuration, SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).OrderBy(folder => folder, StringComparer.Ordinal).ToList();
        return folders switch
        {
            [var only] => only,
            [] => throw SpecificationDiagnostics.NoModelInPackage.Exception($"The package {this} holds no base model: none of its folders has a {Configuration}. A model lies in the folder '{ModelFolder}' of its package, in Hugging Face layout ({Configuration}, weights such as {BaseModelWeights.Names[0]}, tokenizer files)."),
            _ => throw SpecificationDiagnostics.NoModelInPackage.Exception($"The package {this} holds several folders with a {Configuration}: {string.Join(", ", folders.Select(Shown))}. The one to start from has to be called '{ModelFolder}', at the top of the package."),
        };
    }

    /// <summary>Id and version, for messages.</summary>
    public override string ToString() => $"{Id} {Version.ToNormalizedString()}";

    private string Shown(string folder) => folder.Length == Directory.Length ? "the top" : folder.Substring(Directory.Length + 1).Replace('\\', '/');
}
