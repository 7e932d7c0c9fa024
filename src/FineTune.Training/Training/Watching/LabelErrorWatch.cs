using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Data;

namespace FineTune.Training.Training.Watching;

/// <summary>
/// FT4016: rows whose label is probably wrong. The model had learned from such a row at least once, and is still certain of another label when it meets it again; the
/// shares are those of the training's own forward pass, so they cost nothing. After Northcutt, Jiang and Chuang, "Confident Learning" (2021).
/// </summary>
/// <param name="rows">The training rows.</param>
/// <param name="labels">The labels.</param>
/// <param name="warn">Receives the warning.</param>
internal sealed class LabelErrorWatch(IReadOnlyList<LabelledText> rows, IReadOnlyList<string> labels, Action<Diagnostic> warn) : ITrainingObserver, ITrainingState
{
    private const float LargestShareOfLabel = 0.05f;
    private const float SmallestShareOfAnswer = 0.9f;
    private const int Shown = 5;

    private readonly float[] visits = new float[rows.Count];
    private readonly float[] losses = new float[rows.Count];
    private readonly float[] sharesOfLabel = new float[rows.Count];
    private readonly float[] sharesOfAnswer = new float[rows.Count];
    private readonly float[] answers = new float[rows.Count];

    /// <inheritdoc/>
    public string Name => "rows";

    private float[][] Arrays => [visits, losses, sharesOfLabel, sharesOfAnswer, answers];

    /// <summary>Takes note of what the model answers to a batch before it learns from it.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="logits">Their logits, row by row.</param>
    public void Add(IReadOnlyList<EncodedText> batch, float[] logits)
    {
        var width = logits.Length / batch.Count;
        for (var i = 0; i < batch.Count; i++)
        {
            var (row, label) = (batch[i].Row, batch[i].Label);
            if (row >= rows.Count)
            {
                continue;
            }

            var values = logits.AsSpan(i * width, width);
            var answer = 0;
            for (var j = 1; j < width; j++)
            {
                answer = values[j] > values[answer] ? j : answer;
            }

            var sum = 0f;
            foreach (var value in values)
            {
                sum += MathF.Exp(value - values[answer]);
            }

            visits[row]++;
            losses[row] += MathF.Log(sum) - (values[label] - values[answer]);
            sharesOfLabel[row] = MathF.Exp(values[label] - values[answer]) / sum;
            sharesOfAnswer[row] = 1 / sum;
            answers[row] = answer;
        }
    }

    /// <inheritdoc/>
    public void OnEnd()
    {
        int[] suspicious =
        [
            .. Enumerable.Range(0, rows.Count)
                .Where(row => visits[row] > 1 && sharesOfLabel[row] <= LargestShareOfLabel && sharesOfAnswer[row] >= SmallestShareOfAnswer)
                .OrderByDescending(row => losses[row] / visits[row]),
        ];
        if (suspicious.Length > 0)
        {
            var places = string.Join("; ", suspicious.Take(Shown).Select(Describe)) + (suspicious.Length > Shown ? $"; and {suspicious.Length - Shown} more" : "");
            warn(new Diagnostic("FT4016", DiagnosticSeverity.Warning, $"{(suspicious.Length == 1 ? "One training row has a label that is" : $"{suspicious.Length} training rows have labels that are")} probably wrong, the one with the highest loss first: {places}. Correct the labels, or leave the rows out.", rows[suspicious[0]].Origin));
        }
    }

    /// <inheritdoc/>
    public void Save(TrainingStateWriter writer)
    {
        for (var i = 0; i < Arrays.Length; i++)
        {
            writer.Add($"{i}", Arrays[i]);
        }
    }

    /// <inheritdoc/>
    public void Load(TrainingStateReader reader)
    {
        for (var i = 0; i < Arrays.Length; i++)
        {
            reader.Read($"{i}").CopyTo(Arrays[i], 0);
        }
    }

    private string Describe(int row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rows[row].Origin} says '{labels[rows[row].Label]}', the model '{labels[(int)answers[row]]}' ({sharesOfAnswer[row]:0.00})");
}
