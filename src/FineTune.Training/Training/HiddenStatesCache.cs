using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Serialization;
using FineTune.Core.Store;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Native;
using static TorchSharp.torch;

namespace FineTune.Training.Training;

/// <summary>
/// What the frozen layers of a model make of rows, computed once: found in the store, or computed and stored there for all epochs, for the evaluations, and for later trainings.
/// Nothing depends on it but time: where hidden states cannot be kept, the layers are computed each time.
/// </summary>
/// <param name="place">The store and its limit.</param>
/// <param name="parameters">The parameters, as they were loaded.</param>
/// <param name="configFile">The base model's <c>config.json</c>.</param>
/// <param name="progress">Receives what is going on, for people, a few times per second at most.</param>
/// <param name="report">Receives warnings and remarks.</param>
/// <param name="cancellation">Cancels between batches.</param>
internal sealed class HiddenStatesCache(HiddenStatesStore place, ParameterSet parameters, string configFile, Action<string> progress, Action<Diagnostic> report, CancellationToken cancellation)
{
    /// <summary>What progress messages begin with while layers are computed.</summary>
    public const string Computing = "computing the frozen layers";

    private const string FileName = "hidden-states.safetensors";

    /// <summary>Raised by hand when hidden states are computed or stored in another way.</summary>
    private const int Format = 1;

    // Large enough for fast products, small enough for the attention of long rows.
    private const int TokensInBatch = 4096;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>The hidden states of rows; <see langword="null"/> where no layer is frozen, or where they cannot be kept.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public HiddenStates? Open(TransformerModel model, IEnumerable<EncodedRow> rows)
    {
        if (model.FrozenLayers == 0)
        {
            return null;
        }

        var index = new HiddenStateIndex(rows.Select(row => (row.Tokens, row.SegmentsFor(model))), model.ReadsFrozenFirstTokenOnly);
        if (index.Inputs.Count == 0)
        {
            return null;
        }

        var fingerprint = FingerprintOf(model, index);
        try
        {
            var entry = place.Store.FindHiddenStates(fingerprint) ?? Compute(model, index, fingerprint);
            if (entry is null)
            {
                return null;
            }

            place.RecordUse(entry);
            return new HiddenStates(SafetensorsFile.Open(entry.PathOf(FileName)), index, model.Config.HiddenSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FineTuneException)
        {
            report(new Diagnostic("FT4031", DiagnosticSeverity.Warning, $"What the frozen layers compute cannot be kept, so it is computed in every epoch anew: {exception.Message}"));
            return null;
        }
    }

    private StoreEntry? Compute(TransformerModel model, HiddenStateIndex index, string fingerprint)
    {
        var weight = new WeightInfo(HiddenStates.WeightName, WeightType.Float32, [index.VectorCount, model.Config.HiddenSize]);
        var bytes = weight.ElementCount * sizeof(float);
        var usable = place.UsableBytes(place.Store.HiddenStatesBytes);
        if (bytes > usable)
        {
            report(new Diagnostic("FT4030", DiagnosticSeverity.Information, $"What the {model.FrozenLayers} frozen layers make of {index.Inputs.Count} texts takes {Gigabytes(bytes)}, and {Gigabytes(usable)} is the limit, so it is not kept but computed in every epoch anew. Raise {HiddenStatesStore.LimitVariable} or free some space on the disk of '{place.Store.Root}' to make the training faster; the result is the same."));
            return null;
        }

        place.Store.PruneHiddenStates(usable - bytes);
        return place.Store.AddHiddenStates(fingerprint, folder => SafetensorsWriter.WriteInParts(Path.Combine(folder, FileName), weight, Batches(model, index)));
    }

    /// <summary>The hidden states in the index's order. Batches hold inputs of one length, so that there is no padding for anything to depend on.</summary>
    private IEnumerable<ReadOnlyMemory<float>> Batches(TransformerModel model, HiddenStateIndex index)
    {
        var (done, reported) = (0, 0L);
        foreach (var batch in index.Inputs.GroupBy(input => (input.Tokens.Length, input.Segments is null)).SelectMany(alike => alike.Chunk(Math.Max(1, TokensInBatch / alike.Key.Length))))
        {
            cancellation.ThrowIfCancellationRequested();
            if (done == 0 || Stopwatch.GetElapsedTime(reported) >= ReportInterval)
            {
                progress($"{Computing}, once for all epochs: {done} of {index.Inputs.Count} texts");
                reported = Stopwatch.GetTimestamp();
            }

            yield return Encode(model, batch);
            done += batch.Length;
        }
    }

    private float[] Encode(TransformerModel model, (int[] Tokens, int[]? Segments)[] batch)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var tokens = model.Batch([.. batch.Select(input => input.Tokens)], parameters.Device, batch[0].Segments is null ? null : [.. batch.Select(input => input.Segments!)]);
        return model.EncodeFrozen(tokens).cpu().data<float>().ToArray();
    }

    private string FingerprintOf(TransformerModel model, HiddenStateIndex index) => ContentHash.OfText(CanonicalJson.Write(new JsonObject
    {
        ["format"] = Format,
        ["config"] = ContentHash.OfFile(configFile),
        ["parameters"] = HashOfFrozenParameters(),
        ["layers"] = model.FrozenLayers,
        ["firstTokenOnly"] = index.FirstTokenOnly,
        ["products"] = model.ProductType.ToString(),
        ["inputs"] = index.Hash,
        ["arithmetic"] = Arithmetic(),
    }));

    private string HashOfFrozenParameters()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var definition in parameters.Definitions.Where(definition => !parameters.Groups[definition.Name].Trainable))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(definition.Name));
            hash.AppendData(MemoryMarshal.AsBytes(parameters.Read(definition.Name).AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What the last digits depend on: a store that machines share must not make the result of one depend on which of them was first.</summary>
    private string Arithmetic()
    {
        if (parameters.Device.type != TorchSharp.DeviceType.CPU)
        {
            return $"{parameters.Device.type} {CudaDriver.ComputeCapability(Math.Max(0, parameters.Device.index))}, libtorch {NativeLocations.LibTorchVersion}";
        }

        var (_, vendor, _, _) = X86Base.IsSupported ? X86Base.CpuId(0, 0) : default;
        return string.Create(CultureInfo.InvariantCulture, $"{RuntimeInformation.ProcessArchitecture} {vendor:x} {Avx2.IsSupported} {Avx512F.IsSupported}, {get_num_threads()} threads, libtorch {NativeLocations.LibTorchVersion}");
    }

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.0##", CultureInfo.InvariantCulture) + " GB";
}
