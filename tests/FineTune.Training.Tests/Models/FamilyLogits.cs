namespace FineTune.Training.Tests.Models;

/// <summary>The heads' outputs.</summary>
/// <param name="Sequence">[rows][labels]</param>
/// <param name="Segments">The same with segment ids; null in families without.</param>
/// <param name="Token">[rows][tokens][labels], without padding</param>
/// <param name="Masked">[rows][tokens][vocabulary], without padding</param>
internal sealed record FamilyLogits(double[][] Sequence, double[][]? Segments, double[][][] Token, double[][][] Masked);
