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
    public void Every_code_of_the_core_is_explained_in_the_documentation()
    {
        var text = File.ReadAllText(RepositoryFiles.Path("docs/diagnostics/core.md"));
        var entries = Regex.Split(text, "^## ", RegexOptions.Multiline).Skip(1).ToArray();

        Assert.Equal(
            SpecificationDiagnostics.All.Concat(StoreDiagnostics.All).OrderBy(descriptor => descriptor.Code, StringComparer.Ordinal).Select(descriptor => $"{descriptor.Code}: {descriptor.Title}"),
            entries.Select(entry => entry.Split('\n')[0].Trim()));
        Assert.All(entries, entry => Assert.All(new[] { "**What happened.**", "**Why.**", "**What to do.**" }, part => Assert.Contains(part, entry, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a.csv", 12, 3, "a.csv(12,3): error FT1003: Wrong.")]
    [InlineData("a.csv", 12, 0, "a.csv(12): error FT1003: Wrong.")]
    [InlineData("a.csv", 0, 0, "a.csv: error FT1003: Wrong.")]
    public void A_diagnostic_has_the_form_that_editors_recognize(string file, int line, int column, string expected) =>
        Assert.Equal(expected, new Diagnostic("FT1003", DiagnosticSeverity.Error, "Wrong.", new SourceLocation(file, line, column)).ToString());
}
