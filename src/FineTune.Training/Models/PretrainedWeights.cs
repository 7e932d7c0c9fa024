using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Strategies;

namespace FineTune.Training.Models;

/// <summary>Fills a model's parameters from a Hugging Face weight file, whichever of the usual spellings its names have.</summary>
internal static class PretrainedWeights
{
    private const string FileName = "model.safetensors";
    private const string Encoder = "bert.";
    private const string Pooler = "bert.pooler.";

    /// <summary>Loads <c>model.safetensors</c> of a base model's folder.</summary>
    /// <param name="parameters">The parameters to fill.</param>
    /// <param name="directory">The base model's folder.</param>
    /// <param name="config">The base model's configuration.</param>
    /// <param name="seed">Seed of the parts that the file does not hold.</param>
    /// <param name="report">Receives warnings and remarks.</param>
    /// <param name="reinitializeLayers">So many layers from the top, and the pooler if there are any, start from random weights all the same.</param>
    /// <exception cref="FineTuneException">FT2023: weights are missing; FT2024: wrong shapes; FT2027: no such file.</exception>
    public static void Load(ParameterSet parameters, string directory, BertConfig config, int seed, Action<Diagnostic> report, int reinitializeLayers = 0)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            var others = Directory.Exists(directory) ? Directory.EnumerateFiles(directory).Select(Path.GetFileName).Where(name => name!.Contains("model", StringComparison.OrdinalIgnoreCase)) : [];
            throw new FineTuneException("FT2027", $"The base model has no {FileName} (found: {string.Join(", ", others.DefaultIfEmpty("no weights"))}). Save it with save_pretrained(folder, safe_serialization=True) of transformers, or choose a model that has the file.", new SourceLocation(directory));
        }

        using var file = SafetensorsFile.Open(path);
        Load(parameters, file, new SourceLocation(path), config, seed, report, reinitializeLayers);
    }

    /// <summary>Loads an open weight file; <paramref name="location"/> is named in messages.</summary>
    public static void Load(ParameterSet parameters, IWeightFile file, SourceLocation location, BertConfig config, int seed, Action<Diagnostic> report, int reinitializeLayers = 0)
    {
        var names = CanonicalNames(file, parameters);
        var missing = parameters.Definitions.Where(definition => !names.ContainsKey(definition.Name)).ToArray();
        var misshaped = parameters.Definitions.Where(definition => names.TryGetValue(definition.Name, out var name) && !file.Weights[name].Shape.SequenceEqual(definition.Shape)).ToArray();

        ThrowIfAny("FT2023", "weights are missing", missing.Where(definition => !MayBeNew(definition.Name)).Select(definition => definition.Name), location);
        ThrowIfAny("FT2024", "weights do not have the shapes that config.json asks for", misshaped.Where(definition => !IsHead(definition.Name)).Select(definition => Describe(definition, file.Weights[names[definition.Name]])), location);
        ReportUnused(names.Keys, parameters, location, report);

        // A head with one part of another shape is made anew as a whole.
        var newHead = missing.Concat(misshaped).Any(definition => IsHead(definition.Name));
        var anew = parameters.Definitions.Where(definition => (newHead && IsHead(definition.Name)) || missing.Contains(definition) || IsReinitialized(definition.Name)).ToHashSet();
        ReportNewParts(missing, misshaped, location, report);
        foreach (var definition in parameters.Definitions)
        {
            if (anew.Contains(definition))
            {
                ParameterInitializer.Initialize(parameters, definition, config.InitializerRange, seed);
            }
            else
            {
                var values = new float[definition.Count];
                file.ReadFloat32(names[definition.Name], values);
                parameters.Write(definition.Name, values);
            }
        }

        bool IsReinitialized(string name) => reinitializeLayers > 0
            && (ParameterPlace.Of(name).Layer >= config.LayerCount - reinitializeLayers || name.StartsWith(Pooler, StringComparison.Ordinal));
    }

    /// <summary>From today's names to the file's: weights may lack the prefix <c>bert.</c>, and the first BERT files call a normalization's weight and bias gamma and beta.</summary>
    private static Dictionary<string, string> CanonicalNames(IWeightFile file, ParameterSet parameters)
    {
        var known = parameters.Definitions.Select(definition => definition.Name).ToHashSet();
        var names = new Dictionary<string, string>();
        foreach (var name in file.Weights.Keys)
        {
            var canonical = name.EndsWith(".gamma", StringComparison.Ordinal) ? name[..^".gamma".Length] + ".weight"
                : name.EndsWith(".beta", StringComparison.Ordinal) ? name[..^".beta".Length] + ".bias"
                : name;
            if (!known.Contains(canonical) && known.Contains(Encoder + canonical))
            {
                canonical = Encoder + canonical;
            }

            names[canonical] = name;
        }

        return names;
    }

    private static bool IsHead(string name) => !name.StartsWith(Encoder, StringComparison.Ordinal);

    private static bool MayBeNew(string name) => IsHead(name) || name.StartsWith(Pooler, StringComparison.Ordinal);

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
        // Heads of the pretraining task are left out on purpose, and position_ids is a constant that old files carry along.
        var known = parameters.Definitions.Select(definition => definition.Name).ToHashSet();
        var unused = names.Where(name => !known.Contains(name)
            && !name.StartsWith("cls.", StringComparison.Ordinal)
            && !name.StartsWith("classifier.", StringComparison.Ordinal)
            && !name.EndsWith("position_ids", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        if (unused.Length > 0)
        {
            report(new Diagnostic("FT2025", DiagnosticSeverity.Warning, $"{unused.Length} weights of the base model are not used: {Shorten(unused)}. Check that weights and config.json belong together.", location));
        }
    }

    private static void ReportNewParts(ParameterDefinition[] missing, ParameterDefinition[] misshaped, SourceLocation location, Action<Diagnostic> report)
    {
        if (misshaped.Length > 0)
        {
            report(new Diagnostic("FT2026", DiagnosticSeverity.Information, $"The base model's classifier has another number of labels; a new one is made ({Shorten([.. misshaped.Select(definition => definition.Name)])}).", location));
        }

        if (missing.Any(definition => definition.Name.StartsWith(Pooler, StringComparison.Ordinal)))
        {
            report(new Diagnostic("FT2026", DiagnosticSeverity.Information, "The base model has no pooler; a new one is made.", location));
        }
    }

    private static string Shorten(string[] names)
        => string.Join(", ", names.Take(8)) + (names.Length > 8 ? $" and {names.Length - 8} more" : "");
}
