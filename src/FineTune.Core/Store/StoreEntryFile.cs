namespace FineTune.Core.Store;

/// <summary>A file as <c>entry.json</c> lists it.</summary>
internal sealed record StoreEntryFile(long Size, string Hash);
