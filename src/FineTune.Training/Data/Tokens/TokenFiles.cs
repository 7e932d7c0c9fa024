using FineTune.Core.Specification;
using FineTune.Runtime.Words;

namespace FineTune.Training.Data.Tokens;

/// <summary>Reads the files of a token plan: CoNLL, tables with words and their tags, and tables with texts and spans.</summary>
/// <param name="plan">The plan.</param>
/// <param name="errors">Takes the errors of all files.</param>
internal sealed class TokenFiles(TrainingPlan plan, DataErrors errors) : TaskFiles<TaggedRow>(plan, errors)
{
    private static readonly string[] ConllExtensions = [".conll", ".iob", ".bio", ".txt"];

    /// <inheritdoc/>
    protected override bool HasNestedValues => true;

    /// <inheritdoc/>
    protected override void ReadFile(DataFile file, List<TaggedRow> rows)
    {
        if (!ConllExtensions.Contains(Path.GetExtension(file.FullPath), StringComparer.OrdinalIgnoreCase))
        {
            base.ReadFile(file, rows);
            return;
        }

        var (before, errorsBefore) = (rows.Count, Errors.Count);
        rows.AddRange(ConllFile.Read(file, Errors));
        if (rows.Count == before && Errors.Count == errorsBefore)
        {
            ReportNoRows(file);
        }
    }

    /// <inheritdoc/>
    protected override TaggedRow? ReadRow(TableRow row)
    {
        var (text, label) = (row.Text, row.Labels[0]);
        var hasWords = JsonValues.TryReadTexts(text.Value, out var words) && (text.IsJson || label.IsJson || IsArray(label.Value));
        if (text.IsJson && !hasWords)
        {
            Errors.Add("FT1053", "The words are no array of texts. Write them as [\"New\", \"York\"].", row.Origin);
            return null;
        }

        var isArray = label.IsJson || IsArray(label.Value);
        if (!isArray || (JsonValues.TryReadTexts(label.Value, out var tags) && (hasWords || tags.Count > 0)))
        {
            JsonValues.TryReadTexts(label.Value, out tags);
            return FromTags(row, hasWords ? words! : AtSpace(text.Value), isArray ? tags! : AtSpace(label.Value));
        }

        if (hasWords)
        {
            Errors.Add("FT1053", "The words of the row need an array of as many tags, such as [\"O\", \"B-PER\"]. Spans belong to a text: set TextColumn to the column with the text.", row.Place(label));
            return null;
        }

        return FromSpans(row);
    }

    private TaggedRow? FromTags(TableRow row, IReadOnlyList<string> words, IReadOnlyList<string> tags)
    {
        var label = row.Labels[0];
        if (words.Count == 0)
        {
            Errors.Add("FT1005", "The row has no words. Write some, or remove it.", row.Origin);
            return null;
        }

        if (words.Count != tags.Count)
        {
            Errors.Add("FT1045", $"The row has {words.Count} words and {tags.Count} tags. Each word needs one; O is that of a word outside of entities.", row.Place(label));
            return null;
        }

        var parsed = new WordTag[tags.Count];
        for (var index = 0; index < parsed.Length; index++)
        {
            if (string.IsNullOrWhiteSpace(words[index]))
            {
                Errors.Add("FT1005", $"Word {index + 1} of the row is empty. Remove it and its tag.", row.Origin);
                return null;
            }

            if (WordTag.Parse(tags[index].Trim()) is not { } tag)
            {
                Errors.Add("FT1043", $"Tag {index + 1} of the row: {TagMistake.Describe(tags[index])}", row.Place(label));
                return null;
            }

            parsed[index] = tag;
        }

        return TaggedRow.Of(words, parsed, row.Origin);
    }

    private TaggedRow? FromSpans(TableRow row)
    {
        var text = row.Text.Value;
        if (EntitySpans.Read(row.Labels[0].Value, text, (code, message) => Errors.Add(code, message, row.Place(row.Labels[0]))) is not { } spans)
        {
            return null;
        }

        var words = SpanWords.Divide(TextWords.Split(text), spans.SelectMany(span => new[] { span.Start, span.End }), out var divided);
        var tags = new WordTag[words.Count];
        Array.Fill(tags, WordTag.Outside);
        var word = 0;
        foreach (var (start, end, label) in spans)
        {
            for (; word < tags.Length && words[word].End <= end; word++)
            {
                tags[word] = words[word].Start < start ? WordTag.Outside : new WordTag(words[word].Start == start ? 'B' : 'I', label);
            }
        }

        return new TaggedRow(text, words, tags, row.Origin) { HasSpans = true, DividedWords = divided };
    }

    private static bool IsArray(string text) => text.AsSpan().Trim() is ['[', .., ']'];

    private static string[] AtSpace(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
