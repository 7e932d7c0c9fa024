using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data;

/// <summary>The data formats by file name extension. A new format is a new <see cref="IDataTable"/> and a line here.</summary>
internal static class DataFormats
{
    private static readonly Dictionary<string, Func<DataFile, IDataTable>> ByExtension = new(StringComparer.OrdinalIgnoreCase)
    {
        [".csv"] = file => DelimitedTable.Open(file, ',', quotes: true),
        [".tsv"] = file => DelimitedTable.Open(file, '\t', quotes: false),
        [".json"] = JsonTable.Open,
        [".jsonl"] = JsonLinesTable.Open,
    };

    /// <summary>Opens a file and reads the names of its columns.</summary>
    /// <exception cref="FineTuneException">The format is unknown (FT1002), the file cannot be opened or has no readable beginning.</exception>
    public static IDataTable Open(DataFile file)
        => ByExtension.TryGetValue(Path.GetExtension(file.FullPath), out var open)
            ? open(file)
            : throw new FineTuneException("FT1002", $"The format of '{file.DisplayPath}' is unknown. Its name must end with {string.Join(", ", ByExtension.Keys)}.", new SourceLocation(file.DisplayPath));
}
