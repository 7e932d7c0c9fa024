using FineTune.Core.Fingerprints;
using FineTune.Core.Store;

namespace FineTune.Core.Tests.Store;

public sealed class StoredFolderTests : IDisposable
{
    private static readonly DateTime Now = new(2024, 6, 30, 12, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pruning_by_age_takes_what_was_not_used_for_so_long()
        => Assert.Equal(["old"], Prune(TimeSpan.FromDays(30), maxBytes: null, Folder("new", 1, 0), Folder("used", 1, 29), Folder("old", 1, 30)));

    [Fact]
    public void Pruning_by_size_takes_what_was_used_longest_ago()
        => Assert.Equal(["third", "second"], Prune(maxAge: null, 100, Folder("first", 100, 1), Folder("second", 10, 2), Folder("third", 200, 3)));

    [Fact]
    public void What_fits_stays()
        => Assert.Empty(Prune(TimeSpan.FromDays(30), 110, Folder("first", 100, 1), Folder("second", 10, 2)));

    [Fact]
    public void What_age_takes_no_longer_counts_for_size()
        => Assert.Equal(["old"], Prune(TimeSpan.FromDays(30), 20, Folder("new", 10, 1), Folder("used", 10, 2), Folder("old", 500, 60)));

    [Fact]
    public void An_entry_was_added_when_its_files_were_written_and_used_when_its_list_says()
    {
        var fingerprint = ContentHash.OfBytes([1]);
        using (var store = new ModelStore(_folder.Path))
        {
            store.AddModel(fingerprint, folder => File.WriteAllText(Path.Combine(folder, "model"), "12345"));
        }

        var (added, used) = (Now.AddDays(-9), Now.AddDays(-2));
        File.SetLastWriteTimeUtc(_folder.At("v1", "models", fingerprint, "model"), added);
        File.SetLastWriteTimeUtc(_folder.At("v1", "models", fingerprint, "entry.json"), used);
        _folder.Write($"v1/checkpoints/{fingerprint}/step-000000001.safetensors");
        Directory.CreateDirectory(_folder.At("v1", "training", fingerprint));

        var folders = StoredFolder.All(_folder.Path);

        Assert.Equal([StoredFolder.Models, StoredFolder.Checkpoints], folders.Select(folder => folder.Kind));
        Assert.Equal((added, used, fingerprint), (folders[0].Added, folders[0].Used, folders[0].Fingerprint));
    }

    [Fact]
    public void Who_uses_hidden_states_changes_neither_them_nor_when_they_were_added()
    {
        var (fingerprint, training) = (ContentHash.OfBytes([1]), ContentHash.OfBytes([2]));
        using var store = new ModelStore(_folder.Path);
        var entry = store.AddHiddenStates(fingerprint, folder => File.WriteAllText(Path.Combine(folder, "states"), "12345"));
        File.SetLastWriteTimeUtc(entry.PathOf("states"), Now);
        var before = Assert.Single(StoredFolder.All(_folder.Path));

        HiddenStatesUses.Record(entry.Directory, training);
        HiddenStatesUses.Record(entry.Directory, training);

        Assert.Equal([training], HiddenStatesUses.Of(entry.Directory));
        Assert.Equal(before, Assert.Single(StoredFolder.All(_folder.Path)));
        Assert.NotNull(store.FindHiddenStates(fingerprint));
        Assert.Empty(HiddenStatesUses.Of(_folder.At("gone")));
    }

    private static StoredFolder Folder(string name, long bytes, int daysUnused) => new(name, StoredFolder.Models, bytes, Now.AddDays(-100), Now.AddDays(-daysUnused));

    private static IEnumerable<string> Prune(TimeSpan? maxAge, long? maxBytes, params StoredFolder[] folders)
        => StoredFolder.ToPrune(folders, maxAge, maxBytes, Now).Select(folder => folder.Directory);
}
