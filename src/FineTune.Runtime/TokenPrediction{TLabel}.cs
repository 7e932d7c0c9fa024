namespace FineTune.Runtime;

/// <summary>The entities that a model with typed labels finds in one text.</summary>
/// <typeparam name="TLabel">The types of entities.</typeparam>
public sealed class TokenPrediction<TLabel>
    where TLabel : struct, Enum
{
    internal TokenPrediction(TokenPrediction prediction)
    {
        Text = prediction.Text;
        Entities = [.. prediction.Entities.Select(entity => new EntityPrediction<TLabel>(entity))];
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Its entities, in their order in the text; they do not overlap.</summary>
    public IReadOnlyList<EntityPrediction<TLabel>> Entities { get; }

    /// <summary>The entities, for people.</summary>
    public override string ToString() => Entities.Count == 0 ? "no entity" : string.Join(", ", Entities);
}
