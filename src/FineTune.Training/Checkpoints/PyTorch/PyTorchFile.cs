using System.Text;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints.PyTorch;

/// <summary>
/// A <c>pytorch_model.bin</c>: a dictionary of tensors that <c>torch.save</c> wrote, mapped into memory. It is a zip file of a pickle that describes the tensors and of one uncompressed entry for each storage, or, from
/// before PyTorch 1.6, a <see cref="LegacyContainer"/>. Threads may read at the same time.
/// </summary>
internal sealed class PyTorchFile : IWeightFile
{
    private const string PickleName = "data.pkl";
    private const string DataFolder = "data/";
    private const string ByteOrderName = "byteorder";
    private const int LongestPickle = 64_000_000;

    // Enough to tell files apart. Before 0.1 torch.save wrote tar files, which have their mark at this place.
    private const int LongestStart = 512;
    private const int TarMark = 257;

    private readonly string path;
    private readonly MappedFile file;
    private readonly Contents contents;

    private PyTorchFile(string path, MappedFile file, Contents contents)
    {
        this.path = path;
        this.file = file;
        this.contents = contents;
        Weights = contents.Tensors.ToDictionary(tensor => tensor.Key, tensor => new WeightInfo(tensor.Key, tensor.Value.Storage.Type, tensor.Value.Shape), StringComparer.Ordinal);
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, WeightInfo> Weights { get; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <summary>Opens a file and checks that every tensor lies in its data.</summary>
    /// <exception cref="FineTuneException">
    /// FT2040: it cannot be opened; FT2032: it is of another format; FT2033: it asks for more than weights need; FT2034: it is damaged; FT2035: a weight does not fit its data.
    /// </exception>
    public static PyTorchFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new PyTorchFile(path, file, ReadContents(file, new PyTorchErrors(path)));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void ReadFloat32(string name, Span<float> destination)
    {
        WeightConversion.Check(this, name, destination, path);
        var tensor = contents.Tensors[name];
        if (destination.IsEmpty)
        {
            return;
        }

        var size = SafetensorsType.BytesOf(tensor.Storage.Type);
        var start = contents.Storages[tensor.Storage.Key] + (tensor.Offset * size);
        if (tensor.IsContiguous)
        {
            WeightConversion.ReadFloat32(file, start, tensor.Storage.Type, destination, contents.IsBigEndian);
            return;
        }

        // Where the last dimension's elements are neighbours, as in a slice of rows, they are read together.
        var dimensions = tensor.Shape.Count;
        var run = tensor.Strides[dimensions - 1] == 1 ? (int)tensor.Shape[dimensions - 1] : 1;
        var place = new long[dimensions];
        for (var index = 0; index < destination.Length; index += run)
        {
            WeightConversion.ReadFloat32(file, start + (tensor.Distance(place) * size), tensor.Storage.Type, destination.Slice(index, run), contents.IsBigEndian);
            place[dimensions - 1] += run - 1;
            Advance(place, tensor.Shape);
        }
    }

    /// <inheritdoc />
    public void Dispose() => file.Dispose();

    private static Contents ReadContents(MappedFile file, PyTorchErrors errors)
    {
        var start = file.Bytes(0, (int)Math.Min(file.Length, LongestStart));
        return LegacyContainer.Begins(start) ? ReadLegacy(file, errors)
            : start.StartsWith("PK\x03\x04"u8) ? ReadZip(file, errors)
            : throw OtherFormat(start, errors);
    }

    private static Contents ReadLegacy(MappedFile file, PyTorchErrors errors)
    {
        var contents = LegacyContainer.Read(file, LongestPickle, errors);
        var tensors = TensorsOf(contents.Content, errors);
        return new Contents(tensors, LegacyContainer.FindStorages(file, contents, tensors, errors), IsBigEndian: false);
    }

    private static Contents ReadZip(MappedFile file, PyTorchErrors errors)
    {
        var entries = ZipDirectory.Read(file, errors);
        var root = RootOf(entries.Keys, errors);
        var pickle = entries[root + PickleName];
        if (pickle.Length > LongestPickle)
        {
            throw errors.Damaged($"its pickle has {pickle.Length} bytes, and {LongestPickle} is the limit");
        }

        var isBigEndian = entries.TryGetValue(root + ByteOrderName, out var byteOrder) && Text(file, byteOrder) switch
        {
            "little" => false,
            "big" => true,
            var other => throw errors.Damaged($"its byte order is '{other}'"),
        };
        var tensors = TensorsOf(WeightUnpickler.Read(file.Bytes(pickle.Offset, (int)pickle.Length), errors), errors);
        var storages = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, tensor) in tensors)
        {
            if (!entries.TryGetValue(root + DataFolder + tensor.Storage.Key, out var data))
            {
                throw errors.Unfit(name, $"its storage '{tensor.Storage.Key}' is not in the file");
            }

            if (tensor.Storage.ElementCount > data.Length / SafetensorsType.BytesOf(tensor.Storage.Type))
            {
                throw errors.Unfit(name, $"its storage of {tensor.Storage.ElementCount} elements has only {data.Length} bytes");
            }

            storages[tensor.Storage.Key] = data.Offset;
        }

        return new Contents(tensors, storages, isBigEndian);
    }

    /// <summary>Says what a file is that begins as neither of the containers.</summary>
    private static FineTuneException OtherFormat(ReadOnlySpan<byte> start, PyTorchErrors errors)
        => errors.OtherFormat(
            start.Length > TarMark && start[TarMark..].StartsWith("ustar"u8) ? "This file is a tar file, as PyTorch wrote them before 0.1, which is not supported. Load it with PyTorch and save it again: torch.save(torch.load('pytorch_model.bin'), 'pytorch_model.bin'); or use the model's safetensors file."
            : start.StartsWith("version https://git-lfs"u8) ? "This file is a pointer of Git LFS, not the weights themselves. Run 'git lfs pull' in the base model's folder, or download the file."
            : $"This is no PyTorch file: one of torch.save is expected, and this one begins otherwise{(start.IsEmpty ? " (it is empty)" : "")}. Copy or download it again.");

    /// <summary>The folder in the zip file that all entries are in; its name is the file's when it was written.</summary>
    private static string RootOf(IEnumerable<string> names, PyTorchErrors errors)
    {
        string[] pickles = [.. names.Where(name => name.EndsWith("/" + PickleName, StringComparison.Ordinal) && name.IndexOf('/', StringComparison.Ordinal) == name.Length - PickleName.Length - 1)];
        return pickles.Length == 1
            ? pickles[0][..^PickleName.Length]
            : throw errors.OtherFormat($"This zip file is not of torch.save: it has {pickles.Length} entries '{PickleName}' where one is expected. Save the model's state_dict with torch.save or save_pretrained.");
    }

    private static Dictionary<string, StoredTensor> TensorsOf(object? content, PyTorchErrors errors)
    {
        var dictionary = content as Dictionary<string, object?>
            ?? throw errors.OtherFormat("This file holds something else than a dictionary of weights. Save the model's state_dict with torch.save or save_pretrained.");
        var tensors = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach (var (name, value) in dictionary)
        {
            var tensor = value as StoredTensor
                ?? throw errors.OtherFormat($"This file holds something else than weights: '{PyTorchErrors.Shown(name)}' is no tensor. It may be a checkpoint of a training; save the model's state_dict alone with torch.save or save_pretrained.");
            tensor.Check(name, errors);
            tensors.Add(name, tensor);
        }

        return tensors;
    }

    private static string Text(MappedFile file, (long Offset, long Length) entry) => Encoding.UTF8.GetString(file.Bytes(entry.Offset, (int)Math.Min(entry.Length, 64)));

    /// <summary>Goes to the next element in row-major order.</summary>
    private static void Advance(long[] place, IReadOnlyList<long> shape)
    {
        for (var dimension = place.Length - 1; dimension >= 0 && ++place[dimension] == shape[dimension]; dimension--)
        {
            place[dimension] = 0;
        }
    }

    /// <summary>What a file holds.</summary>
    /// <param name="Tensors">The tensors by name.</param>
    /// <param name="Storages">The byte where each storage begins, by its key.</param>
    /// <param name="IsBigEndian">Whether an element's highest byte comes first.</param>
    private sealed record Contents(IReadOnlyDictionary<string, StoredTensor> Tensors, IReadOnlyDictionary<string, long> Storages, bool IsBigEndian);
}
