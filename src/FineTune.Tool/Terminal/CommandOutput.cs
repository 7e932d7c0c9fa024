using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;

namespace FineTune.Tool.Terminal;

/// <summary>
/// Where a command's words go. With <c>--json</c>, standard output carries JSON and nothing else, and people's text goes to standard error;
/// without it, people's text is the output.
/// </summary>
internal sealed class CommandOutput(ToolConsole console, bool json)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock _lock = new();

    public ToolConsole Console => console;

    public bool Json => json;

    /// <summary>Writes a line for people.</summary>
    public void Say(string line = "")
    {
        lock (_lock)
        {
            (json ? console.Error : console.Output).WriteLine(line);
        }
    }

    /// <summary>Writes the command's JSON document, if one is asked for.</summary>
    public void Write(JsonNode document)
    {
        if (json)
        {
            console.Output.WriteLine(document.ToJsonString(Indented));
        }
    }

    /// <summary>Writes one line of JSON.</summary>
    public void WriteLine(JsonNode document) => console.Output.WriteLine(document.ToJsonString(OneLine));

    /// <summary>Writes a diagnostic in its canonical form, which editors and CI systems recognize, to standard error.</summary>
    public void Report(Diagnostic diagnostic)
    {
        lock (_lock)
        {
            console.Error.WriteLine(diagnostic.ToString());
        }
    }

    /// <summary>Reports errors on standard error and, with <c>--json</c>, as the document on standard output.</summary>
    public void Fail(IReadOnlyList<Diagnostic> errors)
    {
        foreach (var error in errors)
        {
            Report(error);
        }

        Write(new JsonObject { ["errors"] = new JsonArray([.. errors.Select(ToJson)]) });
    }

    public static JsonObject ToJson(Diagnostic diagnostic) => new()
    {
        ["code"] = diagnostic.Code,
        ["message"] = diagnostic.Message,
        ["file"] = diagnostic.Location?.File,
        ["line"] = diagnostic.Location is { Line: > 0 } place ? place.Line : null,
        ["column"] = diagnostic.Location is { Column: > 0 } at ? at.Column : null,
    };
}
