using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>A view of a storage, as a pickle describes it: element (i, j, …) is at <c>Offset + i · Strides[0] + j · Strides[1] + …</c>.</summary>
/// <param name="Storage">Where the elements are.</param>
/// <param name="Offset">The first element's place in the storage.</param>
/// <param name="Shape">The size of each dimension.</param>
/// <param name="Strides">The distance of neighbours along each dimension, in elements.</param>
internal sealed record StoredTensor(TensorStorage Storage, long Offset, IReadOnlyList<long> Shape, IReadOnlyList<long> Strides)
{
    // What torch allows.
    private const int MostDimensions = 64;

    /// <summary>Whether the elements lie one after the other in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            var expected = 1L;
            for (var dimension = Shape.Count - 1; dimension >= 0; dimension--)
            {
                if (Shape[dimension] != 1 && Strides[dimension] != expected)
                {
                    return false;
                }

                expected *= Shape[dimension];
            }

            return true;
        }
    }

    /// <summary>How far an element is from the first, in elements.</summary>
    /// <param name="place">The element's index in each dimension.</param>
    public long Distance(ReadOnlySpan<long> place)
    {
        var distance = 0L;
        for (var dimension = 0; dimension < place.Length; dimension++)
        {
            distance += place[dimension] * Strides[dimension];
        }

        return distance;
    }

    /// <summary>Checks that all elements are in the storage.</summary>
    /// <exception cref="FineTuneException">FT2035: they are not, or the numbers are impossible.</exception>
    public void Check(string name, PyTorchErrors errors)
    {
        if (Shape.Count != Strides.Count || Shape.Count > MostDimensions)
        {
            throw errors.Unfit(name, $"it has {Shape.Count} sizes and {Strides.Count} strides");
        }

        if (Offset < 0 || Storage.ElementCount < 0 || Shape.Any(size => size < 0) || Strides.Any(stride => stride < 0))
        {
            throw errors.Unfit(name, $"a number in its shape [{string.Join(", ", Shape)}], strides [{string.Join(", ", Strides)}], offset {Offset} or storage of {Storage.ElementCount} is negative");
        }

        try
        {
            var (count, last) = (1L, Offset);
            for (var dimension = 0; dimension < Shape.Count; dimension++)
            {
                count = checked(count * Shape[dimension]);
                last = checked(last + (Math.Max(0, Shape[dimension] - 1) * Strides[dimension]));
            }

            if (count > 0 && last >= Storage.ElementCount)
            {
                throw errors.Unfit(name, $"its last element would be number {last} of {Storage.ElementCount}");
            }
        }
        catch (OverflowException)
        {
            throw errors.Unfit(name, $"its shape [{string.Join(", ", Shape)}] with strides [{string.Join(", ", Strides)}] is larger than any file");
        }
    }
}
