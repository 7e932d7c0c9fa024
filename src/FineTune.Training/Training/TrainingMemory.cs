using System.Globalization;
using System.Runtime.InteropServices;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Models;
using FineTune.Training.Strategies;
using Architecture = FineTune.Training.Models.Architecture;

namespace FineTune.Training.Training;

/// <summary>The memory that a training's largest step needs, counted from the shapes of what is kept; measurements exceed it by what libtorch itself and short-lived values take.</summary>
internal sealed class TrainingMemory
{
    // libtorch's words on Windows, on CUDA, and on Linux and macOS.
    private static readonly string[] Messages = ["not enough memory", "out of memory", "allocate memory"];

    /// <summary>Whether an exception says that memory could not be had.</summary>
    public static bool IsExhausted(Exception exception) => exception is OutOfMemoryException
        || (exception is ExternalException && Messages.Any(message => exception.Message.Contains(message, StringComparison.Ordinal)));

    // Of a container: control groups version 2 and 1.
    private static readonly string[] LimitFiles = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

    /// <summary>The memory that this process may use, in bytes: the machine's, or less where a container has a limit. The collector's own limits do not count for libtorch.</summary>
    public static long Usable => OperatingSystem.IsLinux()
        ? LimitFiles.Where(File.Exists).Select(file => FirstNumber(File.ReadAllText(file))).Append(FirstNumber(File.ReadLines("/proc/meminfo").First()) * 1024).Where(limit => limit > 0).Min()
        : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private readonly TrainingPlan plan;
    private readonly EncoderConfig config;
    private readonly int keptForWeight;
    private readonly long parameterCount;
    private readonly long trainedCount;
    private readonly int trainedLayers;
    private readonly int rows;
    private readonly int tokens;
    private readonly double headValuesOfToken;
    private readonly long? usable;

    /// <summary>Counts the memory of a training.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="architecture">The model.</param>
    /// <param name="parameters">Its parameters, and which of them are trained sooner or later.</param>
    /// <param name="texts">The training rows.</param>
    /// <param name="usable">The memory that can be used, in bytes; <see langword="null"/> where it is not known.</param>
    /// <param name="headValuesOfToken">The values that the head keeps for each token.</param>
    public TrainingMemory(TrainingPlan plan, Architecture architecture, ParameterSet parameters, IReadOnlyList<EncodedRow> texts, long? usable, double headValuesOfToken = 0)
    {
        (this.plan, config, keptForWeight, this.usable, this.headValuesOfToken) = (plan, architecture.Config, architecture.KeptForWeight, usable, headValuesOfToken);
        var trained = parameters.Definitions.Where(definition => parameters.Groups[definition.Name].Trainable).ToList();
        parameterCount = parameters.Count;
        trainedCount = trained.Sum(definition => definition.Count);
        // The backward pass goes down to the lowest part that is trained. Layers that share their parameters keep their values all the same.
        var lowest = trained.Min(definition => ParameterPlace.Of(definition.Name) is var place && place.Kind == ParameterPlaceKind.Head ? config.LayerCount : Math.Max(0, place.Layer) * config.LayerCount / architecture.LayerCount);
        trainedLayers = config.LayerCount - lowest;

        (rows, tokens) = EpochOrder.Batches(texts.Count, plan.BatchSize, plan.Seed, epoch: 0).Select(batch => (batch.Length, batch.Max(row => texts[row].Tokens.Length))).MaxBy(batch => Of(batch.Length, batch.Item2));
        UsesCheckpoints = plan.GradientCheckpointing == GradientCheckpointing.On || (plan.GradientCheckpointing == GradientCheckpointing.Auto && Largest > usable && Of(rows, tokens, checkpointed: true) < Largest);
    }

    /// <summary>Whether the layers are computed again in the backward pass: because the plan says so, or because the largest step would not fit otherwise.</summary>
    public bool UsesCheckpoints { get; }

    /// <summary>The memory of the largest step, in bytes.</summary>
    public long Largest => Of(rows, tokens);

    /// <summary>Ends a training that would not fit, before it starts: the system would end it without a word.</summary>
    /// <param name="report">Is told where layers are computed again though the plan does not ask for it.</param>
    /// <exception cref="FineTuneException">FT4003: the largest step needs more than there is.</exception>
    public void Require(Action<Diagnostic> report)
    {
        if (Largest > usable)
        {
            throw DoesNotFit();
        }

        if (UsesCheckpoints && plan.GradientCheckpointing == GradientCheckpointing.Auto)
        {
            report(new Diagnostic(
                "FT4033", DiagnosticSeverity.Information, $"A step would need about {Gigabytes(Of(rows, tokens, checkpointed: false))}, and {Gigabytes(usable!.Value)} can be used, so the backward pass computes the layers again (GradientCheckpointing): {Gigabytes(Largest)}, and about a third more time.", plan.Origin));
        }
    }

    /// <summary>The error for a step that does not fit, with settings that would.</summary>
    /// <param name="cause">What failed, if something did.</param>
    public FineTuneException DoesNotFit(Exception? cause = null)
    {
        // Where something failed although it should have fitted, the count was too low, or others use the memory.
        var limit = cause is null && usable is { } known ? known : Largest;
        if (!UsesCheckpoints && Of(rows, tokens, checkpointed: true) is var checkpointed && checkpointed < limit)
        {
            return Error($"GradientCheckpointing=On needs about {Gigabytes(checkpointed)} and a third more time");
        }

        var smaller = rows / 2;
        while (smaller > 1 && Of(smaller, tokens) > limit / 2)
        {
            smaller /= 2;
        }

        var advice = smaller >= 1 && Of(smaller, tokens) <= limit
            ? $"BatchSize={smaller} with GradientAccumulation={(plan.BatchSize + smaller - 1) / smaller * plan.GradientAccumulation} needs about {Gigabytes(Of(smaller, tokens))} and learns the same"
            : $"Set MaxLength={Math.Max(8, tokens / 2)} or Strategy=Frozen, or take a smaller BaseModel";
        return Error(advice);

        FineTuneException Error(string advice) => new(
            "FT4003", $"A step does not fit into the memory: {rows} rows of up to {tokens} tokens need about {Gigabytes(Largest)}{(cause is null ? $", and {Gigabytes(limit)} can be used" : "")}. {advice}.", plan.Origin, cause);
    }

    private long Of(int rows, int tokens) => Of(rows, tokens, UsesCheckpoints);

    private long Of(int rows, int tokens, bool checkpointed)
    {
        // Weights, and for the trained ones gradient, two means of the optimizer, and the best weights so far.
        var state = sizeof(float) * (parameterCount + (4 * trainedCount));

        // Values of each token: of the width of the hidden states, of the feed-forward layer, and of a row of attention in each head. A layer keeps so many for the backward pass; others are made for
        // a moment in one layer at a time. Measured peaks agree (docs/benchmarks.md).
        var (inner, weights) = (2L * config.IntermediateSize, (long)config.HeadCount * tokens);
        var (kept, forAMoment) = ((10L * config.HiddenSize) + inner + (keptForWeight * weights), (8L * config.HiddenSize) + inner + (3 * weights));
        // With checkpoints one layer at a time has all of them, twice, for what is freed lies between what is not; each of the others has its input and the gradient of that.
        var ofLayers = checkpointed ? (2L * config.HiddenSize * trainedLayers) + (2 * (kept + forAMoment)) : (trainedLayers * kept) + forAMoment;
        return state + (long)(sizeof(float) * (ofLayers + headValuesOfToken) * rows * tokens);
    }

    /// <summary>The number in <c>MemTotal: 24689932 kB</c> or <c>1073741824</c>; 0 in <c>max</c>.</summary>
    private static long FirstNumber(string text)
        => long.TryParse(text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(part => char.IsDigit(part[0])), CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.0#", CultureInfo.InvariantCulture) + " GB";
}
