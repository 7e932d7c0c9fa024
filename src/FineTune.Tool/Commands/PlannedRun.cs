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
/// <param name="BaseModelDirectory">The folder of the base model.</param>
/// <param name="StoreDirectory">The root of the store.</param>
/// <param name="Fingerprint">What the plan and its inputs are called in the store.</param>
/// <param name="BaselineFile">The file with the accepted models, beside the project or the specification.</param>
/// <param name="SourceFile">The project or specification that has the model, or the current folder for one that stands on the command line.</param>
internal sealed record PlannedRun(TrainingPlan Plan, string BaseModelDirectory, string StoreDirectory, FingerprintPair Fingerprint, string BaselineFile, string SourceFile)
{
    /// <summary>Where the tool's package has the built-in base models.</summary>
    public static string BuiltinModelsDirectory => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>Resolves what the user wrote and hashes its inputs.</summary>
    /// <exception cref="FineTuneException">The specification has mistakes, or an input is missing.</exception>
    public static PlannedRun Create(SpecArguments spec, Option<string> storeOption, ParseResult arguments, CommandOutput output)
        => Create(spec.Read(arguments), storeOption, arguments, output);

    /// <summary>Resolves what <paramref name="model"/> says and hashes its inputs.</summary>
    /// <exception cref="FineTuneException">The specification has mistakes, or an input is missing.</exception>
    public static PlannedRun Create(RequestedModel model, Option<string> storeOption, ParseResult arguments, CommandOutput output)
    {
        var plan = model.Spec.Resolve(output.Report);
        var baseModel = BaseModelFolder.Resolve(plan.BaseModel, BuiltinModelsDirectory);
        LayerOptions.Check(plan, baseModel);
        var store = arguments.GetValue(storeOption) is { } given ? StoreOption.Locate(given) : ModelStore.Locate(model.CacheDirectory, model.Spec.BaseDirectory);
        var hashes = new ContentHashIndex(Path.Combine(store, "inputs.index"));
        var fingerprint = Core.Fingerprints.Fingerprint.Compute(plan, baseModel, hashes);
        hashes.Save();
        return new PlannedRun(plan, baseModel, store, fingerprint, Path.Combine(model.Spec.BaseDirectory, Core.Gates.BaselineFile.DefaultName), model.SourceFile);
    }

    /// <summary>A picture of the inputs as they are now.</summary>
    public InputSnapshot Inputs() => InputSnapshot.Take(Plan, BaseModelDirectory, new ContentHashIndex(Path.Combine(StoreDirectory, "inputs.index")));

    /// <summary>Remembers what the model was made of, so that it can be told later what changed.</summary>
    public void Record()
    {
        var records = new ModelRecords(StoreDirectory);
        if (!records.IsRecorded(SourceFile, Plan.Name, Fingerprint))
        {
            records.Write(SourceFile, Plan.Name, Fingerprint, Inputs());
        }
    }

    public WorkerRequest ToRequest(string? libTorchDirectory) => new()
    {
        Command = WorkerCommand.Train,
        Plan = Plan,
        StoreDirectory = StoreDirectory,
        BaseModelDirectory = BaseModelDirectory,
        LibTorchDirectory = libTorchDirectory,
        TrainingFingerprint = Fingerprint.Training,
        ExportFingerprint = Fingerprint.Export,
    };
}
