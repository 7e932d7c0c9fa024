using System.Text.Json.Nodes;
using FineTune.Core.Fingerprints;
using FineTune.Core.Store;

namespace FineTune.Tool.Tests;

public sealed class CacheCommandTests : IDisposable
{
    private static readonly DateTime Now = DateTime.UtcNow;

    private readonly string _store = Directory.CreateTempSubdirectory("finetune-cache-").FullName;

    public void Dispose() => Directory.Delete(_store, recursive: true);

    [Fact]
    public void Prune_deletes_what_was_not_used_for_ninety_days()
    {
        var (recent, old) = (Add(1, 10, daysUnused: 89), Add(2, 10, daysUnused: 91));

        var run = Prune();

        Assert.Equal([old], Fingerprints(run, "deleted"));
        Assert.Equal([recent], StoredFolder.All(_store).Select(folder => folder.Fingerprint));
        Assert.Equal(1, (int)run.Json["kept"]!);
    }

    [Theory]
    [InlineData("--max-age", "36h", 1)]
    [InlineData("--max-age", "2w", 0)]
    [InlineData("--days", "1", 1)]
    [InlineData("--max-age", "0d", 2)]
    public void Prune_takes_an_age(string option, string value, int expected)
    {
        Add(1, 10, daysUnused: 0);
        Add(2, 10, daysUnused: 3);

        Assert.Equal(expected, Fingerprints(Prune(option, value), "deleted").Count());
    }

    [Theory]
    [InlineData("1MB", 1)]
    [InlineData("0.001GB", 1)]
    [InlineData("2MiB", 0)]
    [InlineData("0", 2)]
    public void Prune_takes_a_size_and_deletes_what_was_used_longest_ago(string size, int expected)
    {
        Add(1, 600_000, daysUnused: 0);
        var old = Add(2, 700_000, daysUnused: 3);

        var deleted = Fingerprints(Prune("--max-size", size), "deleted").ToList();

        Assert.Equal(expected, deleted.Count);
        Assert.Equal(expected > 0, deleted.Contains(old));
    }

    [Fact]
    public void A_dry_run_says_the_same_and_deletes_nothing()
    {
        var old = Add(1, 10, daysUnused: 100);

        var run = Prune("--dry-run");

        Assert.Equal([old], Fingerprints(run, "deleted"));
        Assert.True((bool)run.Json["dryRun"]!);
        Assert.Single(StoredFolder.All(_store));
    }

    [Fact]
    public void What_is_in_use_stays_and_is_named()
    {
        var old = Add(1, 10, daysUnused: 100);
        using var reader = new ModelStore(_store) { RecordsUses = false };
        reader.FindModel(old);

        var run = Prune();

        Assert.Equal([old], Fingerprints(run, "inUse"));
        Assert.Empty(Fingerprints(run, "deleted"));
        Assert.Single(StoredFolder.All(_store));
    }

    [Fact]
    public void Verifying_uses_nothing_and_keeps_nothing()
    {
        var old = Add(1, 10, daysUnused: 100);

        Assert.Equal(0, ToolRun.InProcess("cache", "verify", "--cache-directory", _store).ExitCode);

        Assert.Equal([old], Fingerprints(Prune(), "deleted"));
    }

    [Fact]
    public void Push_gives_a_team_what_the_store_has()
    {
        var fingerprint = Add(1, 10, daysUnused: 1);
        var remote = Directory.CreateDirectory(Path.Combine(_store, "remote")).FullName;

        var run = ToolRun.InProcess("cache", "push", "--cache-directory", _store, "--remote-cache", remote, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal([fingerprint], Fingerprints(run, "entries"));
        Assert.True(File.Exists(Path.Combine(remote, "ac", fingerprint)));
    }

    [Fact]
    public void Hidden_states_are_listed_verified_and_pruned_but_not_pushed()
    {
        var model = Add(1, 10, daysUnused: 100);
        var hiddenStates = Add(2, 20, daysUnused: 100, (store, fingerprint, write) => store.AddHiddenStates(fingerprint, write));
        var damaged = Add(3, 30, daysUnused: 100, (store, fingerprint, write) => store.AddHiddenStates(fingerprint, write));
        File.AppendAllText(Path.Combine(StoredFolder.All(_store).Single(folder => folder.Fingerprint == damaged).Directory, "model"), "more");
        var remote = Directory.CreateDirectory(Path.Combine(_store, "remote")).FullName;

        var list = ToolRun.InProcess("cache", "list", "--cache-directory", _store, "--json");
        var push = ToolRun.InProcess("cache", "push", "--cache-directory", _store, "--remote-cache", remote, "--json");
        var verify = ToolRun.InProcess("cache", "verify", "--cache-directory", _store, "--json");

        Assert.Equal(["hidden-states", "hidden-states", "models"], ((JsonArray)list.Json["entries"]!).Select(entry => (string)entry!["kind"]!).Order(StringComparer.Ordinal));
        Assert.Equal([model], Fingerprints(push, "entries"));
        Assert.Equal(3, (int)verify.Json["entries"]!);
        Assert.Contains(damaged, (string)Assert.Single((JsonArray)verify.Json["damaged"]!)!["message"]!, StringComparison.Ordinal);
        Assert.Equal(new[] { model, hiddenStates }.Order(), Fingerprints(Prune(), "deleted").Order());
    }

    [Theory]
    [InlineData("FT6010", "none")]
    [InlineData("FT6013", "no-such-folder")]
    public void Push_that_cannot_push_fails(string code, string remote)
    {
        Add(1, 10, daysUnused: 1);

        var run = ToolRun.InProcess("cache", "push", "--cache-directory", _store, "--remote-cache", remote, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(code, (string)run.Json["errors"]![0]!["code"]!);
    }

    private static IEnumerable<string> Fingerprints(ToolRun run, string list) => ((JsonArray)run.Json[list]!).Select(entry => (string)entry!["fingerprint"]!);

    private ToolRun Prune(params string[] options) => ToolRun.InProcess(["cache", "prune", "--cache-directory", _store, "--json", .. options]);

    private string Add(byte number, int bytes, int daysUnused, Func<ModelStore, string, Action<string>, StoreEntry>? add = null)
    {
        var fingerprint = ContentHash.OfBytes([number]);
        using var store = new ModelStore(_store);
        var entry = (add ?? ((models, name, write) => models.AddModel(name, write)))(store, fingerprint, folder => File.WriteAllBytes(Path.Combine(folder, "model"), new byte[bytes]));
        File.SetLastWriteTimeUtc(Path.Combine(entry.Directory, "entry.json"), Now.AddDays(-daysUnused));
        return fingerprint;
    }
}
