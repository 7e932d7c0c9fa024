using FineTune.Core.Diagnostics;

namespace FineTune.Training.Evaluation;

/// <summary>Measures a model that guesses masked tokens. The logits of a whole vocabulary are too many to keep, so texts are counted one by one.</summary>
internal sealed class MaskedLanguageEvaluation
{
    private static readonly string[] Names = ["accuracy", "loss", "perplexity"];

    private readonly List<(int Tokens, int Correct, double Loss)> texts = [];

    /// <summary>Counts the masked tokens of one text.</summary>
    /// <param name="expected">The token that was at each masked position.</param>
    /// <param name="logits">For each masked position one number for each token of the vocabulary.</param>
    /// <exception cref="FineTuneException">A logit is infinite or not a number (FT1040).</exception>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Add(IReadOnlyList<int> expected, IReadOnlyList<IReadOnlyList<float>> logits)
    {
        if (expected.Count != logits.Count)
        {
            throw new ArgumentException($"{expected.Count} expected tokens and {logits.Count} rows of logits.", nameof(logits));
        }

        var (correct, loss) = (0, 0.0);
        for (var position = 0; position < expected.Count; position++)
        {
            ModelOutput.Check(logits[position], logits[0].Count, texts.Count);
            var highest = ModelOutput.IndexOfHighest(logits[position]);
            correct += highest == expected[position] ? 1 : 0;
            loss += ModelOutput.CrossEntropy(logits[position], expected[position], highest);
        }

        Add(expected.Count, correct, loss);
    }

    /// <summary>Counts the masked tokens of one text that were compared elsewhere, such as where the logits are.</summary>
    /// <param name="tokens">How many tokens were masked; a text without any counts nothing.</param>
    /// <param name="correct">How many of them the model guessed.</param>
    /// <param name="loss">The sum, not the mean, of their cross entropies in nats.</param>
    public void Add(int tokens, int correct, double loss) => texts.Add((tokens, correct, loss));

    /// <summary>Computes <c>accuracy</c>, <c>loss</c> (mean cross entropy) and <c>perplexity</c>, e to the power of <c>loss</c>, over all masked tokens.</summary>
    /// <param name="intervals">Whether to compute the intervals, which cost a thousand times as much.</param>
    /// <exception cref="InvalidOperationException">No token was masked.</exception>
    public EvaluationResult Compute(bool intervals = true)
    {
        (int Tokens, int Correct, double Loss)[] rows = [.. texts.Where(text => text.Tokens > 0)];
        if (rows.Length == 0)
        {
            throw new InvalidOperationException("No token was masked.");
        }

        var times = new int[rows.Length];
        Array.Fill(times, 1);
        var values = new double[Names.Length];
        Measure(times, values);
        return new EvaluationResult
        {
            Metrics = new Dictionary<string, double>(Names.Zip(values, KeyValuePair.Create), StringComparer.Ordinal),
            // Whole texts are drawn, because the tokens of one text are not independent.
            Intervals = intervals ? ConfidenceIntervals.Bootstrap(rows.Length, Names, Measure) : new Dictionary<string, IReadOnlyList<double>>(),
        };

        void Measure(int[] times, double[] values)
        {
            var (tokens, correct, loss) = (0L, 0L, 0.0);
            for (var row = 0; row < rows.Length; row++)
            {
                tokens += (long)times[row] * rows[row].Tokens;
                correct += (long)times[row] * rows[row].Correct;
                loss += times[row] * rows[row].Loss;
            }

            values[0] = (double)correct / tokens;
            values[1] = loss / tokens;
            values[2] = Math.Exp(values[1]);
        }
    }
}
