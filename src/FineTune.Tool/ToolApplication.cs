using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Tool.Commands;
using FineTune.Tool.Terminal;

namespace FineTune.Tool;

/// <summary>
/// The command line: parses, runs one command and turns its outcome into an exit code. Every exception ends here, so that a mistake of the
/// user never shows a stack trace and a failure never lacks a code.
/// </summary>
internal sealed class ToolApplication(ToolConsole console)
{
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON document to standard output, and people's text to standard error.", Recursive = true };

    /// <summary>Runs the command that <paramref name="arguments"/> name and returns the process's exit code.</summary>
    public int Run(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        try
        {
            return RunCommand(arguments, cancellation);
        }
        catch (IOException exception) when (ExceptionDiagnostics.IsOutputClosed(exception))
        {
            // As in "predict … | head": there is nobody left to tell anything.
            return ExitCode.Failed;
        }
    }

    private int RunCommand(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var root = CreateRoot(cancellation);
        var parse = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction)
        {
            return RejectUsage(parse, arguments);
        }

        return parse.Invoke(new InvocationConfiguration
        {
            Output = console.Output,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    private RootCommand CreateRoot(CancellationToken cancellation)
    {
        var root = new RootCommand("Fine-tunes pretrained transformers on your data, tests them, and hands them to .NET apps.") { _json };
        foreach (var command in CommandList.Create())
        {
            root.Add(Connect(command, cancellation));
        }

        return root;
    }

    private Command Connect(ToolCommand command, CancellationToken cancellation)
    {
        if (command.Run is { } run)
        {
            command.Syntax.SetAction(parse => Guard(new CommandOutput(console, parse.GetValue(_json)), output => run(parse, output, cancellation)));
        }

        foreach (var child in command.Children)
        {
            command.Syntax.Add(Connect(child, cancellation));
        }

        return command.Syntax;
    }

    private static int Guard(CommandOutput output, Func<CommandOutput, int> run)
    {
        try
        {
            return run(output);
        }
        catch (OperationCanceledException)
        {
            output.Console.Error.WriteLine("finetune: cancelled; nothing was changed. A training that was under way goes on where it was the next time.");
            WriteIfRead(output, new JsonObject { ["cancelled"] = true });
            return ExitCode.Cancelled;
        }
        catch (Exception exception) when (!ExceptionDiagnostics.IsOutputClosed(exception))
        {
            output.Fail(ExceptionDiagnostics.Explain(exception));
            return ExitCode.Failed;
        }
    }

    /// <summary>An interrupt ends the readers of a pipe too, which must not change what the process returns.</summary>
    private static void WriteIfRead(CommandOutput output, JsonNode document)
    {
        try
        {
            output.Write(document);
        }
        catch (IOException exception) when (ExceptionDiagnostics.IsOutputClosed(exception))
        {
            // Whoever read the output is gone; the exit code says it all.
        }
    }

    private int RejectUsage(ParseResult parse, IReadOnlyList<string> arguments)
    {
        var output = new CommandOutput(console, arguments.Contains("--json"));
        var messages = UsageErrors.Describe(parse);
        foreach (var message in messages)
        {
            console.Error.WriteLine($"finetune: {message}");
        }

        console.Error.WriteLine($"'dotnet finetune{CommandPath(parse.CommandResult)} --help' lists what there is.");
        output.Write(new JsonObject
        {
            ["errors"] = new JsonArray([.. messages.Select(message => CommandOutput.ToJson(new Diagnostic("usage", DiagnosticSeverity.Error, message)))]),
        });
        return ExitCode.WrongUsage;
    }

    /// <summary>The command as it was written, such as <c>" cache prune"</c>; empty for the program itself.</summary>
    private static string CommandPath(SymbolResult? result)
        => result is CommandResult { Command: not RootCommand } command ? $"{CommandPath(command.Parent)} {command.Command.Name}" : "";
}
