using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

public sealed class SpecificationFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_gives_names_values_and_their_places()
    {
        _folder.Write("data/train.csv");
        _folder.Write("data/more.csv");
        var path = _folder.Write("spec.json", """
            {
              "$schema": "finetune.schema.json",
              "name": "Topic", // comments are fine
              "trainData": ["data/train.csv", "data/more.csv"],
              "epochs": 0.5, "learningRate": 2e-5,
              "labels": "no;yes",
              "maxLength": null,
            }
            """);

        var spec = ModelSpec.FromJsonFile(path);
        var plan = spec.Resolve();

        Assert.Equal("Topic", spec.Name);
        Assert.Equal(new SourceLocation(path, 5, 18), spec.ValueLocations["learningRate"]);
        Assert.Equal(["data/train.csv", "data/more.csv"], plan.TrainData.Select(file => file.DisplayPath));
        Assert.Equal((0.5, 2e-5), (plan.Epochs, plan.LearningRate));
        Assert.Equal(["no", "yes"], plan.Labels);
    }

    [Fact]
    public void A_file_without_a_name_is_called_after_itself() => Assert.Equal("Topic", ModelSpec.FromJsonFile(_folder.Write("Topic.json", "{}")).Name);

    [Fact]
    public void A_byte_order_mark_is_fine() => Assert.Equal("8", ModelSpec.FromJsonFile(_folder.Write("Topic.json", "\uFEFF{\"epochs\":8}")).Values["epochs"]);

    [Theory]
    [InlineData("{\n  \"epochs\": 3\n  \"batchSize\": 4\n}", "FT0009", 3, 3)]
    [InlineData("[]", "FT0009", 1, 1)]
    [InlineData("", "FT0009", 1, 1)]
    [InlineData("{} {}", "FT0009", 1, 4)]
    [InlineData("{\"epochs\": 3,\n \"Epochs\": 4}", "FT0006", 2, 2)]
    [InlineData("{\n\"epochs\": {\"a\": [1]}}", "FT0003", 2, 11)]
    [InlineData("{\"trainData\": [\"é.csv\",\n [\"a\"]]}", "FT0003", 2, 2)]
    [InlineData("{\"trainData\": [\"é.csv\", \"a;b\"]}", "FT0003", 1, 25)]
    public void A_mistake_in_the_file_has_a_line_and_a_column(string json, string code, int line, int column)
    {
        var path = _folder.Write("Topic.json", json);

        var mistake = Assert.Single(Assert.Throws<FineTuneException>(() => ModelSpec.FromJsonFile(path)).Diagnostics);

        Assert.Equal((code, new SourceLocation(path, line, column)), (mistake.Code, mistake.Location));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        var path = _folder.At("Topic.json");
        File.WriteAllBytes(path, [.. "{\"name\": \""u8, 0xC3, 0x28, .. "\"}"u8]);

        Assert.Equal("FT0009", Assert.Throws<FineTuneException>(() => ModelSpec.FromJsonFile(path)).Code);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Equal("FT0009", Assert.Throws<FineTuneException>(() => ModelSpec.FromJsonFile(_folder.At("none.json"))).Code);

    [Fact]
    public void A_wrong_value_is_reported_at_its_line()
    {
        var path = _folder.Write("Topic.json", "{\n  \"epochs\": 0\n}");

        var mistakes = Assert.Throws<FineTuneException>(() => ModelSpec.FromJsonFile(path).Resolve()).Diagnostics;

        Assert.Equal(new SourceLocation(path, 2, 3), mistakes.Single(mistake => mistake.Code == "FT0004").Location);
    }
}
