using System.Collections.Immutable;
using System.CommandLine;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Inputs;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Core.Worker;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Commands;

/// <summary>A resolved specification with everything that a run of it needs to know; nothing has been read but the inputs' bytes.</summary>
/// <param name="Plan">What to train.</param>
/// <param name="BaseModel">What it starts from.</param>
/// <param name="StoreDirectory">The root of the store.</param>
/// <param name="Fingerprint">What the plan and its inputs are called in the store.</param>
/// <param name="BaselineFile">The file with the accepted models, beside the project or the specification.</param>
/// <param name="SourceFile">The project or specification that has the model, or the current folder for one that stands on the command line.</param>
internal sealed record PlannedRun(TrainingPlan Plan, BaseModelSource BaseModel, string StoreDirectory, FingerprintPair Fingerprint, string BaselineFile, string SourceFile)
{
    /// <summary>The run for the model that this one starts from; <see langword="null"/> when that is a folder or a built-in model.</summary>
    public PlannedRun? Base { get; private init; }

    /// <summary>Resolves what the user wrote and hashes its inputs.</summary>
    /// <exception cref="FineTuneException">The specification has mistakes, or an input is missing.</exception>
    public static PlannedRun Create(SpecArguments spec, Option<string> storeOption, ParseResult arguments, CommandOutput output)
        => Create(spec.Read(arguments), storeOption, arguments, output);

    /// <summary>Resolves what <paramref name="model"/> says and hashes its inputs.</summary>
    /// <exception cref="FineTuneException">The specification has mistakes, or an input is missing.</exception>
    public static PlannedRun Create(RequestedModel model, Option<string> storeOption, ParseResult arguments, CommandOutput output) => Create(model, [], storeOption, arguments, output);

    private static PlannedRun Create(RequestedModel model, ImmutableList<string> dependents, Option<string> storeOption, ParseResult arguments, CommandOutput output)
    {
        var name = model.Spec.Name;
        if (dependents.Contains(name))
        {
            throw new FineTuneException("FT0020", $"The model '{name}' starts from itself: {string.Join(" → ", dependents.Add(name).SkipWhile(other => other != name))}. Give one of them a BaseModel that is not trained here, such as builtin:tiny.", model.Spec.Origin);
        }

        var baseName = BaseModelFolder.FindItem(model.Spec.BaseModel, name, model.Siblings.Select(sibling => sibling.Name));
        var plan = model.Spec.BasedOn(baseName).Resolve(output.Report);
        var baseRun = baseName is null ? null : Create(model with { Spec = model.Siblings.First(sibling => sibling.Name == baseName) }, dependents.Add(name), storeOption, arguments, output);
        var baseModel = baseRun is null
            ? BaseModels.Find(plan.BaseModel, model.Packages, model.RestoredProject)
            : new BaseModelSource(baseRun.BaseModel.Directory, baseRun.Fingerprint.Training);
        if (baseModel.Package is { } package)
        {
            output.Say($"{name}: starts from {package}");
        }

        LayerOptions.Check(plan, baseModel.Directory);
        var store = arguments.GetValue(storeOption) is { } given ? StoreOption.Locate(given) : ModelStore.Locate(model.CacheDirectory, model.Spec.BaseDirectory);
        var hashes = new ContentHashIndex(Path.Combine(store, "inputs.index"));
        var fingerprint = Core.Fingerprints.Fingerprint.Compute(plan, baseModel, hashes);
        hashes.Save();
        return new PlannedRun(plan, baseModel, store, fingerprint, Path.Combine(model.Spec.BaseDirectory, Core.Gates.BaselineFile.DefaultName), model.SourceFile) { Base = baseRun };
    }

    /// <summary>A picture of the inputs as they are now.</summary>
    public InputSnapshot Inputs() => InputSnapshot.Take(Plan, BaseModel, new ContentHashIndex(Path.Combine(StoreDirectory, "inputs.index")));

    /// <summary>Remembers what the model was made of, so that it can be told later what changed.</summary>
    public void Record()
    {
        var records = new ModelRecords(StoreDirectory);
        if (!records.IsRecorded(SourceFile, Plan.Name, Fingerprint))
        {
            records.Write(SourceFile, Plan.Name, Fingerprint, Inputs());
        }
    }

    /// <summary>What a worker is asked for.</summary>
    /// <param name="libTorchDirectory">The libtorch folder to use; <see langword="null"/> to look in the known places.</param>
    /// <param name="baseModelDirectory">The folder of the trained model that this one starts from; <see langword="null"/> when that is a folder or a built-in model.</param>
    public WorkerRequest ToRequest(string? libTorchDirectory, string? baseModelDirectory = null) => new()
    {
        Command = WorkerCommand.Train,
        Plan = Plan,
        StoreDirectory = StoreDirectory,
        BaseModelDirectory = baseModelDirectory ?? BaseModel.Directory,
        BaseModelTraining = BaseModel.Training,
        WeightsToo = true,
        LibTorchDirectory = libTorchDirectory,
        TrainingFingerprint = Fingerprint.Training,
        ExportFingerprint = Fingerprint.Export,
    };
}
