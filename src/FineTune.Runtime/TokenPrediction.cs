namespace FineTune.Runtime;

/// <summary>The entities that a model finds in one text.</summary>
public sealed class TokenPrediction
{
    internal TokenPrediction(string text, IReadOnlyList<EntityPrediction> entities)
    {
        Text = text;
        Entities = entities;
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Its entities, in their order in the text; they do not overlap.</summary>
    public IReadOnlyList<EntityPrediction> Entities { get; }

    /// <summary>The entities, for people.</summary>
    public override string ToString() => Entities.Count == 0 ? "no entity" : string.Join(", ", Entities);
}
