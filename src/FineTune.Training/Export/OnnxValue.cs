namespace FineTune.Training.Export;

/// <summary>A value of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Width">Length of its last axis, where that is fixed; 0 elsewhere.</param>
/// <param name="HeadCount">Number of attention heads, where each has an axis of its own.</param>
/// <param name="OneQuery">Whether it holds one vector for each row instead of one for each token.</param>
internal sealed record OnnxValue(string Name, long Width = 0, int HeadCount = 1, bool OneQuery = false);
