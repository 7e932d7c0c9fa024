namespace FineTune.Core.Tests.Specification;

public class OptionsDocumentTests
{
    [Fact]
    public void The_page_about_options_is_up_to_date()
    {
        var path = RepositoryFiles.Path("docs/options.md");
        var expected = OptionsDocument.Write().ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("FINETUNE_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == expected,
            "docs/options.md is out of date. Regenerate it: FINETUNE_UPDATE_DOCS=1 dotnet test --project tests/FineTune.Core.Tests");
    }
}
