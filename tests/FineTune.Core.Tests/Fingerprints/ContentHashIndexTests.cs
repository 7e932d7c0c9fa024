using FineTune.Core.Fingerprints;

namespace FineTune.Core.Tests.Fingerprints;

public sealed class ContentHashIndexTests : IDisposable
{
    private static readonly DateTime Written = new(2025, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();

    private string IndexFile => _folder.At("obj", "hashes.index");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_hash_is_lower_case_sha256()
    {
        const string expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

        Assert.Equal(expected, ContentHash.OfBytes("abc"u8.ToArray()));
        Assert.Equal(expected, ContentHash.OfFile(Write("abc", Written)));
        Assert.Equal(expected, new ContentHashIndex(IndexFile).GetFileHash(Write("abc", Written)));
    }

    [Fact]
    public void An_unchanged_file_is_not_read_again()
    {
        var path = Write("abc", Written);
        var first = Index(Written.AddMinutes(1));
        var hash = first.GetFileHash(path);
        first.Save();

        var second = Index(Written.AddMinutes(2));

        Assert.Equal(hash, second.GetFileHash(path));
        Assert.Equal(hash, second.GetFileHash(path));
        Assert.Equal((1, 0), (first.FilesRead, second.FilesRead));
    }

    [Fact]
    public void Touching_a_file_without_changing_it_keeps_its_hash()
    {
        var index = Index(Written.AddMinutes(1));
        var hash = index.GetFileHash(Write("abc", Written));

        Assert.Equal(hash, index.GetFileHash(Write("abc", Written.AddSeconds(30))));
    }

    [Fact]
    public void An_edit_of_the_same_size_in_the_same_tick_of_the_clock_is_seen()
    {
        var index = Index(Written.AddSeconds(1));
        var path = Write("abc", Written);
        var before = index.GetFileHash(path);
        index.Save();
        Write("abd", Written);

        Assert.NotEqual(before, index.GetFileHash(path));
        Assert.NotEqual(before, Index(Written.AddDays(1)).GetFileHash(path));
    }

    [Fact]
    public void A_file_from_the_future_is_always_read()
    {
        var path = Write("abc", Written.AddDays(1));
        var index = Index(Written);
        var before = index.GetFileHash(path);
        Write("abd", Written.AddDays(1));

        Assert.NotEqual(before, index.GetFileHash(path));
    }

    [Fact]
    public void A_file_of_another_size_is_read_even_when_its_time_is_the_same()
    {
        var index = Index(Written.AddDays(1));
        var path = Write("abc", Written);
        var before = index.GetFileHash(path);
        Write("abcd", Written);

        Assert.NotEqual(before, index.GetFileHash(path));
    }

    [Fact]
    public void A_change_behind_a_link_is_seen()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        var target = Write("abc", Written);
        var link = _folder.At("link.csv");
        File.CreateSymbolicLink(link, target);
        var index = new ContentHashIndex(IndexFile);
        var before = index.GetFileHash(link);
        Write("abd", Written.AddDays(1));

        Assert.NotEqual(before, index.GetFileHash(link));
    }

    [Theory]
    [InlineData("")]
    [InlineData("something else\n")]
    [InlineData("finetune hashes 1\nnonsense\n")]
    public void A_damaged_index_is_an_empty_one(string content)
    {
        Directory.CreateDirectory(_folder.At("obj"));
        File.WriteAllText(IndexFile, content);
        var index = Index(Written.AddDays(1));

        Assert.Equal(ContentHash.OfBytes("abc"u8.ToArray()), index.GetFileHash(Write("abc", Written)));
        Assert.Equal(1, index.FilesRead);
    }

    [Fact]
    public void A_wrong_hash_in_the_index_is_not_believed()
    {
        var path = Write("abc", Written);
        var index = Index(Written.AddDays(1));
        var hash = index.GetFileHash(path);
        index.Save();
        File.WriteAllText(IndexFile, File.ReadAllText(IndexFile).Replace("ba7816", "ba7817", StringComparison.Ordinal));

        Assert.Equal(hash, Index(Written.AddDays(2)).GetFileHash(path));
    }

    [Fact]
    public void Files_that_are_gone_leave_the_index()
    {
        var index = Index(Written.AddDays(1));
        var path = Write("abc", Written);
        index.GetFileHash(path);
        File.Delete(path);
        index.Save();

        Assert.DoesNotContain("data.csv", File.ReadAllText(IndexFile), StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_that_cannot_be_written_costs_only_time()
    {
        _folder.Write("obj", "a file where the folder should be");
        var index = Index(Written.AddDays(1));
        index.GetFileHash(Write("abc", Written));

        index.Save();

        Assert.Equal([_folder.At("data.csv"), _folder.At("obj")], Directory.GetFileSystemEntries(_folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_missing_file_is_an_error() => Assert.Throws<FileNotFoundException>(() => new ContentHashIndex(IndexFile).GetFileHash(_folder.At("none")));

    [Fact]
    public void Several_threads_share_an_index()
    {
        var paths = Enumerable.Range(0, 20).Select(number => _folder.Write($"{number}.csv", $"{number}")).ToArray();
        var index = new ContentHashIndex(IndexFile);

        Parallel.For(0, 200, round =>
        {
            var path = paths[round % paths.Length];
            Assert.Equal(ContentHash.OfFile(path), index.GetFileHash(path));
            index.Save();
        });

        var reopened = new ContentHashIndex(IndexFile);
        Assert.All(paths, path => reopened.GetFileHash(path));
        Assert.Equal(0, reopened.FilesRead);
    }

    private ContentHashIndex Index(DateTime now) => new(IndexFile, () => now);

    private string Write(string content, DateTime modified)
    {
        var path = _folder.Write("data.csv", content);
        File.SetLastWriteTimeUtc(path, modified);
        return path;
    }
}
