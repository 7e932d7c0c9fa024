using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Training.Checkpoints;

/// <summary>Weights that lie in several files with an index, as transformers writes those of large models.</summary>
internal sealed class ShardedWeights : IWeightFile
{
    private const int NamesInMessage = 8;

    private readonly string path;
    private readonly Dictionary<string, IWeightFile> files;
    private readonly Dictionary<string, IWeightFile> fileOf = new(StringComparer.Ordinal);

    private ShardedWeights(BaseModelWeights weights, Dictionary<string, IWeightFile> files)
    {
        path = weights.Path;
        this.files = files;
        Metadata = weights.Index!.Metadata;
        Weights = files.Values.SelectMany(file => file.Weights.Values).ToDictionary(info => info.Name, StringComparer.Ordinal);
        foreach (var file in files.Values)
        {
            foreach (var name in file.Weights.Keys)
            {
                fileOf.Add(name, file);
            }
        }
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, WeightInfo> Weights { get; }

    /// <inheritdoc />
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens all files of an index and checks that each weight is where the index says, and nowhere else. Weights that the index does not name are there too, as in transformers.</summary>
    /// <exception cref="FineTuneException">FT2031: index and files do not fit; or what <paramref name="open"/> throws.</exception>
    public static ShardedWeights Open(BaseModelWeights weights, Func<string, IWeightFile> open)
    {
        var files = new Dictionary<string, IWeightFile>(StringComparer.Ordinal);
        try
        {
            foreach (var file in weights.Index!.Files)
            {
                files.Add(file, open(weights.FullPath(file)));
            }

            Check(weights, files);
            return new ShardedWeights(weights, files);
        }
        catch
        {
            DisposeAll(files);
            throw;
        }
    }

    /// <inheritdoc />
    public void ReadFloat32(string name, Span<float> destination)
    {
        WeightConversion.Check(this, name, destination, path);
        fileOf[name].ReadFloat32(name, destination);
    }

    /// <inheritdoc />
    public void Dispose() => DisposeAll(files);

    private static void Check(BaseModelWeights weights, Dictionary<string, IWeightFile> files)
    {
        var absent = weights.Index!.FileOf.Where(weight => !files[weight.Value].Weights.ContainsKey(weight.Key)).Select(weight => $"'{weight.Key}' is not in {weight.Value}");
        var twice = files.SelectMany(file => file.Value.Weights.Keys.Select(name => (Name: name, File: file.Key))).GroupBy(weight => weight.Name, weight => weight.File, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any()).Select(group => $"'{group.Key}' is in {string.Join(" and ", group)}");
        string[] mistakes = [.. absent.Concat(twice).Order(StringComparer.Ordinal)];
        if (mistakes.Length > 0)
        {
            var more = mistakes.Length > NamesInMessage ? $"; and {mistakes.Length - NamesInMessage} more" : "";
            throw new FineTuneException("FT2031", $"The index of the weights does not fit its files: {string.Join("; ", mistakes.Take(NamesInMessage))}{more}. The files are of different models or versions; copy or download all of them again.", new SourceLocation(weights.Path));
        }
    }

    private static void DisposeAll(Dictionary<string, IWeightFile> files)
    {
        foreach (var file in files.Values)
        {
            file.Dispose();
        }
    }
}
