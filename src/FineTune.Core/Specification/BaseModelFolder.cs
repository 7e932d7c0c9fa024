using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>Finds the folder of a base model.</summary>
public static class BaseModelFolder
{
    /// <summary>What a built-in model's name starts with.</summary>
    public const string BuiltInPrefix = "builtin:";

    /// <summary>What stands before the name of another model of the project, where a specification was told which ones there are.</summary>
    public const string ItemPrefix = "item:";

    /// <summary>The model of a project that a <c>BaseModel</c> names, by its name or with <see cref="ItemPrefix"/>; <see langword="null"/> when it means something else, such as a folder.</summary>
    /// <param name="baseModel">What the user wrote.</param>
    /// <param name="name">The model whose base is looked for.</param>
    /// <param name="names">The names of the project's models.</param>
    internal static string? FindItem(string? baseModel, string name, IEnumerable<string> names)
    {
        var isMarked = baseModel?.StartsWith(ItemPrefix, StringComparison.OrdinalIgnoreCase) == true;
        var wanted = isMarked ? baseModel!.Substring(ItemPrefix.Length) : baseModel;
        return names.FirstOrDefault(other => string.Equals(other, wanted, StringComparison.OrdinalIgnoreCase) && (isMarked || !string.Equals(other, name, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>
    /// The absolute folder of a <see cref="TrainingPlan.BaseModel"/>: <c>builtin:tiny</c> is the folder <c>tiny</c> of the built-in models.
    /// </summary>
    /// <exception cref="FineTuneException">FT2001: there is no such folder, or it holds no <c>config.json</c>.</exception>
    public static string Resolve(string baseModel, string builtinModelsDirectory)
    {
        if (baseModel.StartsWith(ItemPrefix, StringComparison.OrdinalIgnoreCase))
        {
            throw SpecificationDiagnostics.NoBaseModel.Exception($"There is no FineTuneModel item '{baseModel.Substring(ItemPrefix.Length)}' beside this one. Name an item of the same project, or give a folder or builtin:tiny.");
        }

        if (!baseModel.StartsWith(BuiltInPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return Checked(baseModel, "Give a folder in Hugging Face layout (config.json, weights such as model.safetensors, tokenizer files), or builtin:tiny.");
        }

        var name = baseModel.Substring(BuiltInPrefix.Length);
        var known = Directory.Exists(builtinModelsDirectory)
            ? Directory.GetDirectories(builtinModelsDirectory).Where(IsModel).Select(folder => Path.GetFileName(folder)!).OrderBy(folder => folder, StringComparer.Ordinal).ToArray()
            : [];
        var match = known.FirstOrDefault(folder => string.Equals(folder, name, StringComparison.OrdinalIgnoreCase))
            ?? throw SpecificationDiagnostics.NoBaseModel.Exception(known.Length == 0
                ? $"The built-in base models are not installed: '{builtinModelsDirectory}' holds none. Reinstall the package."
                : $"There is no built-in base model '{name}'. Built in: {string.Join(", ", known.Select(folder => BuiltInPrefix + folder))}.");
        return Path.Combine(builtinModelsDirectory, match);
    }

    private static bool IsModel(string folder) => File.Exists(Path.Combine(folder, "config.json"));

    private static string Checked(string folder, string advice)
    {
        if (!Directory.Exists(folder))
        {
            throw SpecificationDiagnostics.NoBaseModel.Exception($"The base model's folder '{folder}' does not exist. {advice}");
        }

        if (!IsModel(folder))
        {
            throw SpecificationDiagnostics.NoBaseModel.Exception($"The base model's folder '{folder}' holds no config.json. {advice}");
        }

        return folder;
    }
}
