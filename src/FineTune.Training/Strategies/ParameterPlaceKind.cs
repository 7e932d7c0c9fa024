namespace FineTune.Training.Strategies;

/// <summary>The parts of an encoder model.</summary>
internal enum ParameterPlaceKind
{
    /// <summary>Token, position and segment embeddings with their normalization.</summary>
    Embeddings,

    /// <summary>One encoder layer.</summary>
    Layer,

    /// <summary>Everything above the encoder: pooler and task head.</summary>
    Head,
}
