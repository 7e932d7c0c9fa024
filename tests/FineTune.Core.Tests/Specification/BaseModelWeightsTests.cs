using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

public sealed class BaseModelWeightsTests : IDisposable
{
    private const string Index = "model.safetensors.index.json";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_of_the_supported_files_is_chosen()
    {
        foreach (var name in BaseModelWeights.Names)
        {
            _folder.Write(name, """{"weight_map":{"x":"x"}}""");
        }

        _folder.Write("x", "");
        foreach (var name in BaseModelWeights.Names)
        {
            var found = BaseModelWeights.Find(_folder.Path)!;
            Assert.Equal(_folder.At(name), found.Path);
            Assert.Equal(name.StartsWith("model", StringComparison.Ordinal), found.AreSafetensors);
            Assert.Equal(name.EndsWith("json", StringComparison.Ordinal) ? [_folder.At(name), _folder.At("x")] : [_folder.At(name)], found.AllFiles);
            File.Delete(_folder.At(name));
        }

        Assert.Null(BaseModelWeights.Find(_folder.Path));
    }

    [Fact]
    public void An_index_says_where_each_weight_is_and_what_its_writer_noted()
    {
        _folder.Write(Index, """{"metadata":{"total_size":12,"format":"pt"},"weight_map":{"b":"2","a":"1","c":"2"}}""");

        var index = WeightIndex.Read(_folder.At(Index));

        Assert.Equal(["1", "2"], index.Files);
        Assert.Equal("2", index.FileOf["c"]);
        Assert.Equal(("12", "pt"), (index.Metadata["total_size"], index.Metadata["format"]));
    }

    [Fact]
    public void Missing_files_of_an_index_are_listed_and_a_long_list_is_cut()
    {
        _folder.Write(Index, "{\"weight_map\":{" + string.Join(",", Enumerable.Range(10, 12).Select(part => $"\"w{part}\":\"part-{part}\"")) + "}}");
        _folder.Write("part-12", "");

        var exception = Assert.Throws<FineTuneException>(() => BaseModelWeights.Find(_folder.Path));

        Assert.Equal("FT2030", exception.Code);
        Assert.Equal(_folder.At(Index), exception.Diagnostics[0].Location?.File);
        Assert.Contains("11 of the 12", exception.Message, StringComparison.Ordinal);
        Assert.Contains("part-10, part-11, part-13", exception.Message, StringComparison.Ordinal);
        Assert.Contains("and 3 more", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"weight_map":[]}""")]
    [InlineData("""{"weight_map":{}}""")]
    [InlineData("""{"weight_map":{"a":1}}""")]
    [InlineData("""{"weight_map":{"a":null}}""")]
    [InlineData("""{"weight_map":{"a":"x","a":"y"}}""")]
    [InlineData("""{"weight_map":{"a":"\ud800"}}""")]
    [InlineData("""{"weight_map":{"\ud800":"a"}}""")]
    [InlineData("""{"weight_map":{"a":"../x"}}""")]
    [InlineData("""{"weight_map":{"a":".."}}""")]
    [InlineData("""{"weight_map":{"a":""}}""")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""")]
    [InlineData("""{"weight_map":{"a":"C:x"}}""")]
    [InlineData("""{"weight_map":{"a":"..\\x"}}""")]
    [InlineData("""{"weight_map":{"a":"sub/x"}}""")]
    public void An_index_that_says_nothing_or_names_files_elsewhere_is_refused(string json)
    {
        _folder.Write(Index, json);

        var exception = Assert.Throws<FineTuneException>(() => BaseModelWeights.Find(_folder.Path));

        Assert.Equal("FT2029", exception.Code);
        Assert.Equal(_folder.At(Index), exception.Diagnostics[0].Location?.File);
    }
}
