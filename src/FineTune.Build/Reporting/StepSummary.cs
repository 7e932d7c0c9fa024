using System.Globalization;
using System.Text;
using FineTune.Build.Gating;
using FineTune.Core.Gates;

namespace FineTune.Build.Reporting;

/// <summary>Verdicts for people who look at a CI run: a section of Markdown for each model.</summary>
internal static class StepSummary
{
    private const int Attempts = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>The section of one model.</summary>
    public static string Section(string project, string model, GateVerdict verdict, bool isTrained)
    {
        var metrics = verdict.Metrics;
        var text = new StringBuilder();
        text.Append($"### {Cell(model)} ({Cell(project)})\n\n");
        text.Append($"{(isTrained ? $"Trained in {metrics.Training.Seconds.ToString("0", CultureInfo.InvariantCulture)} s" : "Not trained: the model was there")}, measured on {metrics.Rows} {metrics.EvaluatedOn} rows.\n\n");
        text.Append("| metric | value | 95 % interval |\n|---|---|---|\n");
        foreach (var metric in MetricsText.OfWholeModel(metrics))
        {
            var interval = metrics.Intervals.TryGetValue(metric.Key, out var bounds) ? string.Join(" to ", bounds.Select(MetricsText.Short)) : string.Empty;
            text.Append($"| {metric.Key} | {MetricsText.Short(metric.Value)} | {interval} |\n");
        }

        var conditions = verdict.Required.Select(result => Line(result, "**missed**")).Concat(verdict.Wished.Select(result => Line(result, "missed (warns only)"))).ToList();
        if (conditions.Count > 0)
        {
            text.Append("\n| condition | |\n|---|---|\n").Append(string.Concat(conditions));
        }

        return text.Append('\n').ToString();
    }

    /// <summary>
    /// Appends a section, unless the file holds it already: a step that builds twice says it once. Other projects may write at the same moment, so it tries for
    /// half a second; a summary is not worth a failed build.
    /// </summary>
    public static bool TryAppend(string file, string section)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                var present = new StreamReader(stream, Encoding.UTF8).ReadToEnd();
                if (!present.Contains(section))
                {
                    var bytes = Encoding.UTF8.GetBytes(section);
                    stream.Write(bytes, 0, bytes.Length);
                }

                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                if (attempt == Attempts || exception is UnauthorizedAccessException or DirectoryNotFoundException)
                {
                    return false;
                }

                Thread.Sleep(Pause);
            }
        }
    }

    private static string Line(GateResult result, string missed) => $"| {Cell(result.Describe())} | {(result.Passed ? "met" : missed)} |\n";

    private static string Cell(string text) => text.Replace("\\", "\\\\").Replace("|", "\\|").Replace("<", "&lt;").Replace('\n', ' ').Replace('\r', ' ');
}
