using System.CommandLine;
using System.CommandLine.Parsing;
using FineTune.Core.Specification;

namespace FineTune.Tool.Terminal;

/// <summary>Says in our words what is wrong with a command line, and which name was probably meant.</summary>
internal static class UsageErrors
{
    public static IReadOnlyList<string> Describe(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parse.UnmatchedTokens is [])
        {
            return [$"a command is missing: {string.Join(", ", VisibleCommands(command))}."];
        }

        // What follows an unknown option is its value, and no mistake of its own.
        var tokens = parse.UnmatchedTokens;
        var messages = tokens.Where((token, index) => token.StartsWith('-') || index == 0 || !tokens[index - 1].StartsWith('-')).Select(token => DescribeUnknown(token, command)).ToList();

        // System.CommandLine repeats unmatched tokens among its own errors; those are told above.
        messages.AddRange(parse.Errors.Where(error => !IsAboutUnmatched(error, parse)).Select(error => error.Message.TrimEnd('.') + "."));
        return messages is [] ? ["the command line is not complete."] : [.. messages.Distinct()];
    }

    private static string DescribeUnknown(string token, Command command)
    {
        var isOption = token.StartsWith('-');
        var nearest = isOption
            ? NameSuggestion.Of(token, VisibleOptions(command))
            : NameSuggestion.Of(token, VisibleCommands(command));
        var kind = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return $"unknown {kind} '{token}'" + (nearest is null ? "." : $"; did you mean '{nearest}'?");
    }

    private static IEnumerable<string> VisibleOptions(Command command)
        => command.Options.Where(option => !option.Hidden).Select(option => option.Name).Append("--json").Append("--help");

    private static IEnumerable<string> VisibleCommands(Command command)
        => command.Subcommands.Where(child => !child.Hidden).Select(child => child.Name);

    private static bool IsAboutUnmatched(ParseError error, ParseResult parse)
        => parse.UnmatchedTokens.Any(token => error.Message.Contains($"'{token}'", StringComparison.Ordinal))
            || (error.SymbolResult is CommandResult { Command: RootCommand } && parse.UnmatchedTokens.Count > 0);
}
