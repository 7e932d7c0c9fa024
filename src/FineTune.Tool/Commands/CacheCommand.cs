using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Store;
using FineTune.Tool.Terminal;
using FineTune.Training.Remote;

namespace FineTune.Tool.Commands;

/// <summary><c>cache list|prune|push|verify</c>: looks after the store.</summary>
internal static class CacheCommand
{
    private const int MostDays = 36_500;

    private static readonly TimeSpan DefaultAge = TimeSpan.FromDays(90);

    public static ToolCommand Create() => new(new Command("cache", "Look after the store of trained models."), Run: null, CreateList(), CreatePrune(), CreatePush(), CreateVerify());

    private static ToolCommand CreateList()
    {
        var store = StoreOption.Create();
        return new(new Command("list", "List what the store holds, what was used last first.") { store }, (arguments, output, _) =>
        {
            var directory = StoreOption.Locate(arguments.GetValue(store));
            var folders = StoredFolder.All(directory);
            Show(folders, output);
            output.Say($"{folders.Count} entries, {Megabytes(folders)} MB in {directory}");
            output.Write(new JsonObject { ["directory"] = directory, ["entries"] = ToJson(folders) });
            return ExitCode.Done;
        });
    }

    private static ToolCommand CreatePrune()
    {
        var store = StoreOption.Create();
        var age = new Option<TimeSpan?>("--max-age") { Description = "Delete what was not used for longer than this, such as 12h, 30d or 8w. [default: 90d, unless --max-size is given]", HelpName = "AGE", CustomParser = StoreLimits.ParseAge };
        var size = new Option<long?>("--max-size") { Description = "Delete what was used longest ago until the rest is no larger than this, such as 500MB or 10GB.", HelpName = "SIZE", CustomParser = StoreLimits.ParseSize };
        var days = new Option<int?>("--days") { Description = "The same as --max-age, in days.", Hidden = true };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > MostDays)
            {
                result.AddError($"--days takes a number from 0 to {MostDays}.");
            }
        });
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be deleted." };
        return new(new Command("prune", "Delete entries that were not used for long; a build that needs one trains again.") { store, age, size, days, dryRun }, (arguments, output, cancellation) =>
        {
            var maxAge = arguments.GetValue(age) ?? (arguments.GetValue(days) is { } number ? TimeSpan.FromDays(number) : null);
            var maxBytes = arguments.GetValue(size);
            var directory = StoreOption.Locate(arguments.GetValue(store));
            return Prune(directory, maxAge ?? (maxBytes is null ? DefaultAge : null), maxBytes, arguments.GetValue(dryRun), output, cancellation);
        });
    }

    private static int Prune(string directory, TimeSpan? maxAge, long? maxBytes, bool isDryRun, CommandOutput output, CancellationToken cancellation)
    {
        var all = StoredFolder.All(directory);
        var chosen = StoredFolder.ToPrune(all, maxAge, maxBytes, DateTime.UtcNow);
        var deleted = new List<StoredFolder>();
        using var models = new ModelStore(directory);
        foreach (var folder in chosen)
        {
            cancellation.ThrowIfCancellationRequested();
            if (isDryRun || models.TryRemove(folder))
            {
                deleted.Add(folder);
            }
        }

        if (!isDryRun)
        {
            models.RemoveLeftovers();
        }

        var inUse = chosen.Except(deleted).ToList();
        var kept = all.Except(deleted).ToList();
        Show(deleted, output);
        output.Say($"{(isDryRun ? "would delete" : "deleted")} {deleted.Count} entries, {Megabytes(deleted)} MB; {kept.Count} entries stay, {Megabytes(kept)} MB{(inUse is [] ? "" : $", of which {inUse.Count} are in use")}");
        output.Write(new JsonObject
        {
            ["directory"] = directory,
            ["dryRun"] = isDryRun,
            ["deleted"] = ToJson(deleted),
            ["deletedBytes"] = deleted.Sum(folder => folder.Bytes),
            ["inUse"] = ToJson(inUse),
            ["kept"] = kept.Count,
            ["keptBytes"] = kept.Sum(folder => folder.Bytes),
        });
        return ExitCode.Done;
    }

    private static ToolCommand CreatePush()
    {
        var store = StoreOption.Create();
        var remoteCache = new RemoteCacheOptions();
        var syntax = new Command("push", "Put what the store holds into the remote cache; builds only put there what they train.") { store };
        remoteCache.AddAddressTo(syntax);
        return new(syntax, (arguments, output, cancellation) =>
        {
            var settings = remoteCache.Resolve(arguments) ?? throw new FineTuneException("FT6010", $"No remote cache is named. Name one with --remote-cache or {RemoteCacheSettings.AddressVariable}.");
            return Push(StoreOption.Locate(arguments.GetValue(store)), settings with { Mode = RemoteCacheMode.ReadWrite }, output, cancellation);
        });
    }

    private static int Push(string directory, RemoteCacheSettings settings, CommandOutput output, CancellationToken cancellation)
    {
        var (pushed, failures) = (new List<StoredFolder>(), new List<Diagnostic>());
        using var models = new ModelStore(directory) { Report = output.Report, RecordsUses = false };
        using var remote = RemoteCache.Open(settings, failures.Add, _ => { })!;
        foreach (var folder in StoredFolder.All(directory).Where(folder => folder.IsShared))
        {
            cancellation.ThrowIfCancellationRequested();
            if (models.Find(folder) is not { } entry)
            {
                continue;
            }

            if (!remote.Upload(entry, cancellation))
            {
                output.Fail([.. failures.Select(failure => failure with { Severity = DiagnosticSeverity.Error })]);
                return ExitCode.Failed;
            }

            pushed.Add(folder);
            models.EndUse(folder.Directory);
        }

        output.Say($"the remote cache has all {pushed.Count} entries, {Megabytes(pushed)} MB");
        output.Write(new JsonObject { ["remoteCache"] = settings.Address, ["entries"] = ToJson(pushed) });
        return ExitCode.Done;
    }

    private static ToolCommand CreateVerify()
    {
        var store = StoreOption.Create();
        return new(new Command("verify", "Check every stored file against its hash; what is damaged is removed and made again when it is needed.") { store }, (arguments, output, cancellation) =>
        {
            var directory = StoreOption.Locate(arguments.GetValue(store));
            var damaged = new List<Diagnostic>();
            using var models = new ModelStore(directory) { Report = damaged.Add, RecordsUses = false };
            var folders = StoredFolder.All(directory).Where(folder => folder.IsEntry).ToList();
            foreach (var folder in folders)
            {
                cancellation.ThrowIfCancellationRequested();
                models.Find(folder);
                models.EndUse(folder.Directory);
            }

            damaged.ForEach(output.Report);
            output.Say($"{folders.Count} entries, {damaged.Count} damaged");
            output.Write(new JsonObject { ["entries"] = folders.Count, ["damaged"] = new JsonArray([.. damaged.Select(CommandOutput.ToJson)]) });
            return ExitCode.Done;
        });
    }

    private static void Show(IReadOnlyList<StoredFolder> folders, CommandOutput output)
    {
        var table = new TextTable("fingerprint", "kind", "MB", "added", "used");
        foreach (var folder in folders)
        {
            table.Add(folder.Fingerprint, folder.Kind, Megabytes([folder]), folder.Added.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), folder.Used.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        foreach (var line in folders is [] ? [] : table.Lines())
        {
            output.Say(line);
        }
    }

    private static JsonArray ToJson(IEnumerable<StoredFolder> folders) => [.. folders.Select(folder => new JsonObject
    {
        ["fingerprint"] = folder.Fingerprint,
        ["kind"] = folder.Kind,
        ["bytes"] = folder.Bytes,
        ["added"] = folder.Added,
        ["used"] = folder.Used,
    })];

    private static string Megabytes(IEnumerable<StoredFolder> folders) => (folders.Sum(folder => folder.Bytes) / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
}
