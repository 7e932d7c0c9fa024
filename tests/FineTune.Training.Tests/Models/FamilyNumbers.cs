namespace FineTune.Training.Tests.Models;

/// <summary>A golden.json that families.py wrote.</summary>
/// <param name="InputIds">Rows of token ids.</param>
/// <param name="SegmentIds">Each token's text; null in families without.</param>
/// <param name="Labels">Each row's label in the training.</param>
/// <param name="LearningRate">Rate of every step.</param>
/// <param name="WeightDecay">Decay of the weights that decay.</param>
/// <param name="MaxGradientNorm">The norm to which gradients were clipped.</param>
/// <param name="Logits">Outputs of each head.</param>
/// <param name="Losses">The sequence head's loss before each step.</param>
internal sealed record FamilyNumbers(
    int[][] InputIds, int[][]? SegmentIds, int[] Labels, double LearningRate, double WeightDecay, double MaxGradientNorm, FamilyLogits Logits, double[] Losses);
