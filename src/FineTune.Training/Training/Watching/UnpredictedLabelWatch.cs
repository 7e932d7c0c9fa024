using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Training.Watching;

/// <summary>FT4015: labels that the kept weights never answer, though validation rows have them.</summary>
internal sealed class UnpredictedLabelWatch(TrainingPlan plan, IReadOnlyList<string> labels, IReadOnlyList<int> expected, BestEvaluation best, Action<Diagnostic> warn) : ITrainingObserver
{
    /// <summary>Of fewer rows all may be hard ones.</summary>
    private const int FewestRows = 5;

    private const int Shown = 5;

    /// <inheritdoc/>
    public void OnEnd()
    {
        var answered = best.Outputs.Select(row => row.ToArray().AsSpan().IndexOf(row.Max())).ToHashSet();
        (string Label, int Rows)[] never = [.. labels.Select((label, index) => (label, Rows: expected.Count(row => row == index), index)).Where(label => label.Rows >= FewestRows && !answered.Contains(label.index)).Select(label => (label.label, label.Rows))];
        if (never.Length > 0)
        {
            var names = string.Join(", ", never.Take(Shown).Select(label => $"'{label.Label}' ({label.Rows})")) + (never.Length > Shown ? $" and {never.Length - Shown} more" : "");
            warn(new Diagnostic("FT4015", DiagnosticSeverity.Warning, $"The model never answers {names}, with the number of validation rows that have the label. {(plan.ClassWeights == ClassWeights.None ? "Set ClassWeights=Balanced, or a" : "A")}dd rows with {(never.Length == 1 ? "this label" : "these labels")}, or train longer with more Epochs."));
        }
    }
}
