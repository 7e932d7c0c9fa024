using FineTune.Core.Diagnostics;
using FineTune.Runtime.Entities;

namespace FineTune.Training.Evaluation;

/// <summary>
/// Measures a model that gives each word a tag, by the entities that the tags make: one is right when its first word, its last word and its type are. The
/// numbers equal those of conlleval, and the <c>.strict</c> ones those of seqeval with <c>mode="strict", scheme=IOB2</c>.
/// </summary>
internal static class TokenEvaluation
{
    private static readonly string[] WithIntervals = ["precision", "recall", "f1", "f1.macro", "f1.strict", "accuracy"];

    /// <summary>Computes all metrics from a model's logits; the answer to a word is the tag with the highest logit, the first of equal ones.</summary>
    /// <param name="expected">The indices of each text's tags, one for each word.</param>
    /// <param name="logits">For each text and word one number for each tag. The words at the end that were cut off are missing: their answer is <c>O</c>, so their entities count as missed.</param>
    /// <param name="tags">The tags in the order of their indices: <c>O</c>, <c>B-type</c>, <c>I-type</c>, ….</param>
    /// <param name="intervals">Whether to compute the intervals, which cost a thousand times as much.</param>
    /// <returns>What the other overload gives, and <c>loss</c>: the mean cross entropy of the words that were not cut off.</returns>
    /// <exception cref="FineTuneException">A logit is infinite or not a number (FT1040).</exception>
    /// <exception cref="ArgumentException">There are no texts, the lengths differ, or a tag is not of the BIO scheme.</exception>
    public static EvaluationResult Compute(IReadOnlyList<IReadOnlyList<int>> expected, IReadOnlyList<IReadOnlyList<IReadOnlyList<float>>> logits, IReadOnlyList<string> tags, bool intervals = true)
    {
        RequireTexts(expected.Count, logits.Count);
        var predicted = new List<IReadOnlyList<int>>(logits.Count);
        var (loss, words) = (0.0, 0L);
        for (var text = 0; text < logits.Count; text++)
        {
            RequireWords(expected[text].Count, logits[text].Count);
            var answers = new int[logits[text].Count];
            for (var word = 0; word < answers.Length; word++)
            {
                ModelOutput.Check(logits[text][word], tags.Count, text);
                answers[word] = ModelOutput.IndexOfHighest(logits[text][word]);
                loss += ModelOutput.CrossEntropy(logits[text][word], expected[text][word], answers[word]);
                words++;
            }

            predicted.Add(answers);
        }

        var result = Compute(expected, predicted, tags, intervals);
        return result with { Metrics = new Dictionary<string, double>(result.Metrics, StringComparer.Ordinal) { ["loss"] = words == 0 ? double.NaN : loss / words } };
    }

    /// <summary>
    /// Computes the metrics of answers: <c>precision</c>, <c>recall</c> and <c>f1</c> of all entities, each also with <c>.macro</c>, <c>.strict</c> and
    /// <c>[type]</c>, and <c>accuracy</c>, the share of the words whose tag is right.
    /// </summary>
    /// <param name="expected">The indices of each text's tags, one for each word.</param>
    /// <param name="predicted">The indices of the tags that each text is answered with; missing ones at its end are <c>O</c>.</param>
    /// <param name="tags">The tags in the order of their indices: <c>O</c>, <c>B-type</c>, <c>I-type</c>, ….</param>
    /// <param name="intervals">Whether to compute the intervals, which cost a thousand times as much.</param>
    /// <exception cref="ArgumentException">There are no texts, the lengths differ, or a tag is not of the BIO scheme.</exception>
    public static EvaluationResult Compute(IReadOnlyList<IReadOnlyList<int>> expected, IReadOnlyList<IReadOnlyList<int>> predicted, IReadOnlyList<string> tags, bool intervals = true)
    {
        RequireTexts(expected.Count, predicted.Count);
        var scheme = new EntityTags(tags);
        TextCounts[] texts = [.. expected.Zip(predicted, (wanted, given) => Count(wanted, given, scheme))];
        var times = new int[texts.Length];
        Array.Fill(times, 1);
        var counts = Sum(texts, times, scheme.Types.Count);

        var metrics = new Dictionary<string, double>(StringComparer.Ordinal) { ["accuracy"] = counts.Accuracy };
        foreach (var (name, score) in ScoreCounts.Scores)
        {
            metrics[name] = score(counts.All);
            metrics[$"{name}.macro"] = Macro(counts.ByType, score);
            metrics[$"{name}.strict"] = score(counts.Strict);
            for (var type = 0; type < scheme.Types.Count; type++)
            {
                metrics[$"{name}[{scheme.Types[type]}]"] = score(counts.ByType[type]);
            }
        }

        return new EvaluationResult { Metrics = metrics, Intervals = intervals ? Intervals(texts, scheme.Types.Count) : new Dictionary<string, IReadOnlyList<double>>() };
    }

    private static void RequireTexts(int expected, int predicted)
    {
        if (expected == 0 || expected != predicted)
        {
            throw new ArgumentException($"{expected} texts with expected and {predicted} with predicted tags.", nameof(predicted));
        }
    }

    private static void RequireWords(int words, int predicted)
    {
        if (predicted > words)
        {
            throw new ArgumentException($"{predicted} predicted tags for {words} words.", nameof(predicted));
        }
    }

    private static TextCounts Count(IReadOnlyList<int> expected, IReadOnlyList<int> given, EntityTags scheme)
    {
        RequireWords(expected.Count, given.Count);
        int[] predicted = [.. given, .. Enumerable.Repeat(scheme.Outside, expected.Count - given.Count)];
        var byType = new SortedDictionary<int, ScoreCounts>();
        var (wanted, found) = (scheme.Find(expected).ToHashSet(), scheme.Find(predicted).ToHashSet());
        foreach (var entity in wanted.Union(found))
        {
            byType[entity.Type] = byType.GetValueOrDefault(entity.Type) + CountOf(entity, wanted, found);
        }

        var (strictlyWanted, strictlyFound) = (scheme.FindStrictly(expected).ToHashSet(), scheme.FindStrictly(predicted).ToHashSet());
        return new TextCounts(
            [.. byType.Select(pair => (pair.Key, pair.Value))],
            new ScoreCounts(strictlyWanted.Count, strictlyFound.Count, strictlyWanted.Intersect(strictlyFound).Count()),
            expected.Count,
            expected.Zip(predicted).Count(word => word.First == word.Second));
    }

    private static ScoreCounts CountOf(Entity entity, HashSet<Entity> wanted, HashSet<Entity> found)
    {
        var (isWanted, isFound) = (wanted.Contains(entity), found.Contains(entity));
        return new ScoreCounts(isWanted ? 1 : 0, isFound ? 1 : 0, isWanted && isFound ? 1 : 0);
    }

    private static Counts Sum(TextCounts[] texts, int[] times, int typeCount)
    {
        var byType = new ScoreCounts[typeCount];
        var (strict, words, correctWords) = (default(ScoreCounts), 0L, 0L);
        for (var text = 0; text < texts.Length; text++)
        {
            if (times[text] == 0)
            {
                continue;
            }

            foreach (var (type, counts) in texts[text].ByType)
            {
                byType[type] += counts * times[text];
            }

            strict += texts[text].Strict * times[text];
            words += (long)texts[text].Words * times[text];
            correctWords += (long)texts[text].CorrectWords * times[text];
        }

        return new Counts(byType, strict, words, correctWords);
    }

    /// <summary>The plain mean over the types that were expected or predicted, as seqeval has it; 0 without any.</summary>
    private static double Macro(ScoreCounts[] byType, Func<ScoreCounts, double> score) => byType.Where(type => type.Occurs).Select(score).DefaultIfEmpty().Average();

    private static Dictionary<string, IReadOnlyList<double>> Intervals(TextCounts[] texts, int typeCount)
        // Whole texts are drawn, because what is right in one text is not independent.
        => ConfidenceIntervals.Bootstrap(texts.Length, WithIntervals, (times, values) =>
        {
            var counts = Sum(texts, times, typeCount);
            values[0] = counts.All.Precision;
            values[1] = counts.All.Recall;
            values[2] = counts.All.F1;
            values[3] = Macro(counts.ByType, type => type.F1);
            values[4] = counts.Strict.F1;
            values[5] = counts.Accuracy;
        });

    /// <summary>One text: its entities by type, only those that occur; its entities by the strict rule; its words.</summary>
    private sealed record TextCounts((int Type, ScoreCounts Counts)[] ByType, ScoreCounts Strict, int Words, int CorrectWords);

    private sealed record Counts(ScoreCounts[] ByType, ScoreCounts Strict, long Words, long CorrectWords)
    {
        public ScoreCounts All => ByType.Aggregate(default(ScoreCounts), (left, right) => left + right);

        public double Accuracy => Words == 0 ? 0 : (double)CorrectWords / Words;
    }
}
