using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Checkpoints;

/// <summary>
/// The checkpoints of one training: a safetensors file each, written beside its place and renamed, with a hash of what is in it. The last two are kept, so that
/// one is whole whatever happens while the other is written.
/// </summary>
/// <param name="directory">The folder; made when the first checkpoint is written.</param>
internal sealed class CheckpointFolder(string directory)
{
    private const int Kept = 2;
    private const string Prefix = "step-";
    private const string Extension = ".safetensors";
    private const string StepKey = "step";
    private const string StatesKey = "states";
    private const string HashKey = "sha256";
    private const string FormatKey = "format";

    /// <summary>Raised by hand when a state is written in another form; checkpoints of another form are passed over.</summary>
    private const string Format = "2";

    /// <summary>Writes a checkpoint and removes those before the last two.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public void Save(int step, IReadOnlyList<ITrainingState> states)
    {
        var values = new JsonObject();
        var arrays = new List<(WeightInfo Info, ReadOnlyMemory<float> Values)>();
        foreach (var state in states)
        {
            var writer = new TrainingStateWriter(state.Name);
            state.Save(writer);
            values.Add(state.Name, writer.Values);
            arrays.AddRange(writer.Arrays);
        }

        var notes = values.ToJsonString();
        Directory.CreateDirectory(directory);
        SafetensorsWriter.Write(PathOf(step), arrays, new Dictionary<string, string>
        {
            [FormatKey] = Format,
            [StepKey] = step.ToString(CultureInfo.InvariantCulture),
            [StatesKey] = notes,
            [HashKey] = Hash(step, notes, arrays.OrderBy(array => array.Info.Name, StringComparer.Ordinal).Select(array => array.Values)),
        });
        RemoveOld();
    }

    /// <summary>Returns the states to those of the last whole checkpoint.</summary>
    /// <param name="states">The states, as they are at the beginning of a training.</param>
    /// <param name="report">Is told of checkpoints that are damaged.</param>
    /// <returns>Steps done; 0 when there is no checkpoint, and the states are as they were.</returns>
    public int Load(IReadOnlyList<ITrainingState> states, Action<Diagnostic> report)
    {
        RemoveUnfinished();
        foreach (var path in Existing())
        {
            try
            {
                using var file = SafetensorsFile.Open(path);
                if (file.Metadata.GetValueOrDefault(FormatKey) == Format)
                {
                    return Load(file, states);
                }
            }
            catch (Exception exception) when (exception is FineTuneException or JsonException or InvalidDataException)
            {
                report(new Diagnostic("FT4018", DiagnosticSeverity.Warning, $"The checkpoint '{path}' is damaged and is not used: {exception.Message}"));
            }
        }

        return 0;
    }

    /// <summary>Removes all checkpoints: the training is finished.</summary>
    public void Delete()
    {
        try
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What is left over is never read again and goes with the next pruning of the store.
        }
    }

    private string PathOf(int step) => Path.Combine(directory, $"{Prefix}{step.ToString("D9", CultureInfo.InvariantCulture)}{Extension}");

    /// <summary>The checkpoints, the newest first.</summary>
    private IEnumerable<string> Existing() => Directory.Exists(directory)
        ? Directory.GetFiles(directory, $"{Prefix}*{Extension}").OrderDescending(StringComparer.Ordinal)
        : [];

    private static int Load(SafetensorsFile file, IReadOnlyList<ITrainingState> states)
    {
        var step = int.Parse(Note(file, StepKey), CultureInfo.InvariantCulture);
        var notes = Note(file, StatesKey);
        if (Hash(step, notes, file.Weights.Keys.Order(StringComparer.Ordinal).Select(file.Float32)) != Note(file, HashKey))
        {
            throw new InvalidDataException("Its content has changed since it was written.");
        }

        var values = JsonNode.Parse(notes)!.AsObject();
        foreach (var state in states)
        {
            state.Load(new TrainingStateReader(state.Name, values[state.Name]!.AsObject(), file));
        }

        return step;
    }

    private static string Note(SafetensorsFile file, string key)
        => file.Metadata.GetValueOrDefault(key) ?? throw new InvalidDataException($"It has no '{key}'.");

    private static string Hash(int step, string notes, IEnumerable<ReadOnlyMemory<float>> arrays)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(step));
        hash.AppendData(MemoryMarshal.AsBytes(notes.AsSpan()));
        foreach (var array in arrays)
        {
            hash.AppendData(MemoryMarshal.AsBytes(array.Span));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private void RemoveOld()
    {
        foreach (var path in Existing().Skip(Kept))
        {
            File.Delete(path);
        }
    }

    /// <summary>Removes what a run that was killed has half written. Later runs may write at the same time, so only the beginning of a training is the time for it.</summary>
    private void RemoveUnfinished()
    {
        foreach (var path in Directory.Exists(directory) ? Directory.GetFiles(directory, "*.tmp") : [])
        {
            File.Delete(path);
        }
    }
}
