namespace FineTune.Runtime;

/// <summary>An entity that a model with typed labels found in a text.</summary>
/// <typeparam name="TLabel">The types of entities.</typeparam>
public sealed class EntityPrediction<TLabel>
    where TLabel : struct, Enum
{
    private readonly EntityPrediction _entity;

    internal EntityPrediction(EntityPrediction entity)
    {
        _entity = entity;
        Label = LabelEnum<TLabel>.At(entity.LabelIndex);
    }

    /// <inheritdoc cref="EntityPrediction.Text"/>
    public string Text => _entity.Text;

    /// <inheritdoc cref="EntityPrediction.Start"/>
    public int Start => _entity.Start;

    /// <inheritdoc cref="EntityPrediction.Length"/>
    public int Length => _entity.Length;

    /// <summary>Its type.</summary>
    public TLabel Label { get; }

    /// <inheritdoc cref="EntityPrediction.Score"/>
    public double Score => _entity.Score;

    /// <summary>The entity, its type and its probability, for people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Text} [{Label}] ({Score:0.000})");
}
