using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization.Json;

/// <summary>Reads a pattern of a <c>tokenizer.json</c>: <c>{"String": …}</c> or <c>{"Regex": …}</c>.</summary>
internal static class PatternReader
{
    /// <summary>Reads a pattern.</summary>
    internal static Pattern Read(JsonPart part) => part.Find("Regex") is { } expression
        ? Pattern.Expression(expression.AsText(), part.File)
        : Pattern.Literal(part.Text("String"));
}
