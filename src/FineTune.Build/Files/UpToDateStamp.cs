using System.Globalization;
using System.Text;
using FineTune.Core.Fingerprints;

namespace FineTune.Build.Files;

/// <summary>
/// Remembers that a task had nothing left to do for a model, and which files that rests on. While all of them have the size and time that they had then, the
/// next build needs neither to resolve options nor to compute fingerprints; otherwise contents decide, as if there were no stamp.
/// </summary>
/// <param name="file">Where the stamp is kept, below <c>obj</c>.</param>
/// <param name="key">Everything else that the result depends on; another key is another stamp.</param>
internal sealed class UpToDateStamp(string file, string key)
{
    private const string Header = "finetune stamp 1";
    private const string End = "end";
    private const char ValueMark = '=';

    // As in the index of hashes: a file that is not clearly older than the stamp may have been changed in the same tick of the clock.
    private static readonly long ClockStep = TimeSpan.FromSeconds(2).Ticks;

    /// <summary>What was remembered, or <see langword="null"/> when a file, or the key, is not as it was.</summary>
    public string[]? Read()
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var lines = File.ReadAllLines(file);
        if (lines.Length < 4 || lines[0] != Header || lines[1] != KeyHash() || !TryParse(lines[2], out var recorded) || lines[lines.Length - 1] != End)
        {
            return null;
        }

        var values = new List<string>();
        for (var i = 3; i < lines.Length - 1; i++)
        {
            if (lines[i].Length > 0 && lines[i][0] == ValueMark)
            {
                values.Add(lines[i].Substring(1));
            }
            else if (!IsAsRecorded(lines[i], recorded))
            {
                return null;
            }
        }

        return [.. values];
    }

    /// <summary>Remembers <paramref name="values"/>, which rest on <paramref name="paths"/>: files, and folders whose list of files counts.</summary>
    public void Write(IEnumerable<string> paths, params string[] values)
    {
        var text = new StringBuilder();
        text.Append(Header).Append('\n').Append(KeyHash()).Append('\n').Append(DateTime.UtcNow.Ticks.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var value in values)
        {
            text.Append(ValueMark).Append(value).Append('\n');
        }

        foreach (var path in paths)
        {
            if (StateOf(path) is not { } state || path.Contains('\n'))
            {
                // What cannot be watched by size and time is looked at anew by every build.
                File.Delete(file);
                return;
            }

            text.Append(state).Append(' ').Append(path).Append('\n');
        }

        FileUpdate.WriteText(file, text.Append(End).Append('\n').ToString());
    }

    private string KeyHash() => ContentHash.OfBytes(Encoding.UTF8.GetBytes(key));

    private static bool IsAsRecorded(string line, long recorded)
    {
        var afterSize = line.IndexOf(' ');
        var afterTime = afterSize < 0 ? -1 : line.IndexOf(' ', afterSize + 1);
        return afterTime > 0
            && StateOf(line.Substring(afterTime + 1)) == line.Substring(0, afterTime)
            && TryParse(line.Substring(afterSize + 1, afterTime - afterSize - 1), out var modified)
            && modified < recorded - ClockStep;
    }

    /// <summary>Size and time of a file, or the time of a folder; <see langword="null"/> for a link, whose own time says nothing about what is behind it, and for nothing.</summary>
    private static string? StateOf(string path)
    {
        FileSystemInfo found = new FileInfo(path);
        if (!found.Exists)
        {
            found = new DirectoryInfo(path);
        }

        if (!found.Exists || (found.Attributes & FileAttributes.ReparsePoint) != 0)
        {
            return null;
        }

        var size = found is FileInfo plain ? plain.Length : 0;
        return size.ToString(CultureInfo.InvariantCulture) + " " + found.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture);
    }

    private static bool TryParse(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
