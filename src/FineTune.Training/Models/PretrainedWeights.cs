using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Strategies;

namespace FineTune.Training.Models;

/// <summary>Fills a model's parameters from a Hugging Face weight file, whichever of the usual spellings its names have.</summary>
internal static class PretrainedWeights
{
    private const string DecoderBias = ".decoder.bias";

    // What heads of pretraining, and of tasks that are not ours, are called: left out on purpose.
    private static readonly string[] HeadPrefixes =
    [
        "cls.", "classifier.", "lm_head.", "qa_outputs.", "discriminator_predictions.", "generator_predictions.", "generator_lm_head.", "predictions.", "sop_classifier.", "pre_classifier.",
        "vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "lm_predictions.", "mask_predictions.", "pooler.", "head.", "decoder.", "score.",
    ];

    /// <summary>Loads the weights of a base model's folder.</summary>
    /// <param name="parameters">The parameters to fill.</param>
    /// <param name="directory">The base model's folder.</param>
    /// <param name="architecture">The base model's architecture.</param>
    /// <param name="seed">Seed of the parts that the file does not hold.</param>
    /// <param name="report">Receives warnings and remarks.</param>
    /// <param name="reinitializeLayers">So many layers from the top, and the pooler if there are any, start from random weights all the same.</param>
    /// <exception cref="FineTuneException">FT2023: weights are missing; FT2024: wrong shapes; or as <see cref="WeightFiles.Open(string)"/>.</exception>
    public static void Load(ParameterSet parameters, string directory, Architecture architecture, int seed, Action<Diagnostic> report, int reinitializeLayers = 0)
    {
        var weights = WeightFiles.Find(directory);
        using var file = WeightFiles.Open(weights);
        Load(parameters, file, new SourceLocation(weights.Path), architecture, seed, report, reinitializeLayers);
    }

    /// <summary>Loads an open weight file; <paramref name="location"/> is named in messages.</summary>
    public static void Load(ParameterSet parameters, IWeightFile file, SourceLocation location, Architecture architecture, int seed, Action<Diagnostic> report, int reinitializeLayers = 0)
    {
        var names = CanonicalNames(file, parameters, architecture.WeightPrefix);
        var missing = parameters.Definitions.Where(definition => !names.ContainsKey(definition.Name)).ToArray();
        var misshaped = parameters.Definitions.Where(definition => names.TryGetValue(definition.Name, out var name) && !file.Weights[name].Shape.SequenceEqual(definition.Shape)).ToArray();

        ThrowIfAny("FT2023", "weights are missing", missing.Where(definition => !IsHead(definition.Name) && !IsPooler(definition.Name)).Select(definition => definition.Name), location);
        ThrowIfAny("FT2024", "weights do not have the shapes that config.json asks for", misshaped.Where(definition => !IsHead(definition.Name)).Select(definition => Describe(definition, file.Weights[names[definition.Name]])), location);
        ReportUnused(names.Keys.Where(name => !IsPooler(name)), parameters, location, report);

        // A layer of the head with one part of another shape is made anew as a whole; pretrained layers of the head stay.
        var newLayers = missing.Concat(misshaped).Where(definition => IsHead(definition.Name)).Select(definition => LayerOf(definition.Name)).ToHashSet();
        var anew = parameters.Definitions.Where(definition => newLayers.Contains(LayerOf(definition.Name)) || missing.Contains(definition) || IsReinitialized(definition.Name)).ToHashSet();
        ReportNewParts(missing.Any(definition => IsPooler(definition.Name)), misshaped, location, report);
        foreach (var definition in parameters.Definitions)
        {
            if (anew.Contains(definition))
            {
                ParameterInitializer.Initialize(parameters, definition, architecture.Config.InitializerRange, seed);
            }
            else
            {
                parameters.Write(definition.Name, values => file.ReadFloat32(names[definition.Name], values));
            }
        }

        string LayerOf(string name) => name[..name.LastIndexOf('.')];

        bool IsHead(string name) => !name.StartsWith(architecture.WeightPrefix, StringComparison.Ordinal);

        bool IsPooler(string name) => name.StartsWith(architecture.WeightPrefix + "pooler.", StringComparison.Ordinal);

        bool IsReinitialized(string name) => reinitializeLayers > 0 && (ParameterPlace.Of(name).Layer >= architecture.LayerCount - reinitializeLayers || IsPooler(name));
    }

    /// <summary>From today's names to the file's: weights of a bare encoder lack the architecture's prefix, and the first BERT files call a normalization's weight and bias gamma and beta.</summary>
    private static Dictionary<string, string> CanonicalNames(IWeightFile file, ParameterSet parameters, string prefix)
    {
        var known = parameters.Definitions.Select(definition => definition.Name).ToHashSet();
        var names = new Dictionary<string, string>();
        foreach (var name in file.Weights.Keys)
        {
            var canonical = name.EndsWith(".gamma", StringComparison.Ordinal) ? name[..^".gamma".Length] + ".weight"
                : name.EndsWith(".beta", StringComparison.Ordinal) ? name[..^".beta".Length] + ".bias"
                : name;
            if (!known.Contains(canonical) && known.Contains(prefix + canonical))
            {
                canonical = prefix + canonical;
            }

            // The decoder's bias has two names, of which a file holds one or both.
            if (canonical.EndsWith(DecoderBias, StringComparison.Ordinal) && canonical[..^DecoderBias.Length] + ".bias" is var shorter && known.Contains(shorter) && !file.Weights.ContainsKey(shorter))
            {
                canonical = shorter;
            }

            // Where a file holds a weight under two spellings, today's counts.
            if (canonical == name)
            {
                names[canonical] = name;
            }
            else
            {
                names.TryAdd(canonical, name);
            }
        }

        return names;
    }

    private static string Describe(ParameterDefinition definition, WeightInfo found)
        => $"{definition.Name} is [{string.Join(", ", found.Shape)}] instead of [{string.Join(", ", definition.Shape)}]";

    private static void ThrowIfAny(string code, string what, IEnumerable<string> names, SourceLocation location)
    {
        var list = names.ToArray();
        if (list.Length > 0)
        {
            throw new FineTuneException(code, $"{list.Length} {what}: {Shorten(list)}. Use weights and config.json of the same model.", location);
        }
    }

    private static void ReportUnused(IEnumerable<string> names, ParameterSet parameters, SourceLocation location, Action<Diagnostic> report)
    {
        // position_ids is a constant that old files carry along.
        var known = parameters.Definitions.Select(definition => definition.Name).ToHashSet();
        var unused = names.Where(name => !known.Contains(name)
            && !HeadPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            && !name.EndsWith("position_ids", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        if (unused.Length > 0)
        {
            report(new Diagnostic("FT2025", DiagnosticSeverity.Warning, $"{unused.Length} weights of the base model are not used: {Shorten(unused)}. Check that weights and config.json belong together.", location));
        }
    }

    private static void ReportNewParts(bool poolerIsMissing, ParameterDefinition[] misshaped, SourceLocation location, Action<Diagnostic> report)
    {
        if (misshaped.Length > 0)
        {
            report(new Diagnostic("FT2026", DiagnosticSeverity.Information, $"The base model's classifier has another number of labels; a new one is made ({Shorten([.. misshaped.Select(definition => definition.Name)])}).", location));
        }

        if (poolerIsMissing)
        {
            report(new Diagnostic("FT2026", DiagnosticSeverity.Information, "The base model has no pooler; a new one is made.", location));
        }
    }

    private static string Shorten(string[] names)
        => string.Join(", ", names.Take(8)) + (names.Length > 8 ? $" and {names.Length - 8} more" : "");
}
