namespace FineTune.Runtime.Entities;

/// <summary>An entity among the words of a text.</summary>
/// <param name="Start">The index of its first word.</param>
/// <param name="End">The index behind its last one.</param>
/// <param name="Type">The index of its type.</param>
internal readonly record struct Entity(int Start, int End, int Type);
