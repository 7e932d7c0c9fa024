using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Store;

namespace FineTune.Core.Tests.Store;

/// <summary>Several processes at one store; each <see cref="ModelStore"/> stands for one, which for the operating system's locks makes no difference.</summary>
public sealed class StoreSharingTests : IDisposable
{
    private static readonly string First = ContentHash.OfBytes([1]);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Diagnostic> _reported = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_somebody_found_is_not_pruned_until_it_is_given_up()
    {
        using var pruner = Store();
        using (var reader = Store())
        {
            Add();
            var entry = reader.FindModel(First)!;

            Assert.False(pruner.TryRemove(Only()));
            Assert.Equal("weights", File.ReadAllText(entry.PathOf("model")));
        }

        Assert.True(pruner.TryRemove(Only()));
        Assert.Null(pruner.FindModel(First));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("v1", "tmp")));
        Assert.Empty(_reported);
    }

    [Fact]
    public void What_somebody_added_is_not_pruned_until_it_is_given_up()
    {
        using var writer = Store();
        writer.AddModel(First, folder => File.WriteAllText(Path.Combine(folder, "model"), "weights"));

        Assert.False(Store().TryRemove(Only()));
    }

    [Fact]
    public void Looking_at_an_entry_for_a_moment_does_not_keep_it()
    {
        Add();
        using var verifier = Store();
        var entry = verifier.FindModel(First)!;

        verifier.EndUse(entry.Directory);

        Assert.True(Store().TryRemove(Only()));
    }

    [Fact]
    public void Hidden_states_are_kept_while_they_are_used_and_the_oldest_go_when_room_is_needed()
    {
        var second = ContentHash.OfBytes([2]);
        using var user = Store();
        user.AddHiddenStates(First, WriteTwoFiles);
        using (var other = Store())
        {
            other.AddHiddenStates(second, WriteTwoFiles);
        }

        Assert.Equal(StoredFolder.All(_folder.Path).Sum(folder => folder.Bytes), Store().HiddenStatesBytes);
        Store().PruneHiddenStates(0);

        Assert.Equal(First, Only().Fingerprint);
        Assert.NotNull(user.FindHiddenStates(First));
        Assert.Null(user.FindHiddenStates(second));
    }

    [Fact]
    public void Making_room_for_hidden_states_takes_nothing_else()
    {
        Add();

        Store().PruneHiddenStates(0);

        Assert.Equal(StoredFolder.Models, Only().Kind);
    }

    [Fact]
    public void Hidden_states_belong_to_no_training_so_none_keeps_them()
    {
        using (var writer = Store())
        {
            writer.AddHiddenStates(First, WriteTwoFiles);
        }

        using var training = Store().LockTraining(First, _ => { }, TestContext.Current.CancellationToken);

        Assert.True(Store().TryRemove(Only()));
    }

    [Fact]
    public void A_training_and_the_checkpoints_of_one_that_is_under_way_are_not_pruned()
    {
        _folder.Write($"v1/checkpoints/{First}/step-000000001.safetensors");
        using var trainer = Store();
        using (trainer.LockTraining(First, _ => { }, TestContext.Current.CancellationToken))
        {
            Assert.False(Store().TryRemove(Only()));
        }

        Assert.True(Store().TryRemove(Only()));
        Assert.Empty(StoredFolder.All(_folder.Path));
    }

    [Fact]
    public void Readers_and_pruners_at_once_see_a_whole_entry_or_none()
    {
        var stop = DateTime.UtcNow.AddSeconds(1);
        var torn = 0;
        var threads = new List<Thread>();
        threads.AddRange(Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (DateTime.UtcNow < stop)
            {
                using var store = Store();
                var entry = store.FindModel(First) ?? store.AddModel(First, WriteTwoFiles);
                if (File.ReadAllText(entry.PathOf("one")) != "1" || File.ReadAllText(entry.PathOf("two")) != "2")
                {
                    Interlocked.Increment(ref torn);
                }
            }
        })));
        threads.AddRange(Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            while (DateTime.UtcNow < stop)
            {
                using var store = Store();
                foreach (var folder in StoredFolder.All(_folder.Path))
                {
                    store.TryRemove(folder);
                }

                store.RemoveLeftovers();
            }
        })));
        threads.Add(new Thread(() =>
        {
            while (DateTime.UtcNow < stop)
            {
                using var verifier = Store();
                verifier.FindModel(First);
            }
        }));

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(0, torn);
        Assert.Empty(_reported);
    }

    [Fact]
    public void A_use_is_recorded_once_a_day()
    {
        Add();
        var list = _folder.At("v1", "models", First, "entry.json");
        var yesterday = DateTime.UtcNow.AddHours(-25);
        File.SetLastWriteTimeUtc(list, yesterday);
        Find(record: false);
        Assert.Equal(yesterday, File.GetLastWriteTimeUtc(list), TimeSpan.FromSeconds(1));

        Find(record: true);
        Assert.Equal(DateTime.UtcNow, File.GetLastWriteTimeUtc(list), TimeSpan.FromMinutes(1));

        var thisMorning = DateTime.UtcNow.AddHours(-5);
        File.SetLastWriteTimeUtc(list, thisMorning);
        Find(record: true);
        Assert.Equal(thisMorning, File.GetLastWriteTimeUtc(list), TimeSpan.FromSeconds(1));

        void Find(bool record)
        {
            using var store = new ModelStore(_folder.Path) { RecordsUses = record };
            Assert.NotNull(store.FindModel(First));
        }
    }

    [Fact]
    public void Pruning_removes_locks_that_nobody_holds()
    {
        using var store = Store();
        store.LockTraining(First, _ => { }, TestContext.Current.CancellationToken).Dispose();
        var other = ContentHash.OfBytes([2]);
        using var held = store.LockTraining(other, _ => { }, TestContext.Current.CancellationToken);

        Store().RemoveLeftovers();

        Assert.Equal([$"{other}.lock"], Directory.GetFiles(_folder.At("v1", "locks"), "*.lock").Select(Path.GetFileName));
    }

    [Fact]
    public void A_store_that_cannot_be_locked_has_a_code_and_a_way_out()
    {
        var file = _folder.Write("file");

        var exception = Assert.Throws<FineTuneException>(() => new ModelStore(file).LockTraining(First, _ => { }, TestContext.Current.CancellationToken));

        Assert.Equal("FT6001", exception.Code);
    }

    private static void WriteTwoFiles(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "one"), "1");
        File.WriteAllText(Path.Combine(folder, "two"), "2");
    }

    private void Add()
    {
        using var store = Store();
        store.AddModel(First, folder => File.WriteAllText(Path.Combine(folder, "model"), "weights"));
    }

    private StoredFolder Only() => Assert.Single(StoredFolder.All(_folder.Path));

    private ModelStore Store() => new(_folder.Path)
    {
        Report = diagnostic =>
        {
            lock (_reported)
            {
                _reported.Add(diagnostic);
            }
        },
    };
}
