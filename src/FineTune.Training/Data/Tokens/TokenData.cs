namespace FineTune.Training.Data.Tokens;

/// <summary>All rows of a token plan; <see cref="TaskData{TRow}.Labels"/> are the tags.</summary>
internal sealed record TokenData : TaskData<TaggedText>
{
    /// <summary>The types of entities in their order; <see cref="EntityTagSet"/> has the tags of each.</summary>
    public required IReadOnlyList<string> EntityTypes { get; init; }
}
