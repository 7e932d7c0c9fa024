using FineTune.Core.Diagnostics;
using FineTune.Training.Models;

namespace FineTune.Training.Tests.Models;

public sealed class ArchitecturesTests : IDisposable
{
    private readonly string file = Path.Combine(Directory.CreateTempSubdirectory("finetune-config-").FullName, "config.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);

    [Fact]
    public void Absent_keys_have_the_defaults_of_transformers()
    {
        var config = Read("""{"model_type":"bert","vocab_size":100,"hidden_size":32,"num_hidden_layers":2,"num_attention_heads":4,"intermediate_size":64}""");

        Assert.Equal(512, config.MaxPositions);
        Assert.Equal(2, config.SegmentCount);
        Assert.Equal(1e-12, config.LayerNormEpsilon);
        Assert.Equal(0.1, config.HiddenDropout);
        Assert.Null(config.ClassifierDropout);
        Assert.Equal("gelu", config.HiddenActivation);
        Assert.Equal(8, config.HeadSize);
    }

    [Theory]
    [InlineData("""not json""", "FT2020", "JSON")]
    [InlineData("""[]""", "FT2020", "JSON")]
    [InlineData("""{"model_type":"gpt2"}""", "FT2022", "gpt2")]
    [InlineData("""{"model_type":"bert","position_embedding_type":"relative_key"}""", "FT2022", "position_embedding_type")]
    [InlineData("""{"model_type":"bert","vocab_size":9,"hidden_size":32,"num_hidden_layers":1,"num_attention_heads":4,"intermediate_size":8,"hidden_act":"silu"}""", "FT2022", "hidden_act")]
    [InlineData("""{"model_type":"bert","hidden_size":32}""", "FT2021", "vocab_size")]
    [InlineData("""{"model_type":"bert","vocab_size":"many"}""", "FT2021", "vocab_size")]
    [InlineData("""{"model_type":"bert","vocab_size":0}""", "FT2021", "vocab_size")]
    [InlineData("""{"model_type":"bert","vocab_size":9,"hidden_size":30,"num_hidden_layers":1,"num_attention_heads":4,"intermediate_size":8}""", "FT2021", "num_attention_heads")]
    [InlineData("""{"model_type":"bert","vocab_size":9,"hidden_size":32,"num_hidden_layers":1,"num_attention_heads":4,"intermediate_size":8,"hidden_dropout_prob":2}""", "FT2021", "hidden_dropout_prob")]
    [InlineData("""{"model_type":"bert","vocab_size":9,"hidden_size":32,"num_hidden_layers":1,"num_attention_heads":4,"intermediate_size":8,"pad_token_id":9}""", "FT2021", "pad_token_id")]
    public void A_mistake_names_file_and_key(string json, string code, string named)
    {
        var exception = Assert.Throws<FineTuneException>(() => Read(json));

        Assert.Equal(code, exception.Code);
        Assert.Contains(named, exception.Diagnostics[0].Message, StringComparison.Ordinal);
        Assert.Equal(file, exception.Diagnostics[0].Location?.File);
    }

    [Fact]
    public void A_missing_file_is_reported() => Assert.Equal("FT2020", Assert.Throws<FineTuneException>(() => Architectures.Read(file)).Code);

    private EncoderConfig Read(string json)
    {
        File.WriteAllText(file, json);
        return Architectures.Read(file).Config;
    }
}
