namespace FineTune.Core.Specification;

/// <summary>A data file: as the user wrote it, for messages, and where it is.</summary>
/// <param name="DisplayPath">The path as written, relative or not; used in every message.</param>
/// <param name="FullPath">The absolute path.</param>
public sealed record DataFile(string DisplayPath, string FullPath);
