using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;

namespace FineTune.Training.Tests.Checkpoints;

public sealed class WeightFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("finetune-weights-").FullName;

    /// <summary>Folders with the same BERT that transformers wrote in several files.</summary>
    public static TheoryData<string, string> Sharded => new()
    {
        { "safetensors", "model.safetensors.index.json" },
        { "pytorch", "pytorch_model.bin.index.json" },
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_same_model_in_several_files_of_either_form_has_the_same_weights()
    {
        using var safetensors = WeightFiles.Open(ShardedFolder("safetensors"));
        using var pytorch = WeightFiles.Open(ShardedFolder("pytorch"));

        Assert.Equal(41, safetensors.Weights.Count);
        Assert.Equal(safetensors.Weights.Keys.Order(StringComparer.Ordinal), pytorch.Weights.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, info) in safetensors.Weights)
        {
            Assert.Equal(info.Shape, pytorch.Weights[name].Shape);
            Assert.Equal(Read(safetensors, name), Read(pytorch, name));
        }

        Assert.Equal("21068", pytorch.Metadata["total_size"]);
    }

    [Theory]
    [MemberData(nameof(Sharded))]
    public void A_file_that_is_missing_is_named(string form, string index)
    {
        Copy(form);
        var missing = Directory.GetFiles(folder, "*00002-of-00003*").Single();
        File.Delete(missing);

        var exception = Assert.Throws<FineTuneException>(() => WeightFiles.Open(folder));

        Assert.Equal("FT2030", exception.Code);
        Assert.Contains("1 of the 3", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(missing), exception.Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(folder, index), exception.Diagnostics[0].Location?.File);
    }

    [Theory]
    [MemberData(nameof(Sharded))]
    public void A_weight_that_is_not_where_the_index_says_is_named_with_its_file(string form, string index)
    {
        Copy(form);
        var map = Edit(index, map => map["bert.unknown.weight"] = map["classifier.bias"]!.DeepClone());

        var exception = Assert.Throws<FineTuneException>(() => WeightFiles.Open(folder));

        Assert.Equal("FT2031", exception.Code);
        Assert.Contains($"'bert.unknown.weight' is not in {map["classifier.bias"]}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Sharded))]
    public void A_weight_in_two_files_is_named_with_both(string form, string index)
    {
        Copy(form);
        var first = Directory.GetFiles(folder, "*00001-of-00003*").Single();
        File.Copy(first, Path.Combine(folder, "again"));
        Edit(index, map => map["bert.embeddings.LayerNorm.bias"] = "again");

        var exception = Assert.Throws<FineTuneException>(() => WeightFiles.Open(folder));

        Assert.Equal("FT2031", exception.Code);
        Assert.Contains("'bert.embeddings.LayerNorm.bias' is in ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(first), exception.Message, StringComparison.Ordinal);
        Assert.Contains("more", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_damaged_file_of_several_is_the_place_of_the_error()
    {
        Copy("pytorch");
        var damaged = Directory.GetFiles(folder, "*00002-of-00003*").Single();
        File.WriteAllBytes(damaged, File.ReadAllBytes(damaged)[..1000]);

        var exception = Assert.Throws<FineTuneException>(() => WeightFiles.Open(folder));

        Assert.Equal("FT2034", exception.Code);
        Assert.Equal(damaged, exception.Diagnostics[0].Location?.File);
    }

    [Fact]
    public void A_weight_that_is_in_no_file_or_holds_integers_is_an_error_with_a_code()
    {
        using var file = WeightFiles.Open(ShardedFolder("pytorch"));
        using var old = WeightFiles.Open(ShardedFolder("old"));

        Assert.Equal("FT2044", Assert.Throws<FineTuneException>(() => file.ReadFloat32("none", [])).Code);
        Assert.Equal("FT2045", Assert.Throws<FineTuneException>(() => Read(old, "embeddings.position_ids")).Code);
    }

    [Theory]
    [InlineData("tf_model.h5")]
    [InlineData("flax_model.msgpack")]
    [InlineData("model-q4.gguf")]
    [InlineData("adapter_model.safetensors")]
    public void A_folder_without_weights_that_can_be_read_says_what_it_has_and_what_is_read(string found)
    {
        File.WriteAllText(Path.Combine(folder, found), "");
        File.WriteAllText(Path.Combine(folder, "config.json"), "{}");

        var exception = Assert.Throws<FineTuneException>(() => WeightFiles.Open(folder));

        Assert.Equal("FT2027", exception.Code);
        Assert.Contains($"(found: {found}; supported: model.safetensors, model.safetensors.index.json, pytorch_model.bin, pytorch_model.bin.index.json)", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Safetensors_are_preferred()
    {
        Copy("old");
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), [(new("only", WeightType.Float32, [1]), new float[] { 1 })], metadata: null);

        using var file = WeightFiles.Open(folder);

        Assert.Equal(["only"], file.Weights.Keys);
    }

    private static string ShardedFolder(string form) => Path.Combine(AppContext.BaseDirectory, "Checkpoints", "TestData", "Sharded", form);

    private static float[] Read(IWeightFile file, string name)
    {
        var values = new float[file.Weights[name].ElementCount];
        file.ReadFloat32(name, values);
        return values;
    }

    private void Copy(string form)
    {
        foreach (var file in Directory.GetFiles(ShardedFolder(form)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        File.Delete(Path.Combine(folder, "config.json"));
    }

    private JsonObject Edit(string index, Action<JsonObject> edit)
    {
        var path = Path.Combine(folder, index);
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        var map = root["weight_map"]!.AsObject();
        edit(map);
        File.WriteAllText(path, root.ToJsonString());
        return map;
    }
}
