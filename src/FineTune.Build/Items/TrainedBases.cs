using FineTune.Build.Packages;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Build.Items;

/// <summary>What the models of a build start from, as far as they are made.</summary>
/// <param name="models">The project's models.</param>
/// <param name="builtinModelsDirectory">The folder with the base models that are called <c>builtin:…</c>.</param>
/// <param name="packages">Finds the base models that are called <c>package:…</c>.</param>
internal sealed class TrainedBases(ModelSet models, string builtinModelsDirectory, BasePackages packages)
{
    private readonly Dictionary<ModelItem, BaseModelSource> made = [];

    /// <summary>Remembers that a model is made and may be started from.</summary>
    /// <param name="model">The model.</param>
    /// <param name="trainingFingerprint">Its training.</param>
    /// <param name="rootDirectory">The folder of the base model that it comes from in the end.</param>
    public void Add(ModelItem model, string trainingFingerprint, string rootDirectory) => made[model] = new BaseModelSource(rootDirectory, trainingFingerprint);

    /// <summary>The training that a model starts from: empty for a folder or a built-in model, and <see langword="null"/> for another model that is not made.</summary>
    public string? TrainingOf(ModelItem model) => models.BaseOf(model) is not { } item ? string.Empty : made.TryGetValue(item, out var source) ? source.Training : null;

    /// <summary>What a model starts from.</summary>
    /// <exception cref="FineTuneException">FT2001: there is no such folder; FT2002, FT2003, FT2004: there is no such package; FT6108: it is another model, which was not made.</exception>
    public BaseModelSource Of(ModelItem model, TrainingPlan plan)
    {
        if (models.BaseOf(model) is not { } item)
        {
            return BaseModelPackage.IsNamedBy(plan.BaseModel)
                ? packages.Find(BaseModelPackage.Parse(plan.BaseModel))
                : new BaseModelSource(BaseModelFolder.Resolve(plan.BaseModel, builtinModelsDirectory));
        }

        return made.TryGetValue(item, out var source)
            ? source
            : throw new FineTuneException("FT6108", $"'{model.Name}' starts from '{item.Name}', which was not made: see its errors. Nothing was trained for '{model.Name}'.");
    }
}
