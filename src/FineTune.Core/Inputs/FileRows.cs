using FineTune.Core.Specification;

namespace FineTune.Core.Inputs;

/// <summary>The rows of one version of a data file, as hashes: enough to say later how many were added, changed and removed.</summary>
/// <param name="Count">How many rows there are, a header not counted.</param>
/// <param name="Header">The hash of the header; 0 in a form without one.</param>
/// <param name="Hashes">The hashes in the order of the file; <see langword="null"/> when there are more than <see cref="MostHashes"/>.</param>
internal sealed record FileRows(long Count, ulong Header, IReadOnlyList<ulong>? Hashes)
{
    /// <summary>The most rows whose hashes are kept, 1.6 MB of them; of larger files only the number is known.</summary>
    public const int MostHashes = 200_000;

    /// <summary>Reads the rows of a file; <see langword="null"/> for a form that has none, or a file that cannot be read any more.</summary>
    public static FileRows? Read(string path, FineTuneTask task)
    {
        var extension = Path.GetExtension(path).ToLowerInvariant();
        var form = FormOf(extension, task);
        if (form == RowForm.None)
        {
            return null;
        }

        var hasHeader = extension is ".csv" or ".tsv";
        var (count, header, hashes) = (0L, 0UL, new List<ulong>());
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
            RowHasher.Read(stream, form, hash =>
            {
                if (hasHeader)
                {
                    (header, hasHeader) = (hash, false);
                    return;
                }

                count++;
                if (count <= MostHashes)
                {
                    hashes.Add(hash);
                }
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whoever trains will say so; here it only means that a later change cannot be told in rows.
            return null;
        }

        return new FileRows(count, header, count <= MostHashes ? hashes : null);
    }

    private static RowForm FormOf(string extension, FineTuneTask task) => extension switch
    {
        ".csv" => RowForm.QuotedLines,
        ".tsv" or ".jsonl" => RowForm.Lines,
        ".json" => RowForm.JsonElements,
        ".conll" or ".iob" or ".bio" => RowForm.Blocks,
        ".txt" => task == FineTuneTask.TokenClassification ? RowForm.Blocks : RowForm.Lines,
        _ => RowForm.None,
    };
}
