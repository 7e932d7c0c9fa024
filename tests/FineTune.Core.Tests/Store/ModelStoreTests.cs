using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Store;

namespace FineTune.Core.Tests.Store;

public sealed class ModelStoreTests : IDisposable
{
    private static readonly string First = ContentHash.OfBytes([1]);
    private static readonly string Second = ContentHash.OfBytes([2]);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Diagnostic> _reported = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_added_is_found_by_its_fingerprint()
    {
        var added = Store().AddTraining(First, WriteFiles);

        var found = Store().FindTraining(First)!;

        Assert.Equal(_folder.At("v1", "training", First), found.Directory);
        Assert.Equal(added.Files.OrderBy(file => file.Key), found.Files.OrderBy(file => file.Key));
        Assert.Equal("weights", File.ReadAllText(found.PathOf("huggingface/model.safetensors")));
        Assert.Equal(["huggingface/model.safetensors", "training.json"], found.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Null(Store().FindTraining(Second));
        Assert.Null(Store().FindModel(First));
        Assert.Throws<KeyNotFoundException>(() => found.PathOf("other"));
    }

    [Fact]
    public void A_store_that_does_not_exist_has_nothing_and_is_not_made()
    {
        Assert.Null(new ModelStore(_folder.At("none")).FindModel(First));
        Assert.False(Directory.Exists(_folder.At("none")));
    }

    [Fact]
    public void A_writer_that_fails_leaves_nothing()
    {
        var failure = new InvalidOperationException("stop");

        var thrown = Assert.Throws<InvalidOperationException>(() => Store().AddModel(First, folder =>
        {
            WriteFiles(folder);
            throw failure;
        }));

        Assert.Same(failure, thrown);
        Assert.Null(Store().FindModel(First));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("v1", "tmp")));
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_not_found()
    {
        // Killed before the rename: the files lie in the temporary folder only.
        _folder.Write($"v1/tmp/999999-{Guid.NewGuid():N}/model.onnx");
        Assert.Null(Store().FindModel(First));

        // Even under the right name, a folder without its list is no entry.
        _folder.Write($"v1/models/{First}/model.onnx");
        Assert.Null(Store().FindModel(First));
        Assert.False(Directory.Exists(_folder.At("v1", "models", First)));
    }

    [Theory]
    [InlineData("training.json", "{}!")]
    [InlineData("training.json", "[]")]
    [InlineData("training.json", null)]
    [InlineData("huggingface/model.safetensors", "wEights")]
    [InlineData("entry.json", "{")]
    [InlineData("entry.json", "{\"fingerprint\":\"x\",\"files\":{}}")]
    public void A_damaged_entry_is_reported_and_counts_as_absent(string file, string? content)
    {
        Store().AddTraining(First, WriteFiles);
        var path = _folder.At(["v1", "training", First, .. file.Split('/')]);
        if (content is null)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, content);
        }

        Assert.Null(Store().FindTraining(First));

        Assert.Equal(("FT6004", DiagnosticSeverity.Warning), (Assert.Single(_reported).Code, _reported[0].Severity));
        Assert.False(Directory.Exists(_folder.At("v1", "training", First)));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("v1", "tmp")));
        Store().AddTraining(First, WriteFiles);
        Assert.NotNull(Store().FindTraining(First));
    }

    [Fact]
    public void A_second_writer_uses_what_the_first_one_finished()
    {
        var entry = Store().AddModel(First, folder =>
        {
            File.WriteAllText(Path.Combine(folder, "late"), "");
            Store().AddModel(First, WriteFiles);
        });

        Assert.DoesNotContain("late", entry.Files.Keys);
        Assert.Equal("weights", File.ReadAllText(entry.PathOf("huggingface/model.safetensors")));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("v1", "tmp")));
    }

    [Fact]
    public void Writers_that_race_all_get_a_whole_entry()
    {
        using var barrier = new Barrier(8);
        var threads = Enumerable.Range(0, 8).Select(number => new Thread(() =>
        {
            Store().AddModel(First, folder =>
            {
                WriteFiles(folder);
                barrier.SignalAndWait();
            });
        })).ToArray();

        foreach (var thread in threads)
        {
            thread.Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        Assert.NotNull(Store().FindModel(First));
        Assert.Empty(_reported);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.At("v1", "tmp")));
    }

    [Fact]
    public void A_damaged_entry_makes_way_for_a_new_one()
    {
        _folder.Write($"v1/models/{First}/model.onnx");

        Store().AddModel(First, WriteFiles);

        Assert.NotNull(Store().FindModel(First));
    }

    [Fact]
    public void Folders_of_dead_processes_are_removed_after_a_day()
    {
        var old = Abandoned("2147483647", TimeSpan.FromDays(2));
        var recent = Abandoned("2147483647", TimeSpan.FromHours(1));
        var alive = Abandoned(Environment.ProcessId.ToString(), TimeSpan.FromDays(2));

        Store().AddModel(First, WriteFiles);

        Assert.Equal((false, true, true), (Directory.Exists(old), Directory.Exists(recent), Directory.Exists(alive)));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_has_a_code_and_a_way_out()
    {
        var file = _folder.Write("file");

        var exception = Assert.Throws<FineTuneException>(() => new ModelStore(file).AddModel(First, WriteFiles));

        Assert.Equal("FT6001", exception.Code);
        Assert.Contains("FINETUNE_CACHE_DIRECTORY", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_has_a_code_and_leaves_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The error number is the one of Linux.");

        var exception = Assert.Throws<FineTuneException>(() => Store().AddModel(First, _ => throw new IOException("No space left on device", 28)));

        Assert.Equal("FT6003", exception.Code);
        Assert.Null(Store().FindModel(First));
    }

    [Fact]
    public void What_is_not_a_fingerprint_never_becomes_a_path() =>
        Assert.Throws<ArgumentException>(() => Store().FindModel("../../etc"));

    [Fact]
    public void Finding_an_entry_again_reads_no_large_file()
    {
        var entry = Store().AddModel(First, WriteFiles);
        foreach (var file in entry.Files.Keys)
        {
            File.SetLastWriteTimeUtc(entry.PathOf(file), new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        Store().FindModel(First);

        var store = Store();
        store.FindModel(First);

        Assert.Equal(0, store.Hashes.FilesRead);
    }

    private string Abandoned(string processId, TimeSpan age)
    {
        var folder = _folder.At("v1", "tmp", $"{processId}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow - age);
        return folder;
    }

    private static void WriteFiles(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "huggingface"));
        File.WriteAllText(Path.Combine(folder, "huggingface", "model.safetensors"), "weights");
        File.WriteAllText(Path.Combine(folder, "training.json"), "{}");
    }

    private ModelStore Store() => new(_folder.Path) { Report = _reported.Add };
}
