using System.Text.RegularExpressions;
using FineTune.Core.Diagnostics;

namespace FineTune.Core.Tests.Diagnostics;

public class DiagnosticCatalogueTests
{
    [Fact]
    public void Every_code_has_its_form_and_is_listed_once()
    {
        Assert.All(DiagnosticCatalogue.All, descriptor => Assert.Matches("^FT[0-6][0-9]{3}$", descriptor.Code));
        Assert.Equal(DiagnosticCatalogue.All.Count, DiagnosticCatalogue.All.Select(descriptor => descriptor.Code).Distinct().Count());
    }

    [Fact]
    public void A_code_is_found_whatever_its_case() => Assert.Equal("FT0002", DiagnosticCatalogue.Find("ft0002")?.Code);

    [Fact]
    public void Every_code_is_explained_in_the_documentation()
    {
        var text = File.ReadAllText(RepositoryFiles.Path("docs/diagnostics.md"));
        var entries = Regex.Split(text, "^## ", RegexOptions.Multiline).Skip(1).Select(entry => entry.Split('\n')).ToArray();

        Assert.Equal(
            DiagnosticCatalogue.All.Select(descriptor => $"{descriptor.Code}: *{descriptor.Title}.*"),
            entries.Select(lines => $"{lines[0]}: {lines[2]}"));
        Assert.All(entries, lines => Assert.All(new[] { "**What happened.**", "**Why.**", "**What to do.**" }, part => Assert.Contains(lines, line => line.StartsWith(part, StringComparison.Ordinal))));
    }

    [Fact]
    public void Every_code_in_the_sources_is_in_the_catalogue()
    {
        var sources = new[] { "src", "build" }
            .SelectMany(folder => Directory.EnumerateFiles(RepositoryFiles.Path(folder), "*", SearchOption.AllDirectories))
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".targets", StringComparison.Ordinal));
        var used = sources.SelectMany(file => Regex.Matches(File.ReadAllText(file), "\"(FT[0-9]{4})\"").Select(match => match.Groups[1].Value)).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(DiagnosticCatalogue.All.Select(descriptor => descriptor.Code), used);
    }

    [Theory]
    [InlineData("a.csv", 12, 3, "a.csv(12,3): error FT1003: Wrong.")]
    [InlineData("a.csv", 12, 0, "a.csv(12): error FT1003: Wrong.")]
    [InlineData("a.csv", 0, 0, "a.csv: error FT1003: Wrong.")]
    public void A_diagnostic_has_the_form_that_editors_recognize(string file, int line, int column, string expected) =>
        Assert.Equal(expected, new Diagnostic("FT1003", DiagnosticSeverity.Error, "Wrong.", new SourceLocation(file, line, column)).ToString());
}
