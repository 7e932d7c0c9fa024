using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Core.Fingerprints;
using FineTune.Core.Inputs;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Commands;

/// <summary><c>explain</c>: what a model depends on, what of it changed, and whether a build would train it.</summary>
internal static class ExplainCommand
{
    public static ToolCommand Create()
    {
        var spec = new SpecArguments();
        var store = StoreOption.Create();
        var syntax = new Command("explain", "Say what a model depends on, what changed since it was made, and whether a build would train it.") { store };
        spec.AddTo(syntax);
        return new(syntax, (arguments, output, _) =>
        {
            var run = PlannedRun.Create(spec, store, arguments, output);
            using var models = new ModelStore(run.StoreDirectory) { Report = output.Report, RecordsUses = false };
            Explain(run, ChangesOf(run), models.FindModel(run.Fingerprint.Export), models.FindTraining(run.Fingerprint.Training), output);
            return ExitCode.Done;
        });
    }

    /// <summary>What changed since the model was made last; <see langword="null"/> when nothing is remembered of that.</summary>
    private static IReadOnlyList<InputChange>? ChangesOf(PlannedRun run)
        => new ModelRecords(run.StoreDirectory).Find(run.SourceFile, run.Plan.Name) is { Inputs: { } before } record
            ? record.Latest == run.Fingerprint ? [] : InputChanges.Between(before, run.Inputs())
            : null;

    private static void Explain(PlannedRun run, IReadOnlyList<InputChange>? changes, StoreEntry? model, StoreEntry? training, CommandOutput output)
    {
        var inputs = InputsOf(run);
        var options = PlanOptions.All
            .Where(option => !option.IsFileList)
            .Select(option => (Option: option, Value: ValueText(option, run.Plan)))
            .Where(entry => entry.Value is not null && entry.Value != DefaultText(entry.Option))
            .ToList();
        var action = model is not null ? "nothing" : training is not null ? "export" : "train";

        output.Say($"{run.Plan.Name}: " + action switch
        {
            "nothing" => "the store has this model; a build would train nothing",
            "export" => "the store has this training, but not with these test data and export options; a build would export and evaluate it again",
            _ => "the store has neither this model nor its training; a build would train",
        });
        output.Say(changes switch
        {
            null => "it was never made of this project with this store, so there is nothing to compare with",
            [] => "nothing changed since it was made last",
            _ => "changed since it was made last:",
        });
        foreach (var change in changes ?? [])
        {
            output.Say($"  {change}{(change.Trains ? "" : " (export only)")}");
        }

        output.Say($"training fingerprint {run.Fingerprint.Training}{(training is null ? "" : " (in the store)")}");
        output.Say($"export fingerprint   {run.Fingerprint.Export}{(model is null ? "" : " (in the store)")}");
        output.Say("inputs, by content:");
        foreach (var (role, path, hash, bytes) in inputs)
        {
            output.Say(string.Create(CultureInfo.InvariantCulture, $"  {role}: {path}, {bytes:N0} bytes, SHA-256 {hash[..12]}"));
        }

        if (run.Base is { } other)
        {
            output.Say($"  BaseModel: the model {other.Plan.Name}, training fingerprint {other.Fingerprint.Training}");
        }

        output.Say(options is [] ? "options: all at their defaults" : "options that differ from their defaults:");
        foreach (var (option, value) in options)
        {
            output.Say($"  {option.MetadataName} = {value} ({ScopeText(option.Scope)})");
        }

        output.Write(new JsonObject
        {
            ["name"] = run.Plan.Name,
            ["action"] = action,
            ["wouldTrain"] = action == "train",
            ["changes"] = changes is null ? null : new JsonArray([.. changes.Select(change => new JsonObject { ["subject"] = change.Subject, ["description"] = change.Description, ["trains"] = change.Trains })]),
            ["fingerprint"] = new JsonObject { ["training"] = run.Fingerprint.Training, ["export"] = run.Fingerprint.Export },
            ["store"] = new JsonObject { ["directory"] = run.StoreDirectory, ["training"] = training?.Directory, ["model"] = model?.Directory },
            ["baseModel"] = run.Base is { } based ? new JsonObject { ["name"] = based.Plan.Name, ["training"] = based.Fingerprint.Training } : null,
            ["inputs"] = new JsonArray([.. inputs.Select(input => new JsonObject { ["role"] = input.Role, ["path"] = input.Path, ["sha256"] = input.Hash, ["bytes"] = input.Bytes })]),
            ["options"] = new JsonObject(options.Select(entry => KeyValuePair.Create(entry.Option.JsonName, (JsonNode?)entry.Value))),
        });
    }

    private static List<(string Role, string Path, string Hash, long Bytes)> InputsOf(PlannedRun run)
    {
        var files = PlanOptions.All.Where(option => option.IsFileList)
            .SelectMany(option => ((IReadOnlyList<DataFile>)option.ValueIn(run.Plan)!).Select(file => (option.MetadataName, file.DisplayPath, file.FullPath)))
            .Concat((run.Base is null ? Fingerprint.BaseModelFiles(run.BaseModel.Directory) : []).Select(path => (nameof(TrainingPlan.BaseModel), DisplayPath: path, FullPath: path)));
        return [.. files.Select(file => (file.Item1, file.DisplayPath, ContentHash.OfFile(file.FullPath), new FileInfo(file.FullPath).Length))];
    }

    private static string? ValueText(PlanOption option, TrainingPlan plan) => option.ValueIn(plan) switch
    {
        null => null,
        IReadOnlyList<string> { Count: 0 } => null,
        IReadOnlyList<string> list => string.Join(';', list),
        var value => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>The default as the plan would show it: 5e-5 and 1.0 are written as numbers are written back.</summary>
    private static string? DefaultText(PlanOption option)
        => double.TryParse(option.Default, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : option.Default;

    private static string ScopeText(PlanOptionScope scope) => scope switch
    {
        PlanOptionScope.Training => "changing it trains again",
        PlanOptionScope.Export => "changing it exports again",
        PlanOptionScope.Gate => "judged on every build",
        PlanOptionScope.Api => "generated code only",
        _ => "where it runs, not what comes out",
    };
}
