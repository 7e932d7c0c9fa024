using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Serialization;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Core.Worker;
using FineTune.Tool.Terminal;
using FineTune.Training.Pipeline;

namespace FineTune.Tool.Commands;

/// <summary><c>train</c>: what a build does with an item, from the command line.</summary>
internal static class TrainCommand
{
    public static ToolCommand Create()
    {
        var spec = new SpecArguments();
        var target = new Option<string>("--output") { Description = "Write the model here: model.onnx, manifest.json, metrics.json, model.ftmodel, huggingface/.", HelpName = "DIR" };
        var force = new Option<bool>("--force") { Description = "Train even when the store has the model; the store stays as it is." };
        var libTorch = new Option<string>("--libtorch") { Description = "The libtorch folder. [default: FINETUNE_LIBTORCH, else the known places]", HelpName = "DIR" };
        var store = StoreOption.Create();
        var remoteCache = new RemoteCacheOptions();
        var syntax = new Command("train", "Train a model, test it, and hold it to its conditions.") { target, force, libTorch, store };
        remoteCache.AddTo(syntax);
        spec.AddTo(syntax);
        return new(syntax, (arguments, output, cancellation) =>
        {
            var run = PlannedRun.Create(spec, store, arguments, output);
            var (libTorchDirectory, remote) = (arguments.GetValue(libTorch), remoteCache.Resolve(arguments));
            using var scratch = arguments.GetValue(force) ? TemporaryFolder.Create() : null;
            var bases = new List<PipelineResult>();
            try
            {
                MakeBases(run, libTorchDirectory, remote, bases, output, cancellation);
                var request = (scratch is null ? run : run with { StoreDirectory = scratch.Path }).ToRequest(libTorchDirectory, TrainedFolder(bases)) with
                {
                    // What is to be trained must not be fetched.
                    RemoteCache = scratch is null ? remote : null,
                };
                using var result = Make(request, output, cancellation);
                if (scratch is null)
                {
                    run.Record();
                }

                return Finish(run, result, arguments.GetValue(target), output);
            }
            finally
            {
                bases.ForEach(made => made.Dispose());
            }
        });
    }

    /// <summary>Makes the models that <paramref name="run"/> starts from, the first one first. What is made is kept from pruning until it is disposed.</summary>
    private static void MakeBases(PlannedRun run, string? libTorchDirectory, RemoteCacheSettings? remote, List<PipelineResult> bases, CommandOutput output, CancellationToken cancellation)
    {
        if (run.Base is not { } other)
        {
            return;
        }

        MakeBases(other, libTorchDirectory, remote, bases, output, cancellation);
        var made = Make(other.ToRequest(libTorchDirectory, TrainedFolder(bases)) with { RemoteCache = remote }, output, cancellation);
        bases.Add(made);
        other.Record();

        // As in a build: what starts from a model that is not good enough would be no better.
        var verdict = GateVerdict.Judge(other.Plan, CoreJson.ReadMetrics(File.ReadAllText(made.Model.PathOf(ModelArtifact.MetricsFile))), other.BaselineFile);
        verdict.Show(output);
        if (!verdict.Passed)
        {
            throw new FineTuneException("FT6108", $"'{run.Plan.Name}' starts from '{other.Plan.Name}', which misses its conditions. Nothing was trained for '{run.Plan.Name}'.", run.Plan.Origin);
        }

        output.Say($"{other.Plan.Name}: {(made.Trained ? "trained" : "found in the store")}; {run.Plan.Name} starts from it");
    }

    private static PipelineResult Make(WorkerRequest request, CommandOutput output, CancellationToken cancellation)
        => ProgressDisplay.Run(output, TimeProvider.System, events => ModelPipeline.Run(request, events, cancellation));

    private static string? TrainedFolder(List<PipelineResult> bases) => bases is [.., var last] ? Path.Combine(last.Training!.Directory, BaseModelSource.TrainedFolder) : null;

    private static int Finish(PlannedRun run, PipelineResult result, string? target, CommandOutput output)
    {
        var metricsJson = File.ReadAllText(result.Model.PathOf(ModelArtifact.MetricsFile));
        var metrics = CoreJson.ReadMetrics(metricsJson);
        var verdict = GateVerdict.Judge(run.Plan, metrics, run.BaselineFile);

        // A model that misses its conditions does not take the place of one that met them.
        var written = target is not null && verdict.Passed ? OutputFolder.Write(Path.GetFullPath(target), result) : null;
        Say(run, result, metrics, verdict, target, written, output);
        output.Write(ToJson(run, result, metricsJson, verdict, written));
        return verdict.Passed ? ExitCode.Done : ExitCode.GateMissed;
    }

    private static void Say(PlannedRun run, PipelineResult result, MetricsDocument metrics, GateVerdict verdict, string? target, string? written, CommandOutput output)
    {
        var origin = result.Trained
            ? string.Create(CultureInfo.InvariantCulture, $"trained in {metrics.Training.Seconds:0.0} s ({metrics.Training.Steps} steps, best epoch {metrics.Training.BestEpoch:0.##})")
            : "found in the store: nothing was trained";
        output.Say($"{run.Plan.Name}: {origin}");
        output.Say($"{metrics.Rows} {metrics.EvaluatedOn} rows: {MetricsText.Summary(metrics)}");
        if (MetricsText.Quantization(metrics) is { } quantization)
        {
            output.Say(quantization);
        }

        foreach (var warning in metrics.Training.Warnings)
        {
            output.Report(warning);
        }

        verdict.Show(output);
        if (written is not null)
        {
            output.Say($"written to {written}");
        }
        else
        {
            output.Say((target is null ? "the model is in " : $"'{target}' was not changed; the model is in ") + result.Model.Directory);
        }
    }

    private static JsonObject ToJson(PlannedRun run, PipelineResult result, string metricsJson, GateVerdict verdict, string? written)
    {
        var document = new JsonObject
        {
            ["name"] = run.Plan.Name,
            ["trained"] = result.Trained,
            ["output"] = written,
            ["entry"] = result.Model.Directory,
            ["passed"] = verdict.Passed,
            ["gate"] = verdict.ToJson(),
            ["errors"] = verdict.ErrorsToJson(),
        };
        foreach (var (key, value) in JsonNode.Parse(metricsJson)!.AsObject())
        {
            document[key] = value?.DeepClone();
        }

        return document;
    }
}
