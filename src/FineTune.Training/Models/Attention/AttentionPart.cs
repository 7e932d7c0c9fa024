namespace FineTune.Training.Models.Attention;

/// <summary>One head of one row, and where its vectors and weights are.</summary>
/// <param name="Head">How it is computed.</param>
/// <param name="Queries">The queries.</param>
/// <param name="Keys">The keys.</param>
/// <param name="Values">The values.</param>
/// <param name="Context">The result.</param>
/// <param name="FirstWeight">The first of its weights among all.</param>
internal readonly record struct AttentionPart(AttentionHead Head, VectorBlock Queries, VectorBlock Keys, VectorBlock Values, VectorBlock Context, long FirstWeight);
