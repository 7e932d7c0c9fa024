using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using Microsoft.Build.Framework;

namespace FineTune.Build.Items;

/// <summary>One <c>FineTuneModel</c> item: its name, its place in the project file, and its metadata as the user wrote them.</summary>
internal sealed class ModelItem
{
    /// <summary>The item type.</summary>
    public const string ItemType = "FineTuneModel";

    /// <summary>What the build adds to the items when their models are ready; no options of the user's.</summary>
    public static readonly IReadOnlyList<string> ResultMetadata = ["ModelFile", "MetricsFile", "Metrics", "Fingerprint", "Trained", "Deployment"];

    private readonly Lazy<SourceLocation> location;
    private readonly ITaskItem item;

    /// <summary>Wraps <paramref name="item"/>; <paramref name="projectFile"/> is the place when the item does not tell which file defines it.</summary>
    public ModelItem(ITaskItem item, string projectFile)
    {
        this.item = item;
        var definingProject = item.GetMetadata("DefiningProjectFullPath");
        location = new Lazy<SourceLocation>(() => ItemLocator.Find(definingProject.Length == 0 ? projectFile : definingProject, ItemType, Name));
    }

    /// <summary>The model's name.</summary>
    public string Name => item.ItemSpec;

    /// <summary>What the user wrote as <c>BaseModel</c>; <see langword="null"/> for nothing.</summary>
    public string? BaseModel => Written().FirstOrDefault(metadata => ModelSpec.IsBaseModel(metadata.Key)).Value;

    /// <summary>Where the item stands.</summary>
    public SourceLocation Location => location.Value;

    /// <summary>Whether a pattern stands for files: then a new file is as much of a change as a changed one.</summary>
    public bool HasPatterns => PlanOptions.All.Any(option => option.IsFileList && HasPattern(option.MetadataName));

    /// <summary>All that the user wrote, in one text: equal texts mean equal items.</summary>
    public string Description
    {
        get
        {
            var lines = new List<string> { Name };
            lines.AddRange(Written().Select(metadata => $"{metadata.Key}\0{metadata.Value}"));

            lines.Sort(1, lines.Count - 1, StringComparer.Ordinal);
            return string.Join("\0\0", lines);
        }
    }

    /// <summary>What the user wrote, as a specification.</summary>
    /// <param name="projectDirectory">Where relative paths begin.</param>
    /// <param name="defaultDevice">The device of items without <c>Device</c>.</param>
    /// <param name="baseItem">The name of the item that this one starts from; <see langword="null"/> when that is none.</param>
    public ModelSpec ToSpec(string projectDirectory, string? defaultDevice, string? baseItem)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var metadata in Written().Where(metadata => !string.IsNullOrWhiteSpace(metadata.Value)))
        {
            values[metadata.Key] = metadata.Value;
        }

        const string device = nameof(TrainingPlan.Device);
        if (!string.IsNullOrWhiteSpace(defaultDevice) && !values.ContainsKey(device))
        {
            values[device] = defaultDevice!;
        }

        return new ModelSpec { Name = Name, BaseDirectory = projectDirectory, Origin = Location, Values = values }.BasedOn(baseItem);
    }

    private IEnumerable<KeyValuePair<string, string>> Written()
    {
        foreach (System.Collections.DictionaryEntry metadata in item.CloneCustomMetadata())
        {
            var name = (string)metadata.Key;
            if (!ResultMetadata.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                yield return new KeyValuePair<string, string>(name, (string?)metadata.Value ?? string.Empty);
            }
        }
    }

    private bool HasPattern(string metadata) => item.GetMetadata(metadata).IndexOfAny(['*', '?']) >= 0;
}
