namespace FineTune.Training.Models.Attention;

/// <summary>Attention in the operations that every device and format has.</summary>
internal static class AttentionInSteps
{
    /// <summary><see cref="IModelOperations{T}.SelfAttend"/>, step by step.</summary>
    public static T SelfAttendInSteps<T>(this IModelOperations<T> operations, string query, string key, string value, T asking, T hidden, int headCount, double scale, double dropout)
        where T : class
        => operations.Attend(
            operations.SplitHeads(operations.Linear(query, asking), headCount),
            operations.SplitHeads(operations.Linear(key, hidden), headCount),
            operations.SplitHeads(operations.Linear(value, hidden), headCount),
            scale,
            dropout);
}
