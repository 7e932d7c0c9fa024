namespace FineTune.Training.Data;

/// <summary>Compares rows by what the model reads of them.</summary>
internal static class TextRows
{
    /// <summary>One string for the text or both texts; equal for rows that the model cannot tell apart.</summary>
    public static string Input(this ITextRow row) => row.Pair is null ? row.Text : $"{row.Text}\0{row.Pair}";
}
