using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Tool.Terminal;
using FineTune.Training.Models;
using FineTune.Training.Pipeline;
using FineTune.Training.Strategies;
using FineTune.Training.Tasks;

namespace FineTune.Tool.Commands;

/// <summary><c>inspect MODEL|BASE</c>: what a trained model is and how good, or how each part of a base model would be trained.</summary>
internal static class InspectCommand
{
    public static ToolCommand Create()
    {
        var subject = new Argument<string>("MODEL") { Description = "A trained model (folder or .ftmodel file), or a base model: builtin:tiny, package:Id/range or a folder in Hugging Face layout." };
        var strategy = new Option<Strategy>("--strategy") { Description = "Base model: which parameters are trained, and how fast.", CustomParser = ParseStrategy };
        var trainableLayers = new Option<int>("--trainable-layers") { Description = "Base model, strategy Frozen: how many top layers are trained.", DefaultValueFactory = _ => 1 };
        var trainableEmbeddings = new Option<bool>("--trainable-embeddings") { Description = "Base model, strategy Frozen: the embeddings are trained too." };
        var unfreezeEvery = new Option<string>("--unfreeze-every") { Description = "Base model, strategy Frozen: after each interval one more layer is trained, from the top down.", HelpName = "INTERVAL" };
        var layerDecay = new Option<double>("--layer-decay") { Description = "Base model, strategy LayerwiseDecay: factor of the rate from each layer to the one below.", DefaultValueFactory = _ => 0.9 };
        var syntax = new Command("inspect", "Show a trained model and its metrics, or a base model's layers and how they would be trained.") { subject, strategy, trainableLayers, trainableEmbeddings, unfreezeEvery, layerDecay };
        return new(syntax, (arguments, output, _) =>
        {
            var path = arguments.GetRequiredValue(subject);
            if (!path.StartsWith(BaseModelFolder.BuiltInPrefix, StringComparison.OrdinalIgnoreCase) && !BaseModelPackage.IsNamedBy(path) && !File.Exists(Path.Combine(path, "config.json")))
            {
                ShowModel(path, output);
                return ExitCode.Done;
            }

            var plan = new TrainingPlan
            {
                Name = "Inspected",
                Strategy = arguments.GetValue(strategy),
                TrainableLayers = arguments.GetValue(trainableLayers),
                TrainableEmbeddings = arguments.GetValue(trainableEmbeddings),
                UnfreezeEvery = arguments.GetValue(unfreezeEvery) is { } interval ? (TrainingInterval)OptionValue.Parse(PlanOptions.Find(nameof(TrainingPlan.UnfreezeEvery))!, interval, location: null) : null,
                LayerDecay = arguments.GetValue(layerDecay),
            };
            ShowBase(BaseModels.Find(path, () => UserPackages.Of(Environment.CurrentDirectory), restoredProject: null).Directory, plan, output);
            return ExitCode.Done;
        });
    }

    private static Strategy ParseStrategy(System.CommandLine.Parsing.ArgumentResult result)
    {
        var option = PlanOptions.Find(nameof(TrainingPlan.Strategy))!;
        var text = result.Tokens.Single().Value;
        if (Enum.TryParse<Strategy>(option.ValueAliases.GetValueOrDefault(text, text), ignoreCase: true, out var strategy) && Enum.IsDefined(strategy))
        {
            return strategy;
        }

        result.AddError($"'{text}' is not a strategy: {string.Join(", ", option.AllowedValues)}.");
        return default;
    }

    private static void ShowModel(string path, CommandOutput output)
    {
        var manifest = ModelArgument.ReadManifest(path);
        var metricsFile = Path.Combine(path, ModelArtifact.MetricsFile);
        var metrics = File.Exists(metricsFile) ? File.ReadAllText(metricsFile) : null;
        var names = TrainingTasks.NamesOf(manifest);
        output.Say($"{manifest.Task}{(manifest.HasPairs ? " of pairs" : "")}{(names.Count > 0 ? $", {names.Count} labels: {string.Join(", ", names)}" : "")}");
        output.Say($"at most {manifest.MaxLength} tokens, {manifest.Tokenizer.Kind} tokenizer, {(manifest.Tokenizer.Lowercase ? "lowercased" : "cased")}{(manifest.Quantization == Quantization.None ? "" : $", {manifest.Quantization} weights")}");
        output.Say($"format {manifest.FormatVersion}, training {manifest.TrainingFingerprint[..12]}, export {manifest.ExportFingerprint[..12]}");
        if (metrics is not null)
        {
            var document = CoreJson.ReadMetrics(metrics);
            output.Say($"{document.Rows} {document.EvaluatedOn} rows: {MetricsText.Summary(document)}");
            if (MetricsText.Quantization(document) is { } quantization)
            {
                output.Say(quantization);
            }

            SayTraining(document.Training, output);
        }

        output.Write(new JsonObject
        {
            ["manifest"] = JsonNode.Parse(CoreJson.Write(manifest)),
            ["metrics"] = metrics is null ? null : JsonNode.Parse(metrics),
        });
    }

    private static void SayTraining(TrainingSummary training, CommandOutput output) => output.Say(string.Create(
        CultureInfo.InvariantCulture,
        $"trained on {training.Rows} rows, {training.Epochs:0.##} epochs, {training.Seconds:0.0} s on {training.Device} ({training.Precision}); {training.TrainableParameters:N0} of {training.Parameters:N0} parameters"));

    private static void ShowBase(string directory, TrainingPlan plan, CommandOutput output)
    {
        var parts = PartsOf(directory, plan, out var stages);
        var table = new TextTable("part", "parameters", "rate factor", "weight decay", "trained");
        foreach (var part in parts)
        {
            table.Add(part.Name, part.Parameters.ToString("N0", CultureInfo.InvariantCulture), part.RateFactor.ToString("0.####", CultureInfo.InvariantCulture), part.WeightDecay.ToString("0.####", CultureInfo.InvariantCulture), Begin(part));
        }

        output.Say($"{directory}, strategy {plan.Strategy}");
        foreach (var line in table.Lines())
        {
            output.Say(line);
        }

        var (all, trained) = (parts.Sum(part => part.Parameters), parts.Where(part => part.Trainable).Sum(part => part.Parameters));
        output.Say(string.Create(CultureInfo.InvariantCulture, $"{trained:N0} of {all:N0} parameters are trained, and a new classifier; biases and normalization weights have no weight decay"));
        output.Write(new JsonObject
        {
            ["directory"] = directory,
            ["strategy"] = plan.Strategy.ToString(),
            ["parameters"] = all,
            ["trainableParameters"] = trained,
            ["layers"] = new JsonArray([.. parts.Select(part => new JsonObject
            {
                ["name"] = part.Name,
                ["parameters"] = part.Parameters,
                ["rateFactor"] = part.RateFactor,
                ["weightDecay"] = part.WeightDecay,
                ["trainable"] = part.Trainable,
                ["intervalsFrozen"] = part.Trainable ? stages[part.Name] : null,
            })]),
        });

        string Begin(TrainedPart part) => !part.Trainable ? "no"
            : stages[part.Name] == 0 ? "yes"
            : $"after {plan.UnfreezeEvery! with { Count = stages[part.Name] * plan.UnfreezeEvery.Count }}";
    }

    /// <summary>The parts of a base model from the input up, its pooler included. The head depends on the task, and so is not counted.</summary>
    private static IReadOnlyList<TrainedPart> PartsOf(string directory, TrainingPlan plan, out IReadOnlyDictionary<string, int> stages)
    {
        var architecture = Architectures.Read(Path.Combine(directory, "config.json"));
        var parameters = architecture.Parameters(HeadKind.Sequence, outputs: 1).Where(parameter => parameter.Name.StartsWith(architecture.WeightPrefix, StringComparison.Ordinal)).ToList();
        var groups = ParameterGroups.Of(plan, parameters.Select(parameter => parameter.Name), architecture.LayerCount);
        stages = parameters.GroupBy(parameter => ModelParts.NameOf(parameter.Name)).ToDictionary(part => part.Key, part => part.Max(parameter => groups[parameter.Name].Stage));
        return ModelParts.Of(parameters.Select(parameter => (parameter.Name, parameter.Count)), name => groups[name], name => groups[name].Trainable);
    }
}
