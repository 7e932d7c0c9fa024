namespace FineTune.Runtime;

/// <summary>Turns logits into probabilities.</summary>
internal static class Softmax
{
    /// <summary>exp(x − max) / Σ exp(x − max), in double precision, so that large logits do not overflow.</summary>
    internal static double[] Of(IReadOnlyList<float> logits)
    {
        double largest = logits[IndexOfLargest(logits)];
        var scores = new double[logits.Count];
        var sum = 0.0;
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Math.Exp(logits[i] - largest);
            sum += scores[i];
        }

        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] /= sum;
        }

        return scores;
    }

    /// <summary>max + ln Σ exp(x − max): what is subtracted from a logit to get the logarithm of its probability.</summary>
    internal static double LogSum(ReadOnlySpan<float> logits)
    {
        double largest = logits[0];
        foreach (var logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return largest + Math.Log(sum);
    }

    /// <summary>The position of the largest logit; the first of several.</summary>
    internal static int IndexOfLargest(IReadOnlyList<float> logits)
    {
        var largest = 0;
        for (var i = 1; i < logits.Count; i++)
        {
            if (logits[i] > logits[largest])
            {
                largest = i;
            }
        }

        return largest;
    }
}
