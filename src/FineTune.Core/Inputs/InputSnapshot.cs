using System.Globalization;
using FineTune.Core.Fingerprints;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;

namespace FineTune.Core.Inputs;

/// <summary>
/// What a model was made of, in a form that is small and can be compared with what it would be made of now. The fingerprint says that something changed; this says what.
/// </summary>
internal sealed record InputSnapshot
{
    /// <summary>The recipe of the release that trained.</summary>
    public required int Recipe { get; init; }

    /// <summary>The model format of the release that exported.</summary>
    public required string FormatVersion { get; init; }

    /// <summary>The options that had an effect, as the user would write them; one that is open is an empty text.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The data files.</summary>
    public required IReadOnlyList<InputFile> Files { get; init; }

    /// <summary>SHA-256 of the files of the base model, by name; for another model its training fingerprint.</summary>
    public required IReadOnlyDictionary<string, string> BaseModelFiles { get; init; }

    /// <summary>Takes a picture of the inputs of a plan. Reads the data files once.</summary>
    public static InputSnapshot Take(TrainingPlan plan, BaseModelSource baseModel, ContentHashIndex hashes) => new()
    {
        Recipe = Fingerprint.RecipeVersion,
        FormatVersion = ModelManifest.CurrentFormatVersion,
        Options = OptionsThatCount(plan).Where(option => !option.IsFileList).ToDictionary(option => option.MetadataName, option => TextOf(option.ValueIn(plan))),
        Files =
        [
            .. OptionsThatCount(plan).Where(option => option.IsFileList).SelectMany(option => ((IReadOnlyList<DataFile>)option.ValueIn(plan)!)
                .Select(file => new InputFile(option.MetadataName, file.DisplayPath, hashes.GetFileHash(file.FullPath), FileRows.Read(file.FullPath, plan.Task)))),
        ],
        BaseModelFiles = baseModel.Training is { } training
            ? new Dictionary<string, string> { [$"the training of {plan.BaseModel.Substring(BaseModelFolder.ItemPrefix.Length)}"] = training }
            : Fingerprint.BaseModelFiles(baseModel.Directory).ToDictionary(path => Path.GetFileName(path)!, hashes.GetFileHash),
    };

    /// <summary>A value as a user would write it: <c>5e-5</c>, <c>Frozen</c>, <c>a;b</c>; empty when it is open.</summary>
    public static string TextOf(object? value) => value switch
    {
        null => string.Empty,
        double number => TextOf(number),
        bool flag => flag ? "true" : "false",
        IReadOnlyList<string> texts => string.Join(";", texts),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static IEnumerable<PlanOption> OptionsThatCount(TrainingPlan plan)
        => PlanOptions.All.Where(option => option.Scope is PlanOptionScope.Training or PlanOptionScope.Export && Fingerprint.Applies(option, plan));

    private static string TextOf(double number) => number != 0 && Math.Abs(number) < 0.001
        ? number.ToString("0.###############e-0", CultureInfo.InvariantCulture)
        : number.ToString(CultureInfo.InvariantCulture);
}
