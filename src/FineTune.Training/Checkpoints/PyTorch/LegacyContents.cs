namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>What the pickles of a <see cref="LegacyContainer"/> hold.</summary>
/// <param name="Content">The object that was saved, as <see cref="WeightUnpickler"/> reads it.</param>
/// <param name="StorageKeys">The storages' keys, in the order of their data.</param>
/// <param name="DataOffset">The byte behind the pickles, where the first storage begins with its number of elements.</param>
internal sealed record LegacyContents(object? Content, IReadOnlyList<string> StorageKeys, long DataOffset);
