using FineTune.Core.Diagnostics;

namespace FineTune.Runtime;

/// <summary>The labels of a generated enum: the value of each is its index.</summary>
internal static class LabelEnum<TLabel>
    where TLabel : struct, Enum
{
#if NET
    private static readonly TLabel[] Values = Enum.GetValues<TLabel>();
#else
    private static readonly TLabel[] Values = (TLabel[])Enum.GetValues(typeof(TLabel));
#endif

    /// <summary>The label with an index.</summary>
    internal static TLabel At(int index) => Values[index];

    /// <summary>The index of a label.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The enum does not have it.</exception>
    internal static int Require(TLabel label)
    {
        var index = Array.IndexOf(Values, label);
        return index >= 0 ? index : throw new ArgumentOutOfRangeException(nameof(label), label, "The model has no such label.");
    }

    /// <summary>Checks that the enum was generated from as many labels as the model has.</summary>
    /// <exception cref="FineTuneException">FT6058: it was not, or its values are not 0, 1, 2, ….</exception>
    internal static void Check(IReadOnlyList<string> labels)
    {
        if (Values.Length != labels.Count || Values.Where((value, index) => Convert.ToInt64(value, null) != index).Any())
        {
            throw new FineTuneException(
                "FT6058",
                $"The model has {labels.Count} labels ({string.Join(", ", labels.Take(5))}{(labels.Count > 5 ? ", …" : "")}), and the enum {typeof(TLabel).Name} has {Values.Length} values"
                + (Values.Length == labels.Count ? " that do not count from 0. " : ". ")
                + "They belong to different trainings. Rebuild the project, so that the enum is generated from the model that is loaded.");
        }
    }
}
