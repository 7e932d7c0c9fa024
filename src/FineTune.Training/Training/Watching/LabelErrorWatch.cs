using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Data;

namespace FineTune.Training.Training.Watching;

/// <summary>
/// FT4016: rows whose label is probably wrong, because their loss is high each time the model meets them again: what is only hard is learned, a label that contradicts all
/// similar rows is not. The losses are those of the training's own forward pass, so watching costs next to nothing. With labels of TREC that were exchanged on
/// purpose, nine of ten rows above the limit were such rows (docs/decisions/label-errors.md).
/// </summary>
/// <param name="rows">The training rows.</param>
/// <param name="labels">The labels.</param>
/// <param name="warn">Receives the warning.</param>
internal sealed class LabelErrorWatch(IReadOnlyList<LabelledText> rows, IReadOnlyList<string> labels, Action<Diagnostic> warn) : ITrainingObserver, ITrainingState
{
    /// <summary>The mean loss from which on a label is doubted: a share of the label below 0.7 %.</summary>
    private const float Limit = 5;

    /// <summary>The first meeting says nothing, and one more may be chance.</summary>
    private const int FewestMeetings = 3;

    private const int Shown = 5;

    private readonly float[] meetings = new float[rows.Count];
    private readonly float[] losses = new float[rows.Count];
    private readonly float[] answers = new float[rows.Count];

    /// <inheritdoc/>
    public string Name => "rows";

    private float[][] Arrays => [meetings, losses, answers];

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

            losses[row] += meetings[row]++ == 0 ? 0 : MathF.Log(sum) - (values[label] - values[answer]);
            answers[row] = answer;
        }
    }

    /// <inheritdoc/>
    public void OnEnd()
    {
        int[] suspicious =
        [
            .. Enumerable.Range(0, rows.Count)
                .Where(row => meetings[row] >= FewestMeetings && MeanLoss(row) >= Limit && (int)answers[row] != rows[row].Label)
                .OrderByDescending(MeanLoss),
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

    private float MeanLoss(int row) => losses[row] / (meetings[row] - 1);

    private string Describe(int row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rows[row].Origin} says '{labels[rows[row].Label]}', the model '{labels[(int)answers[row]]}' (loss {MeanLoss(row):0.0})");
}
