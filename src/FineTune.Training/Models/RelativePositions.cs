namespace FineTune.Training.Models;

/// <summary>Which embedding a distance between two tokens has in DeBERTa (He et al., 2021; He, Gao and Chen, 2023).</summary>
internal static class RelativePositions
{
    /// <summary>The row of each distance from <paramref name="longestInput"/> − 1 down to −<paramref name="longestInput"/>.</summary>
    /// <param name="span">Half the number of embeddings; row <paramref name="span"/> is that of distance 0.</param>
    /// <param name="buckets">Long distances share embeddings, so that so many distances to either side are left; 0 or less: each has its own.</param>
    /// <param name="longestDistance">The distance that gets the last bucket.</param>
    /// <param name="longestInput">Number of tokens of the longest input.</param>
    public static IReadOnlyList<int> Rows(int span, int buckets, int longestDistance, int longestInput)
        =>
        [
            .. Enumerable.Range(0, 2 * longestInput)
                .Select(i => longestInput - 1 - i)
                .Select(distance => Math.Clamp((buckets > 0 ? Bucket(distance, buckets, longestDistance) : distance) + span, 0, (2 * span) - 1)),
        ];

    /// <summary>The first half of the buckets hold one distance each, the others grow with its logarithm. In 32-bit floats, as where the models were trained: at an edge the last bit decides.</summary>
    private static int Bucket(int distance, int buckets, int longestDistance)
    {
        var middle = buckets / 2;
        if (Math.Abs(distance) <= middle)
        {
            return distance;
        }

        var position = MathF.Log(Math.Abs(distance) / (float)middle) / MathF.Log((float)((longestDistance - 1) / (double)middle)) * (middle - 1);
        return Math.Sign(distance) * ((int)MathF.Ceiling(position) + middle);
    }
}
