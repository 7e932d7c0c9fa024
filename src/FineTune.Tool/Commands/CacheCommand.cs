using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Store;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Commands;

/// <summary><c>cache list|prune|verify</c>: looks after the store.</summary>
internal static class CacheCommand
{
    private const int MostDays = 36_500;
    private const int DefaultDays = 90;

    public static ToolCommand Create() => new(new Command("cache", "Look after the store of trained models."), Run: null, CreateList(), CreatePrune(), CreateVerify());

    private static ToolCommand CreateList()
    {
        var store = StoreOption.Create();
        return new(new Command("list", "List what the store holds.") { store }, (arguments, output, _) =>
        {
            var directory = StoreOption.Locate(arguments.GetValue(store));
            var folders = StoredFolder.All(directory);
            var table = new TextTable("fingerprint", "kind", "MB", "added");
            foreach (var folder in folders)
            {
                table.Add(folder.Fingerprint, folder.Kind, Megabytes(folder.Bytes), folder.Added.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));
            }

            foreach (var line in table.Lines())
            {
                output.Say(line);
            }

            output.Say($"{folders.Count} entries, {Megabytes(folders.Sum(folder => folder.Bytes))} MB in {directory}");
            output.Write(new JsonObject { ["directory"] = directory, ["entries"] = ToJson(folders) });
            return ExitCode.Done;
        });
    }

    private static ToolCommand CreatePrune()
    {
        var store = StoreOption.Create();
        var days = new Option<int>("--days") { Description = "Delete entries that were added longer ago than this.", DefaultValueFactory = _ => DefaultDays };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > MostDays)
            {
                result.AddError($"--days takes a number from 0 to {MostDays}.");
            }
        });
        return new(new Command("prune", "Delete old entries; a build that needs one trains again.") { store, days }, (arguments, output, _) =>
        {
            var limit = DateTime.UtcNow.AddDays(-arguments.GetValue(days));
            var old = StoredFolder.All(StoreOption.Locate(arguments.GetValue(store))).Where(folder => folder.Added <= limit).ToList();
            foreach (var folder in old)
            {
                folder.Delete();
            }

            output.Say($"deleted {old.Count} entries, {Megabytes(old.Sum(folder => folder.Bytes))} MB");
            output.Write(new JsonObject { ["deleted"] = ToJson(old) });
            return ExitCode.Done;
        });
    }

    private static ToolCommand CreateVerify()
    {
        var store = StoreOption.Create();
        return new(new Command("verify", "Check every stored file against its hash; what is damaged is removed and made again when it is needed.") { store }, (arguments, output, cancellation) =>
        {
            var directory = StoreOption.Locate(arguments.GetValue(store));
            var damaged = new List<Diagnostic>();
            var models = new ModelStore(directory) { Report = damaged.Add };
            var folders = StoredFolder.All(directory).Where(folder => folder.Kind != StoredFolder.Checkpoints).ToList();
            foreach (var folder in folders)
            {
                cancellation.ThrowIfCancellationRequested();
                _ = folder.Kind == StoredFolder.Training ? models.FindTraining(folder.Fingerprint) : models.FindModel(folder.Fingerprint);
            }

            damaged.ForEach(output.Report);
            output.Say($"{folders.Count} entries, {damaged.Count} damaged");
            output.Write(new JsonObject { ["entries"] = folders.Count, ["damaged"] = new JsonArray([.. damaged.Select(CommandOutput.ToJson)]) });
            return ExitCode.Done;
        });
    }

    private static JsonArray ToJson(IEnumerable<StoredFolder> folders) => [.. folders.Select(folder => new JsonObject
    {
        ["fingerprint"] = folder.Fingerprint,
        ["kind"] = folder.Kind,
        ["bytes"] = folder.Bytes,
        ["added"] = folder.Added,
    })];

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
}
