using System.Globalization;
using FineTune.Core.Specification;
using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Benchmarks.Peers;

/// <summary>What is compared.</summary>
internal sealed record PeersOptions
{
    private static readonly Dictionary<string, (int Layers, int Hidden, int Steps)> Sizes = new() { ["small"] = (2, 128, 40), ["medium"] = (6, 384, 8), ["base"] = (12, 768, 2) };

    private static readonly Dictionary<string, Strategy> StrategyOfMode = new() { ["full"] = Strategy.Full, ["frozen"] = Strategy.Frozen, ["llrd"] = Strategy.LayerwiseDecay };

    private static readonly Dictionary<string, ScalarType> TypeOfFormat = new() { ["float32"] = ScalarType.Float32, ["bfloat16"] = ScalarType.BFloat16 };

    /// <summary><c>small</c>, <c>medium</c> or <c>base</c>.</summary>
    public required string Size { get; init; }

    /// <summary>The command that runs Python with torch and transformers, in words.</summary>
    public IReadOnlyList<string> Python { get; init; } = ["python3"];

    public IReadOnlyList<string> Modes { get; init; } = [.. StrategyOfMode.Keys];

    public IReadOnlyList<string> Formats { get; init; } = [.. TypeOfFormat.Keys];

    /// <summary>How often each contestant has its turn.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>Whether there is a number format of this name.</summary>
    public static bool IsFormat(string name) => TypeOfFormat.ContainsKey(name);

    /// <summary>Steps of a turn.</summary>
    public required int Steps { get; init; }

    public static Strategy StrategyOf(string mode) => StrategyOfMode[mode];

    public static ScalarType TypeOf(string format) => TypeOfFormat[format];

    /// <summary>A BERT of this size; the vocabulary is that of the built-in model.</summary>
    public EncoderConfig Config(int vocabulary)
    {
        var (layers, hidden, _) = Sizes[Size];
        return new EncoderConfig { VocabularySize = vocabulary, LayerCount = layers, HiddenSize = hidden, HeadCount = hidden / 64, IntermediateSize = 4 * hidden };
    }

    /// <summary>Reads the size and pairs of option and value; <see langword="null"/> when something is not understood.</summary>
    public static PeersOptions? Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count % 2 == 0 || !Sizes.TryGetValue(arguments[0], out var size))
        {
            return null;
        }

        var options = new PeersOptions { Size = arguments[0], Steps = size.Steps };
        foreach (var pair in arguments.Skip(1).Chunk(2))
        {
            var read = Read(options, pair[0], pair[1]);
            if (read is null)
            {
                return null;
            }

            options = read;
        }

        return options;
    }

    private static PeersOptions? Read(PeersOptions options, string name, string value) => name switch
    {
        "--python" => options with { Python = value.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
        "--modes" when value.Split(',').All(StrategyOfMode.ContainsKey) => options with { Modes = value.Split(',') },
        "--formats" when value.Split(',').All(IsFormat) => options with { Formats = value.Split(',') },
        "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds > 0 => options with { Rounds = rounds },
        "--steps" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var steps) && steps > 0 => options with { Steps = steps },
        _ => null,
    };
}
