namespace FineTune.Core.Store;

/// <summary>
/// Which trainings used the hidden states of an entry: an empty file for each, named after the training and beside the files of the entry's list. So it comes and goes with the
/// entry, two trainings never write the same file, and hidden states are still found by nothing but what they depend on.
/// </summary>
internal static class HiddenStatesUses
{
    /// <summary>The extension of such a file.</summary>
    public const string Extension = ".use";

    /// <summary>Notes that a training uses hidden states. A store that cannot be written notes nothing.</summary>
    /// <param name="entryDirectory">The folder of the entry.</param>
    /// <param name="training">The fingerprint of the training.</param>
    public static void Record(string entryDirectory, string training)
    {
        try
        {
            File.WriteAllBytes(Path.Combine(entryDirectory, training + Extension), []);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is only missed when the project is to be cleaned, and pruning finds the entry without it.
        }
    }

    /// <summary>The fingerprints of the trainings that used hidden states; none when the entry is gone.</summary>
    /// <param name="entryDirectory">The folder of the entry.</param>
    public static IReadOnlyList<string> Of(string entryDirectory)
    {
        try
        {
            return [.. Directory.GetFiles(entryDirectory, "*" + Extension).Select(file => Path.GetFileNameWithoutExtension(file))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
