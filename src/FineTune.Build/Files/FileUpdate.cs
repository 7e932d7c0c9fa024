using System.Text;

namespace FineTune.Build.Files;

/// <summary>Writes files only when their content changes, so that an unchanged file keeps its time stamp and the compiler is not run again.</summary>
internal static class FileUpdate
{
    /// <summary>Writes <paramref name="content"/> as UTF-8, unless the file holds it already. Returns whether it wrote.</summary>
    public static bool WriteText(string path, string content)
    {
        if (File.Exists(path) && File.ReadAllText(path) == content)
        {
            return false;
        }

        Write(path, temporary => File.WriteAllText(temporary, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
        return true;
    }

    /// <summary>Makes <paramref name="path"/> a copy of <paramref name="source"/>; a reader never sees half of it.</summary>
    public static void Copy(string source, string path)
        => Write(path, temporary =>
        {
            File.Copy(source, temporary, overwrite: true);
            // The copy would keep the time of the store's entry, which may be older than the assembly it has to go into.
            File.SetLastWriteTimeUtc(temporary, DateTime.UtcNow);
        });

    /// <summary>Has <paramref name="write"/> write a temporary file, and gives it the name <paramref name="path"/> then.</summary>
    public static void Write(string path, Action<string> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        write(temporary);
        if (File.Exists(path))
        {
            File.Replace(temporary, path, destinationBackupFileName: null);
        }
        else
        {
            File.Move(temporary, path);
        }
    }
}
