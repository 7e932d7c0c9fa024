using FineTune.Build.Files;

namespace FineTune.Build.Tests.Files;

public sealed class UpToDateStampTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    private string Stamp => directory.File("model.stamp");

    private string Data => directory.File("data/train.csv");

    public UpToDateStampTests()
    {
        directory.Write("data/train.csv", "text,label\n");
        Age(Data);
        Age(directory.File("data"));
    }

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_stamp_gives_back_its_values_while_its_files_stay()
    {
        new UpToDateStamp(Stamp, "key").Write([Data, directory.File("data")], "one", "two = 2");

        Assert.Equal(["one", "two = 2"], new UpToDateStamp(Stamp, "key").Read()!);
    }

    [Fact]
    public void Without_a_stamp_there_is_nothing() => Assert.Null(new UpToDateStamp(Stamp, "key").Read());

    [Fact]
    public void Another_key_is_another_stamp()
    {
        new UpToDateStamp(Stamp, "key").Write([Data]);

        Assert.Null(new UpToDateStamp(Stamp, "other key").Read());
    }

    [Fact]
    public void A_file_of_another_size_or_time_ends_it()
    {
        new UpToDateStamp(Stamp, "key").Write([Data]);
        File.SetLastWriteTimeUtc(Data, DateTime.UtcNow.AddHours(-2));
        Assert.Null(new UpToDateStamp(Stamp, "key").Read());

        new UpToDateStamp(Stamp, "key").Write([Data]);
        var time = File.GetLastWriteTimeUtc(Data);
        File.AppendAllText(Data, "more");
        File.SetLastWriteTimeUtc(Data, time);
        Assert.Null(new UpToDateStamp(Stamp, "key").Read());
    }

    [Fact]
    public void A_file_that_is_gone_ends_it()
    {
        new UpToDateStamp(Stamp, "key").Write([Data]);
        File.Delete(Data);

        Assert.Null(new UpToDateStamp(Stamp, "key").Read());
    }

    [Fact]
    public void A_new_file_in_a_folder_ends_it()
    {
        new UpToDateStamp(Stamp, "key").Write([directory.File("data")]);
        directory.Write("data/tokenizer.json", "{}");

        Assert.Null(new UpToDateStamp(Stamp, "key").Read());
    }

    [Fact]
    public void A_file_as_young_as_the_stamp_is_not_believed()
    {
        File.SetLastWriteTimeUtc(Data, DateTime.UtcNow);
        new UpToDateStamp(Stamp, "key").Write([Data]);

        Assert.Null(new UpToDateStamp(Stamp, "key").Read());
    }

    [Fact]
    public void What_cannot_be_watched_leaves_no_stamp()
    {
        new UpToDateStamp(Stamp, "key").Write([Data]);
        new UpToDateStamp(Stamp, "key").Write([directory.File("data/absent.csv")]);

        Assert.False(File.Exists(Stamp));
    }

    [Theory]
    [InlineData("")]
    [InlineData("finetune stamp 1\n")]
    [InlineData("something else\nentirely\n1\nend\n")]
    public void A_damaged_stamp_is_none(string content)
    {
        File.WriteAllText(Stamp, content);

        Assert.Null(new UpToDateStamp(Stamp, "key").Read());
    }

    [Fact]
    public void A_stamp_that_was_cut_off_is_none()
    {
        new UpToDateStamp(Stamp, "key").Write([Data], "value");
        var lines = File.ReadAllLines(Stamp);
        File.WriteAllLines(Stamp, lines[..^1]);

        Assert.Null(new UpToDateStamp(Stamp, "key").Read());
    }

    private static void Age(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        }
        else
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));
        }
    }
}
