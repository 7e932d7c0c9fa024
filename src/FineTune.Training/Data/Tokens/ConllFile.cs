using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Data.Tokens;

/// <summary>
/// Reads the format of the CoNLL tasks: a word in each line, its tag in the last column, blanks or tabs between the columns, an empty line behind each sentence.
/// Lines with <c>-DOCSTART-</c> do not count, nor do comments before a sentence: lines that begin with <c>#</c> and end with anything but a tag.
/// </summary>
internal static class ConllFile
{
    private const string DocumentStart = "-DOCSTART-";

    /// <summary>The file's sentences; lines with mistakes are reported and left out with their sentence.</summary>
    /// <exception cref="FineTuneException">The file cannot be read (FT1001, FT1010, FT1011, FT1027), or there are too many errors.</exception>
    public static IEnumerable<TaggedRow> Read(DataFile file, DataErrors errors)
    {
        using var reader = Utf8File.Open(file);
        var (words, tags, start, isWhole, columns) = (new List<string>(), new List<WordTag>(), 1, true, 0);
        for (var line = 1; ; line++)
        {
            // Files that were put together from others have the byte order marks of these.
            var text = reader.ReadLine()?.TrimStart('\uFEFF');
            var fields = text?.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [];
            if (fields.Length == 0)
            {
                if (words.Count > 0 && isWhole)
                {
                    yield return TaggedRow.Of(words, [.. tags], new SourceLocation(file.DisplayPath, start, 1)) with { HasLineForEachWord = true };
                }

                if (text is null)
                {
                    yield break;
                }

                (isWhole, start) = (true, line + 1);
                words.Clear();
                tags.Clear();
                continue;
            }

            if (fields[0] == DocumentStart || (words.Count == 0 && isWhole && fields[0][0] == '#' && WordTag.Parse(fields[^1]) is null))
            {
                start = line + 1;
                continue;
            }

            columns = columns == 0 && fields.Length > 1 ? fields.Length : columns;
            if (Mistake(fields, columns) is { } mistake)
            {
                errors.Add(mistake.Code, mistake.Message, new SourceLocation(file.DisplayPath, line, 1 + Math.Max(0, text!.LastIndexOf(fields[^1], StringComparison.Ordinal))));
                isWhole = false;
                continue;
            }

            words.Add(fields[0]);
            tags.Add(WordTag.Parse(fields[^1])!.Value);
        }
    }

    private static (string Code, string Message)? Mistake(string[] fields, int columns)
        => fields.Length == 1 ? ("FT1041", $"The word '{fields[0]}' has no tag. Write it behind a blank or tab: O, or such as B-PER.")
        : fields.Length != columns ? ("FT1042", $"The line has {fields.Length} columns, the first one {columns}. A word cannot contain blanks.")
        : WordTag.Parse(fields[^1]) is null ? ("FT1043", TagMistake.Describe(fields[^1]))
        : null;
}
