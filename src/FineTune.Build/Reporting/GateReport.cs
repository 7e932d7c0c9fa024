using System.Globalization;
using System.Xml.Linq;
using FineTune.Build.Files;
using FineTune.Build.Gating;
using FineTune.Core.Gates;

namespace FineTune.Build.Reporting;

/// <summary>
/// A model's conditions as a JUnit file, which CI systems show as tests, and its metrics beside it. A condition of <c>Require</c> that does not hold is a failed test,
/// one of <c>Warn</c> a skipped one: JUnit knows no warnings. The same verdict is written as the same bytes.
/// </summary>
/// <param name="directory">The folder.</param>
/// <param name="name">Project and model, which begin the files' names: <c>Shop.Sentiment</c>.</param>
internal sealed class GateReport(string directory, string name)
{
    private bool isWritten;

    /// <summary>The files.</summary>
    public IReadOnlyList<string> Files => [JUnitFile, MetricsFile];

    private string JUnitFile => Path.Combine(directory, name + ".junit.xml");

    private string MetricsFile => Path.Combine(directory, name + ".metrics.json");

    /// <summary>Writes both files; what has not changed keeps its time.</summary>
    public void Write(GateVerdict verdict, string metricsFile)
    {
        FileUpdate.WriteText(JUnitFile, new XDocument(new XElement("testsuites", Suite(verdict))) + "\n");
        FileUpdate.WriteText(MetricsFile, File.ReadAllText(metricsFile));
        isWritten = true;
    }

    /// <summary>Deletes the files of an earlier build, unless they were written in this one.</summary>
    public void DeleteUnlessWritten()
    {
        foreach (var file in isWritten || !Directory.Exists(directory) ? [] : Files)
        {
            File.Delete(file);
        }
    }

    private XElement Suite(GateVerdict verdict) => new(
        "testsuite",
        new XAttribute("name", name),
        new XAttribute("tests", verdict.Required.Count + verdict.Wished.Count),
        new XAttribute("failures", verdict.Required.Count(result => !result.Passed)),
        new XAttribute("errors", 0),
        new XAttribute("skipped", verdict.Wished.Count(result => !result.Passed)),
        new XAttribute("time", verdict.Metrics.Training.Seconds.ToString("0.###", CultureInfo.InvariantCulture)),
        new XElement("properties", Properties(verdict).Select(property => new XElement("property", new XAttribute("name", property.Key), new XAttribute("value", property.Value)))),
        verdict.Required.Select(result => Test(result, new XElement("failure", new XAttribute("type", "FT5001"), new XAttribute("message", Printable(result.Describe()))))),
        verdict.Wished.Select(result => Test(result, new XElement("skipped", new XAttribute("message", "FT5002: " + Printable(result.Describe()))))));

    private XElement Test(GateResult result, XElement missed) => new(
        "testcase",
        new XAttribute("classname", name),
        new XAttribute("name", Printable(result.Condition.ToString())),
        new XAttribute("time", 0),
        result.Passed ? new XElement("system-out", Printable(result.Describe())) : missed);

    private static IEnumerable<KeyValuePair<string, string>> Properties(GateVerdict verdict)
        => new KeyValuePair<string, string>[]
        {
            new("fingerprint", verdict.Metrics.Fingerprint.Export),
            new("evaluatedOn", verdict.Metrics.EvaluatedOn),
            new("rows", verdict.Metrics.Rows.ToString(CultureInfo.InvariantCulture)),
        }.Concat(MetricsText.OfWholeModel(verdict.Metrics).Select(metric => new KeyValuePair<string, string>(metric.Key, metric.Value.ToString("R", CultureInfo.InvariantCulture))));

    /// <summary>A label may hold what XML cannot.</summary>
    private static string Printable(string text) => new([.. text.Select(character => char.IsControl(character) || char.IsSurrogate(character) || character > '\uFFFD' ? '?' : character)]);
}
