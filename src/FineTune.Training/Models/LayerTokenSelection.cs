namespace FineTune.Training.Models;

/// <summary>What a layer leaves out when only some tokens' vectors are read of it.</summary>
internal static class LayerTokenSelection
{
    /// <summary>The vectors that ask in attention: from [rows × tokens, width] to [rows × queries, width].</summary>
    public static T Queries<T>(this IModelOperations<T> operations, T hidden, LayerTokens read)
        where T : class
        => read == LayerTokens.First ? operations.FirstToken(hidden) : hidden;

    /// <summary>Those of which something is read: from [rows × queries, width] to [read, width].</summary>
    public static T Read<T>(this IModelOperations<T> operations, T vectors, LayerTokens read)
        where T : class
        => read == LayerTokens.Wanted ? operations.WantedTokens(vectors) : vectors;
}
