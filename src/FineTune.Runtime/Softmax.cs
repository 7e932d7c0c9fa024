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
