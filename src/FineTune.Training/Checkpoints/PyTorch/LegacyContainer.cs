using System.Buffers.Binary;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>
/// The container that <c>torch.save</c> wrote before PyTorch 1.6 (2020): one pickle after the other, of a magic number, the format's version, facts about the machine, the object itself and its storages' keys; and for
/// each key the number of its elements in eight bytes and the elements. All numbers are little-endian. Source: <c>_legacy_save</c> and <c>_legacy_load</c> of torch/serialization.py.
/// </summary>
internal static class LegacyContainer
{
    private const int CountLength = sizeof(long);
    private const long FormatVersion = 1001;

    /// <summary>The magic number's pickle, of protocol 2.</summary>
    private static ReadOnlySpan<byte> Magic => [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)PickleOpcode.Stop];

    /// <summary>Whether a file begins as this container does.</summary>
    /// <param name="start">The file's first bytes.</param>
    public static bool Begins(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    /// <summary>Reads the pickles.</summary>
    /// <param name="file">A file that begins as this container does.</param>
    /// <param name="longestPickle">How many bytes the pickles may have together.</param>
    /// <param name="errors">Makes the errors.</param>
    /// <exception cref="FineTuneException">FT2032: it is of another version; FT2033: it asks for more than weights need; FT2034: it is damaged.</exception>
    public static LegacyContents Read(MappedFile file, int longestPickle, PyTorchErrors errors)
    {
        var length = (int)Math.Min(file.Length, longestPickle);
        var reader = new PickleReader(file.Bytes(0, length), errors);
        reader.Bytes((uint)Magic.Length);
        if (WeightUnpickler.ReadNext(ref reader, errors) is not FormatVersion)
        {
            throw errors.OtherFormat("This file is of a version of PyTorch's old format that torch has never written. Use the model's safetensors file, or save it again with torch.save.");
        }

        // The sizes of C's types on the machine that wrote it; torch does not look at them either.
        WeightUnpickler.ReadNext(ref reader, errors);
        var content = WeightUnpickler.ReadNext(ref reader, errors);
        var keys = WeightUnpickler.ReadNext(ref reader, errors) as List<object?>;
        return keys?.TrueForAll(key => key is string) == true
            ? new LegacyContents(content, keys.ConvertAll(key => (string)key!), length - reader.Remaining)
            : throw errors.Damaged("the keys of its storages are no list of texts");
    }

    /// <summary>Finds where each storage begins.</summary>
    /// <param name="file">The file.</param>
    /// <param name="contents">What its pickles hold.</param>
    /// <param name="tensors">The tensors that are made of the storages, by name.</param>
    /// <param name="errors">Makes the errors.</param>
    /// <returns>The byte where a storage's elements begin, by its key.</returns>
    /// <exception cref="FineTuneException">FT2034: a storage is not whole; FT2035: a tensor does not fit its storage.</exception>
    public static IReadOnlyDictionary<string, long> FindStorages(MappedFile file, LegacyContents contents, IReadOnlyDictionary<string, StoredTensor> tensors, PyTorchErrors errors)
    {
        var tensorsOfStorages = tensors.ToLookup(tensor => tensor.Value.Storage.Key, StringComparer.Ordinal);
        var storages = new Dictionary<string, long>(StringComparer.Ordinal);
        var position = contents.DataOffset;
        foreach (var key in contents.StorageKeys)
        {
            if (file.Length - position < CountLength)
            {
                throw errors.Damaged($"it ends before its storage '{key}'");
            }

            var count = BinaryPrimitives.ReadInt64LittleEndian(file.Bytes(position, CountLength));
            position += CountLength;
            var (name, first) = tensorsOfStorages[key].FirstOrDefault();
            if (first is null || !storages.TryAdd(key, position))
            {
                throw errors.Damaged($"its storage '{key}' is of no tensor, or occurs twice");
            }

            if (tensorsOfStorages[key].FirstOrDefault(tensor => tensor.Value.Storage != first.Storage || tensor.Value.Storage.ElementCount != count) is { Key: { } unfit })
            {
                throw errors.Unfit(unfit, $"its storage of {tensors[unfit].Storage.ElementCount} elements of {tensors[unfit].Storage.Type} is described otherwise at its data, or by the weight '{name}'");
            }

            var size = SafetensorsType.BytesOf(first.Storage.Type);
            if (count < 0 || count > (file.Length - position) / size)
            {
                throw errors.Unfit(name, $"its storage of {count} elements has only {file.Length - position} bytes");
            }

            position += count * size;
        }

        return tensors.FirstOrDefault(tensor => !storages.ContainsKey(tensor.Value.Storage.Key)) is { Key: { } lost }
            ? throw errors.Unfit(lost, $"its storage '{tensors[lost].Storage.Key}' is not in the file")
            : storages;
    }
}
