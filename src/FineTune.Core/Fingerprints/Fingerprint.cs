using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;

namespace FineTune.Core.Fingerprints;

/// <summary>
/// What a model depends on, as two hashes over canonical JSON. Names, paths, times, devices and machines are in neither; options that have no
/// effect beside the others are not either.
/// </summary>
public static class Fingerprint
{
    /// <summary>Raised by hand when the same plan gives other weights, or <c>metrics.json</c> another form; not with every release.</summary>
    public const int RecipeVersion = 5;

    /// <summary>The names of the files of a base model that say how text becomes token ids.</summary>
    internal static readonly IReadOnlyList<string> TokenizerFiles =
    [
        "vocab.txt", "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "spiece.model", "sentencepiece.bpe.model", "spm.model", "tokenizer.model", "sentencepiece.model",
    ];

    // The weights come on top: which files of them count depends on what else is there.
    private static readonly HashSet<string> KnownBaseModelFiles = new(["config.json", .. TokenizerFiles], StringComparer.Ordinal);

    /// <summary>Computes the fingerprints of a plan from the content of its files.</summary>
    /// <exception cref="FineTuneException">FT1001, FT2001 or FT0016: an input file does not exist or cannot be read; FT2029, FT2030: as <see cref="BaseModelFiles"/>.</exception>
    public static FingerprintPair Compute(TrainingPlan plan, string baseModelDirectory, ContentHashIndex hashes) => Compute(plan, new BaseModelSource(baseModelDirectory), hashes);

    /// <summary>As above, also for a model that starts from another one: whatever that one is trained from, this one is, too.</summary>
    internal static FingerprintPair Compute(TrainingPlan plan, BaseModelSource baseModel, ContentHashIndex hashes)
    {
        var training = Hash(TrainingInputs(plan, baseModel, hashes));
        var export = Hash(new JsonObject
        {
            ["training"] = training,
            ["formatVersion"] = ModelManifest.CurrentFormatVersion,
            ["options"] = OptionsOf(plan, PlanOptionScope.Export),
            ["files"] = FilesOf(plan, PlanOptionScope.Export, hashes),
        });
        return new FingerprintPair(training, export);
    }

    /// <summary>The files of a base model that the training fingerprint depends on: configuration, the weight files that are read, and tokenizer, in ordinal order.</summary>
    /// <exception cref="FineTuneException">FT2001: the folder cannot be read; FT2029: the index of its weights cannot be read; FT2030: files that the index names are missing.</exception>
    public static IReadOnlyList<string> BaseModelFiles(string baseModelDirectory)
    {
        try
        {
            return
            [
                .. Directory.GetFiles(baseModelDirectory)
                    .Where(path => KnownBaseModelFiles.Contains(Path.GetFileName(path)))
                    .Concat(BaseModelWeights.Find(baseModelDirectory)?.AllFiles ?? [])
                    .OrderBy(path => path, StringComparer.Ordinal),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw SpecificationDiagnostics.NoBaseModel.Exception($"The base model's folder '{baseModelDirectory}' cannot be read: {exception.Message}", innerException: exception);
        }
    }

    private static JsonObject TrainingInputs(TrainingPlan plan, BaseModelSource baseModel, ContentHashIndex hashes) => new()
    {
        ["recipe"] = RecipeVersion,
        ["options"] = OptionsOf(plan, PlanOptionScope.Training),
        ["files"] = FilesOf(plan, PlanOptionScope.Training, hashes),
        ["baseModel"] = baseModel.Training is { } training ? Hash(new JsonObject { ["training"] = training }) : BaseModelOf(baseModel.Directory, hashes),
    };

    private static JsonObject OptionsOf(TrainingPlan plan, PlanOptionScope scope)
    {
        var options = new JsonObject();
        foreach (var option in PlanOptions.All.Where(option => option.Scope == scope && !option.IsFileList && option.MetadataName != nameof(TrainingPlan.BaseModel)))
        {
            if (Applies(option, plan))
            {
                options[option.JsonName] = PlanJson.WriteValue(option.ValueIn(plan));
            }
        }
        return options;
    }

    internal static bool Applies(PlanOption option, TrainingPlan plan) => option.AppliesTo(plan.Task) && option.MetadataName switch
    {
        // A plan from before there were pairs, or quantization, keeps its fingerprint.
        nameof(TrainingPlan.TextPairColumn) => plan.TextPairColumn is not null,
        nameof(TrainingPlan.Quantize) => plan.Quantize != Quantization.None,
        nameof(TrainingPlan.LabelSeparator) => plan.LabelColumns.Count == 0,
        nameof(TrainingPlan.LayerDecay) => plan.Strategy == Strategy.LayerwiseDecay,
        nameof(TrainingPlan.TrainableLayers) or nameof(TrainingPlan.TrainableEmbeddings) or nameof(TrainingPlan.UnfreezeEvery) => plan.Strategy == Strategy.Frozen,
        nameof(TrainingPlan.MinimumImprovement) => plan.EarlyStopping > 0,
        nameof(TrainingPlan.Epochs) => plan.MaxSteps is null,
        nameof(TrainingPlan.ValidationSplit) => plan.ValidationData.Count == 0,
        nameof(TrainingPlan.Augment) or nameof(TrainingPlan.AugmentCopies) => TextAugmentation.Parse(plan.Augment).Steps.Count > 0,
        nameof(TrainingPlan.Synonyms) => TextAugmentation.Parse(plan.Augment).Uses(AugmentationOperation.Synonym),
        _ => true,
    };

    private static JsonObject FilesOf(TrainingPlan plan, PlanOptionScope scope, ContentHashIndex hashes)
    {
        var files = new JsonObject();
        foreach (var option in PlanOptions.All.Where(option => option.Scope == scope && option.IsFileList && Applies(option, plan)))
        {
            files[option.JsonName] = JsonWriting.List((IReadOnlyList<DataFile>)option.ValueIn(plan)!, file => new JsonObject
            {
                // The reader goes by the extension, so the same bytes under another one are other data.
                ["format"] = Path.GetExtension(file.FullPath).ToLowerInvariant(),
                ["sha256"] = HashOf(file.FullPath, file.DisplayPath, SpecificationDiagnostics.NoDataFile, plan.Origin, hashes),
            });
        }
        return files;
    }

    private static string BaseModelOf(string directory, ContentHashIndex hashes) => Hash(new JsonObject(BaseModelFiles(directory).Select(path =>
        new KeyValuePair<string, JsonNode?>(Path.GetFileName(path), HashOf(path, path, SpecificationDiagnostics.NoBaseModel, null, hashes)))));

    private static string HashOf(string path, string shownPath, DiagnosticDescriptor missing, SourceLocation? origin, ContentHashIndex hashes)
    {
        try
        {
            return hashes.GetFileHash(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw missing.Exception($"'{shownPath}' does not exist.", origin, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw SpecificationDiagnostics.UnreadableInput.Exception($"'{shownPath}' cannot be read: {exception.Message}", origin, exception);
        }
    }

    private static string Hash(JsonObject content) => ContentHash.OfText(CanonicalJson.Write(content));
}
