using FineTune.Build.Deploying;
using FineTune.Build.Files;
using FineTune.Build.Generation;
using FineTune.Build.Items;
using FineTune.Core.Fingerprints;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Core.Worker;
using Microsoft.Build.Framework;

namespace FineTune.Build;

/// <summary>
/// Writes the typed API of each <c>FineTuneModel</c> item, <c>&lt;Name&gt;Model.g.cs</c>, from the labels of its training data. Runs in design-time builds too,
/// so that editors know the API before anything was trained; reads the data with a worker only when the labels are not remembered for these very bytes.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class FineTuneGenerateApi : ModelTask
{
    /// <summary>The project's root namespace, for models without a <c>Namespace</c> of their own.</summary>
    public string? RootNamespace { get; set; }

    /// <summary>The project's <c>Nullable</c>.</summary>
    public string? Nullable { get; set; }

    /// <summary>The name of the project's assembly.</summary>
    public string? AssemblyName { get; set; }

    private protected override bool IsUpToDate(ModelItem model) => Stamp(model).Read() is not null;

    private protected override void Process(ModelItem model, ContentHashIndex hashes)
    {
        var plan = PlanOf(model, _ => { });
        var source = ModelFiles.Source(IntermediateDirectory, model.Name);
        if (ModelDeployment.Wanted(plan, Set) == Deployment.None)
        {
            FileUpdate.WriteText(source, ModelApi.WriteNone(model.Name));
            Stamp(model).Write([TaskAssembly, source]);
            return;
        }

        if (ReadLabels(model, plan, hashes) is not { } labels)
        {
            return;
        }

        var api = new ModelApi
        {
            Name = model.Name,
            Task = plan.Task,
            HasPairs = plan.TextPairColumn is not null,
            Labels = labels,
            Namespace = plan.Namespace ?? RootNamespace ?? string.Empty,
            ClassName = plan.ClassName,
            Place = new ModelPlace(DeploymentOf(plan), AssemblyName ?? Path.GetFileNameWithoutExtension(ProjectFile), model.Name),
            IsNullable = !string.IsNullOrEmpty(Nullable) && !string.Equals(Nullable, "disable", StringComparison.OrdinalIgnoreCase),
        };
        FileUpdate.WriteText(source, api.Write());
        if (!model.HasPatterns)
        {
            Stamp(model).Write([TaskAssembly, source, .. plan.TrainData.Select(file => file.FullPath)]);
        }
    }

    /// <summary>How the model is deployed now. Without a reference to the assembly of a model, which only an item that asks for it has, code that names it would not compile.</summary>
    private Deployment DeploymentOf(TrainingPlan plan)
        => ModelDeployment.Read(IntermediateDirectory, plan.Name) is var deployment && deployment == Deployment.Assembly && plan.Deploy != Deployment.Assembly ? Deployment.Embed : deployment;

    private UpToDateStamp Stamp(ModelItem model) => StampOf(model, RootNamespace, Nullable, AssemblyName, ModelDeployment.Read(IntermediateDirectory, model.Name).ToString(), Set.IsBase(model.Name).ToString());

    private IReadOnlyList<string>? ReadLabels(ModelItem model, TrainingPlan plan, ContentHashIndex hashes)
    {
        if (TaskApi.Of(plan.Task).LabelsAre is null)
        {
            return [];
        }

        if (plan.Labels.Count > 0)
        {
            return plan.Labels;
        }

        var key = LabelCache.KeyOf(plan, hashes);
        if (LabelCache.Read(IntermediateDirectory, model.Name, key) is { } remembered)
        {
            return remembered;
        }

        // Reading labels needs neither the store nor the base model.
        var request = new WorkerRequest { Command = WorkerCommand.Labels, Plan = plan, StoreDirectory = ModelStore.DefaultDirectory, BaseModelDirectory = string.Empty };
        var labels = RunWorker(request, model)?.Labels;
        if (labels is not null)
        {
            LabelCache.Write(IntermediateDirectory, model.Name, key, labels);
        }

        return labels;
    }
}
