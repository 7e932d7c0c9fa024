using System.Text.Json.Nodes;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Tests;

/// <summary>What a run of the tool left behind.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output as one JSON document; anything else there is a failure.</summary>
    public JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException("null");

    /// <summary>Runs the command line inside this process, with streams of its own.</summary>
    public static ToolRun InProcess(params string[] arguments) => InProcess("", arguments);

    public static ToolRun WithInput(string input, params string[] arguments) => InProcess(input, arguments);

    private static ToolRun InProcess(string input, string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = new ToolApplication(new ToolConsole(new StringReader(input), output, error, IsInteractive: false)).Run(arguments, TestContext.Current.CancellationToken);
        return new ToolRun(exitCode, output.ToString(), error.ToString());
    }
}
