using FineTune.Core.Diagnostics;

namespace FineTune.Training.Evaluation;

/// <summary>What the logits of a model mean; all in double precision.</summary>
internal static class ModelOutput
{
    /// <summary>Checks one row of logits.</summary>
    /// <exception cref="FineTuneException">A logit is infinite or not a number (FT1040): no metric would mean anything.</exception>
    /// <exception cref="ArgumentException">There are not <paramref name="count"/> logits.</exception>
    public static void Check(IReadOnlyList<float> logits, int count, int row)
    {
        if (logits.Count != count)
        {
            throw new ArgumentException($"Row {row} has {logits.Count} logits for {count} labels.", nameof(logits));
        }

        foreach (var logit in logits)
        {
            if (!float.IsFinite(logit))
            {
                throw new FineTuneException("FT1040", $"The model's output for evaluated row {row + 1} is {logit}: the training has diverged, or the base model's weights are damaged. Lower LearningRate, or keep MaxGradientNorm above 0.");
            }
        }
    }

    /// <summary>The index of the highest logit, the first of equal ones.</summary>
    public static int IndexOfHighest(IReadOnlyList<float> logits)
    {
        var highest = 0;
        for (var label = 1; label < logits.Count; label++)
        {
            if (logits[label] > logits[highest])
            {
                highest = label;
            }
        }

        return highest;
    }

    /// <summary>−ln softmax(logits)[expected]; the highest logit is subtracted first so that no exponential overflows.</summary>
    public static double CrossEntropy(IReadOnlyList<float> logits, int expected, int highest)
    {
        double shift = logits[highest];
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - shift);
        }

        return Math.Log(sum) - (logits[expected] - shift);
    }

    /// <summary>−ln of the probability of the right answer, max(x, 0) − x·y + ln(1 + e^−|x|), in which no exponential overflows.</summary>
    public static double BinaryCrossEntropy(float logit, bool expected)
        => Math.Max(logit, 0) - (expected ? logit : 0.0) + double.LogP1(Math.Exp(-Math.Abs((double)logit)));
}
