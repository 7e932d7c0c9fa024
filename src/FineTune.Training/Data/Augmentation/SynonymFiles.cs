using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data.Augmentation;

/// <summary>Reads synonyms from CSV or TSV files without a header: in each row a word or phrase, then its replacements.</summary>
/// <param name="errors">Takes the errors of all files.</param>
internal sealed class SynonymFiles(DataErrors errors)
{
    private readonly Dictionary<string, IReadOnlyList<string>> replacements = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourceLocation> places = new(StringComparer.Ordinal);

    /// <summary>Reads the files; rows with mistakes are reported and left out.</summary>
    public SynonymTable Read(IReadOnlyList<DataFile> files)
    {
        foreach (var file in files)
        {
            try
            {
                ReadFile(file);
            }
            catch (FineTuneException exception) when (!errors.IsThrown(exception))
            {
                // This file ends here; the next one may have mistakes of its own to tell.
                errors.Add(exception.Diagnostics);
            }
        }

        return new SynonymTable(replacements);
    }

    private void ReadFile(DataFile file)
    {
        var isTabbed = string.Equals(Path.GetExtension(file.FullPath), ".tsv", StringComparison.OrdinalIgnoreCase);
        using var records = new DelimitedRecords(file, isTabbed ? '\t' : ',', quotes: !isTabbed);
        var isEmpty = true;
        while (records.Read())
        {
            isEmpty = false;
            ReadRow(file, [.. Enumerable.Range(0, records.FieldCount).Select(records.Field)]);
        }

        if (isEmpty)
        {
            errors.Add("FT1012", "The file has no rows. Add a word and its replacements, or take the file out of Synonyms.", new SourceLocation(file.DisplayPath));
        }
    }

    private void ReadRow(DataFile file, DataField[] fields)
    {
        // Spreadsheets give all rows as many fields as the longest one has.
        var count = Math.Max(1, Array.FindLastIndex(fields, field => !string.IsNullOrWhiteSpace(field.Value)) + 1);
        if (Array.Find(fields[..count], field => string.IsNullOrWhiteSpace(field.Value)) is { Value: not null } empty)
        {
            errors.Add("FT1031", "The field is empty. Write a word and then its replacements, or remove the field.", PlaceOf(file, empty));
            return;
        }

        if (count == 1)
        {
            errors.Add("FT1030", $"'{fields[0].Value.Trim()}' has no replacement. Add one behind it, or remove the row.", PlaceOf(file, fields[0]));
            return;
        }

        var word = SynonymTable.Normalize(fields[0].Value);
        if (!places.TryAdd(word, PlaceOf(file, fields[0])))
        {
            errors.Add("FT1032", $"'{word}' already has a row at {places[word]}. Put all of its replacements there.", PlaceOf(file, fields[0]));
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal) { word };
        foreach (var field in fields[1..count].Where(field => !seen.Add(SynonymTable.Normalize(field.Value))))
        {
            errors.Add("FT1032", $"'{field.Value.Trim()}' stands twice in the row. Remove it here.", PlaceOf(file, field));
        }

        replacements[word] = [.. fields[1..count].Select(field => field.Value.Trim())];
    }

    private static SourceLocation PlaceOf(DataFile file, DataField field) => new(file.DisplayPath, field.Line, field.Column);
}
