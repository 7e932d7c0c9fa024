using System.IO.Compression;
using FineTune.Core.Diagnostics;

namespace FineTune.Runtime.Packaging;

/// <summary>The files of a model in a <c>.ftmodel</c> package.</summary>
internal sealed class PackageModelFiles : ModelFiles
{
    private readonly ZipArchive _archive;

    /// <summary>Opens a package.</summary>
    /// <param name="package">The package; closed with this object.</param>
    /// <param name="displayName">The package's place for messages.</param>
    /// <exception cref="FineTuneException">FT6053: this is no package, or it is cut short.</exception>
    internal PackageModelFiles(Stream package, string displayName)
        : base(displayName)
    {
        try
        {
            _archive = new ZipArchive(package, ZipArchiveMode.Read);
        }
        catch (InvalidDataException exception)
        {
            package.Dispose();
            throw new FineTuneException(
                "FT6053",
                $"This is not a model package, or it is cut short ({exception.Message}). Build it again, or copy it again from where it was built.",
                new SourceLocation(displayName),
                exception);
        }
    }

    /// <inheritdoc/>
    internal override Stream? Open(string name, out long length)
    {
        var entry = _archive.GetEntry(name);
        length = entry?.Length ?? 0;
        return entry?.Open();
    }

    /// <inheritdoc/>
    internal override string? PathOf(string name) => null;

    /// <inheritdoc/>
    public override void Dispose() => _archive.Dispose();
}
