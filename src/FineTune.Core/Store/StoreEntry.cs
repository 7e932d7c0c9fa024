namespace FineTune.Core.Store;

/// <summary>A finished entry of the <see cref="ModelStore"/>. Its files are never changed.</summary>
public sealed record StoreEntry
{
    /// <summary>The entry's folder.</summary>
    public required string Directory { get; init; }

    /// <summary>The fingerprint under which it is found.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>SHA-256 of each file, by its path relative to the folder with forward slashes.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>The absolute path of a file of the entry.</summary>
    /// <exception cref="KeyNotFoundException">The entry has no such file.</exception>
    public string PathOf(string relative) => Files.ContainsKey(relative)
        ? Path.Combine(Directory, relative)
        : throw new KeyNotFoundException($"The store entry '{Directory}' has no file '{relative}'.");
}
