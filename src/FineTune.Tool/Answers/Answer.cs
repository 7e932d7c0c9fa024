using System.Text.Json.Nodes;

namespace FineTune.Tool.Answers;

/// <summary>What a model answers to one input.</summary>
/// <param name="Line">For people.</param>
/// <param name="Json">For programs.</param>
internal sealed record Answer(string Line, JsonObject Json);
