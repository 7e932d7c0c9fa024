using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>Finds the data files that a list of paths and wildcard patterns names.</summary>
internal static class DataFilePatterns
{
    private static readonly string[] TableExtensions = [".csv", ".tsv", ".json", ".jsonl"];
    private static readonly string[] SynonymExtensions = [".csv", ".tsv"];

    /// <summary>
    /// The files in the order of the patterns, and within a pattern in ordinal order of their paths, whatever order the file system has. A file that
    /// several patterns name counts once. Any format will do for a <paramref name="task"/> that is not known.
    /// </summary>
    public static IReadOnlyList<DataFile> Expand(PlanOption option, FineTuneTask? task, string text, string baseDirectory, SourceLocation? location, ICollection<Diagnostic> mistakes)
    {
        var extensions = option.MetadataName == nameof(TrainingPlan.Synonyms) ? SynonymExtensions : task is { } known ? ExtensionsOf(known) : null;
        var files = new List<DataFile>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in OptionValue.Items(text))
        {
            var found = ExpandPattern(pattern, baseDirectory);
            if (found.Count == 0)
            {
                mistakes.Add(SpecificationDiagnostics.NoDataFile.With(DescribeMissing(option, pattern, baseDirectory), location));
            }

            foreach (var file in found.Where(file => seen.Add(file.FullPath)))
            {
                if (extensions is null || extensions.Contains(Path.GetExtension(file.FullPath), StringComparer.OrdinalIgnoreCase))
                {
                    files.Add(file);
                }
                else
                {
                    mistakes.Add(SpecificationDiagnostics.UnsupportedDataFormat.With($"{option.MetadataName}: '{file.DisplayPath}' is not of a format that is read. These are: {string.Join(", ", extensions)}.", location));
                }
            }
        }
        return files;
    }

    /// <summary>The extensions of the data files that a task can have.</summary>
    internal static IReadOnlyList<string> ExtensionsOf(FineTuneTask task) => task switch
    {
        FineTuneTask.TokenClassification => [.. TableExtensions, ".conll", ".iob", ".bio", ".txt"],
        FineTuneTask.MaskedLanguageModeling => [.. TableExtensions, ".txt"],
        _ => TableExtensions,
    };

    private static IReadOnlyList<DataFile> ExpandPattern(string pattern, string baseDirectory)
    {
        if (!IsPattern(pattern))
        {
            var path = FullPath(pattern, baseDirectory);
            return File.Exists(path) ? [new DataFile(pattern, path)] : [];
        }
        var segments = pattern.Replace('\\', '/').Split('/');
        var fixedCount = segments.TakeWhile(segment => !IsPattern(segment)).Count();
        var root = string.Join("/", segments.Take(fixedCount));
        var display = fixedCount == 0 ? "" : root + "/";
        var directory = FullPath(display.Length == 0 ? "." : display, baseDirectory);
        if (!Directory.Exists(directory))
        {
            return [];
        }

        var found = new List<DataFile>();
        Match(new DirectoryInfo(directory), display, [.. segments.Skip(fixedCount)], 0, found);
        return [.. found.GroupBy(file => file.FullPath, StringComparer.Ordinal).Select(same => same.First()).OrderBy(file => file.DisplayPath, StringComparer.Ordinal)];
    }

    private static void Match(DirectoryInfo directory, string display, string[] segments, int depth, List<DataFile> found)
    {
        var segment = segments[depth];
        var isLast = depth == segments.Length - 1;
        if (segment == "**")
        {
            // No folder, then any one folder with the same pattern again. Links to folders are not followed: they may lead round in a circle.
            if (isLast)
            {
                AddFiles(directory, display, "*", found);
            }
            else
            {
                Match(directory, display, segments, depth + 1, found);
            }

            foreach (var child in directory.GetDirectories().Where(child => (child.Attributes & FileAttributes.ReparsePoint) == 0))
            {
                Match(child, $"{display}{child.Name}/", segments, depth, found);
            }
        }
        else if (isLast)
        {
            AddFiles(directory, display, segment, found);
        }
        else
        {
            foreach (var child in directory.GetDirectories().Where(child => Matches(child.Name, segment)))
            {
                Match(child, $"{display}{child.Name}/", segments, depth + 1, found);
            }
        }
    }

    private static void AddFiles(DirectoryInfo directory, string display, string pattern, List<DataFile> found) =>
        found.AddRange(directory.GetFiles().Where(file => Matches(file.Name, pattern)).Select(file => new DataFile(display + file.Name, file.FullName)));

    /// <summary>Whether a name matches a pattern of letters, <c>*</c> and <c>?</c>; without regard to case on Windows only.</summary>
    private static bool Matches(string name, string pattern)
    {
        var (nameIndex, patternIndex, star, retry) = (0, 0, -1, 0);
        while (nameIndex < name.Length)
        {
            if (patternIndex < pattern.Length && pattern[patternIndex] == '*')
            {
                star = patternIndex++;
                retry = nameIndex;
            }
            else if (patternIndex < pattern.Length && (pattern[patternIndex] == '?' || IsSame(pattern[patternIndex], name[nameIndex])))
            {
                patternIndex++;
                nameIndex++;
            }
            else if (star >= 0)
            {
                patternIndex = star + 1;
                nameIndex = ++retry;
            }
            else
            {
                return false;
            }
        }
        return pattern.Skip(patternIndex).All(character => character == '*');
    }

    private static bool IsSame(char first, char second) => first == second
        || (Path.DirectorySeparatorChar == '\\' && char.ToUpperInvariant(first) == char.ToUpperInvariant(second));

    private static bool IsPattern(string path) => path.IndexOfAny(['*', '?']) >= 0;

    // Project files are written with either slash, on every platform.
    private static string FullPath(string path, string baseDirectory) =>
        Path.GetFullPath(Path.Combine(baseDirectory, Path.DirectorySeparatorChar == '/' ? path.Replace('\\', '/') : path));

    private static string DescribeMissing(PlanOption option, string pattern, string baseDirectory)
    {
        var path = IsPattern(pattern) ? "no file matches it" : Directory.Exists(FullPath(pattern, baseDirectory)) ? "it is a folder; name its files, such as " + pattern.TrimEnd('/', '\\') + "/*.csv" : "there is no such file";
        return $"{option.MetadataName} names '{pattern}', but {path}. Paths are relative to '{baseDirectory}'.";
    }
}
