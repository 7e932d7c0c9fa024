namespace FineTune.Training.Checkpoints;

/// <summary>A weight without its values.</summary>
/// <param name="Name">The name, such as <c>bert.pooler.dense.weight</c>.</param>
/// <param name="Type">The type of the stored elements.</param>
/// <param name="Shape">The size of each dimension; empty for a single number.</param>
internal sealed record WeightInfo(string Name, WeightType Type, IReadOnlyList<long> Shape)
{
    /// <summary>How many elements the weight has: the product of <see cref="Shape"/>.</summary>
    public long ElementCount
    {
        get
        {
            var count = 1L;
            foreach (var size in Shape)
            {
                count = checked(count * size);
            }

            return count;
        }
    }
}
