using System.CommandLine;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Commands;

/// <summary>One command: what it accepts and what it does. A group such as <c>cache</c> has children and does nothing itself.</summary>
internal sealed record ToolCommand(Command Syntax, CommandWork? Run, params IReadOnlyList<ToolCommand> Children);

/// <summary>Does a command's work and returns the exit code.</summary>
internal delegate int CommandWork(ParseResult arguments, CommandOutput output, CancellationToken cancellation);
