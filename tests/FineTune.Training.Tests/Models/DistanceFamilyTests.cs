using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Training.Export;
using FineTune.Training.Models;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

/// <summary>DeBERTa and ModernBERT, whose attention knows the distances between tokens.</summary>
public sealed class DistanceFamilyTests
{
    public static TheoryData<string> Families { get; } = [.. DistanceFamily.Names];

    public static TheoryData<string, HeadKindName> Heads { get; } = [.. from name in DistanceFamily.Names from head in Enum.GetValues<HeadKindName>() select (name, head)];

    [Theory]
    [MemberData(nameof(Heads))]
    public void Logits_equal_those_of_transformers_one_by_one_and_in_a_padded_batch(string name, HeadKindName headName)
    {
        var family = new DistanceFamily(name);
        var head = (HeadKind)headName;
        using var parameters = family.Parameters(head);
        var model = new TransformerModel(family.Architecture, head, parameters);

        AssertClose(family.LogitsOf(head), Logits(model, head, family.Golden.Rows));
        for (var row = 0; row < family.Golden.Rows.Count; row++)
        {
            AssertClose([family.LogitsOf(head)[row]], Logits(model, head, [family.Golden.Rows[row]]));
        }
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void The_exported_file_gives_the_logits_of_transformers_one_by_one_and_in_a_padded_batch(string name, HeadKindName headName)
    {
        var family = new DistanceFamily(name);
        var head = (HeadKind)headName;
        using var session = new InferenceSession(Export(family, head));

        AssertClose(family.LogitsOf(head), Run(session, family.Golden.Rows, head));
        for (var row = 0; row < family.Golden.Rows.Count; row++)
        {
            AssertClose([family.LogitsOf(head)[row]], Run(session, [family.Golden.Rows[row]], head));
        }
    }

    [Fact]
    public void Segments_of_pairs_are_told_apart_in_training_and_in_the_exported_file()
    {
        var family = new DistanceFamily("deberta-v2");
        using var parameters = family.Parameters(HeadKind.Sequence);
        using var session = new InferenceSession(Export(family, HeadKind.Sequence, hasSegments: true));
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var columns = family.Golden.Rows.Max(row => row.Length);
        var segments = Padded(family.Golden.Segments, columns, filler: 0);
        var batch = TokenBatch.Of(family.Golden.Rows, 0, CPU) with { SegmentIds = tensor(segments, [family.Golden.Rows.Count, columns]) };

        var logits = new TransformerModel(family.Architecture, HeadKind.Sequence, parameters).Forward(batch, dropout: null);

        AssertClose(family.Golden.SequenceWithSegments!, [.. logits.data<float>().ToArray().Chunk(DistanceFamily.Labels)]);
        AssertClose(family.Golden.SequenceWithSegments!, Run(session, family.Golden.Rows, HeadKind.Sequence, segments: segments));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Ten_steps_of_training_equal_those_of_torch(string name)
    {
        var family = new DistanceFamily(name);
        using var parameters = family.Parameters(HeadKind.Sequence);
        using var optimizer = new AdamW(parameters);
        var model = new TransformerModel(family.Architecture.With(family.Architecture.Config.WithDropout(0)), HeadKind.Sequence, parameters);

        foreach (var expected in family.Golden.Losses)
        {
            using var scope = NewDisposeScope();
            var loss = Loss(model, family.Golden.Rows);
            loss.backward();
            optimizer.Step(family.Golden.Rate);
            Assert.Equal(expected, loss.item<float>(), 1e-4 * expected);
        }

        AssertClose(family.Golden.Trained, Logits(model, HeadKind.Sequence, family.Golden.Rows), 1e-4f);
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void Gradients_reach_every_parameter(string name, HeadKindName headName)
    {
        var family = new DistanceFamily(name);
        var head = (HeadKind)headName;
        using var parameters = family.Parameters(head);
        using var scope = NewDisposeScope();
        var model = new TransformerModel(family.Architecture, head, parameters);

        var logits = model.Forward(TokenBatch.Of(family.Golden.Rows, 0, CPU), new Dropout(1));
        nn.functional.cross_entropy(logits, zeros(logits.shape[0], ScalarType.Int64)).backward();

        // Softmax does not change when all scores of a query grow alike: what is added to all keys alike has no gradient.
        var untouched = parameters.Definitions.Where(definition => parameters[definition.Name].grad!.abs().max().item<float>() < 1e-7f).Select(definition => definition.Name);
        Assert.DoesNotContain(untouched, parameter => !parameter.EndsWith("key_proj.bias", StringComparison.Ordinal) && (name != "deberta-c2p" || parameter != "deberta.encoder.LayerNorm.bias"));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void The_gradient_of_every_parameter_is_as_large_as_torchs(string name)
    {
        var family = new DistanceFamily(name);
        using var parameters = family.Parameters(HeadKind.Sequence);
        using var scope = NewDisposeScope();

        Loss(new TransformerModel(family.Architecture.With(family.Architecture.Config.WithDropout(0)), HeadKind.Sequence, parameters), family.Golden.Rows).backward();

        Assert.Equal(family.Golden.GradientNorms.Keys.Order(StringComparer.Ordinal), parameters.Definitions.Select(definition => definition.Name).Order(StringComparer.Ordinal));
        foreach (var (parameter, norm) in family.Golden.GradientNorms)
        {
            Assert.Equal(norm, parameters[parameter].grad!.norm().item<float>(), 1e-6 + (1e-4 * norm));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Dropout_reaches_every_part_that_is_trained_and_none_that_is_frozen(string name)
    {
        var family = new DistanceFamily(name);
        using var parameters = family.Parameters(HeadKind.Sequence, parameter => FrozenStrategy.GroupOf(parameter, 0, family.Architecture.LayerCount, trainableLayers: 0));
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var config = family.Architecture.Config.WithDropout(0.5) with { ClassifierDropout = 0, PoolerDropout = 0 };
        var frozen = new TransformerModel(family.Architecture.With(config), HeadKind.Sequence, parameters);
        var batch = TokenBatch.Of(family.Golden.Rows, 0, CPU);

        Assert.True(frozen.Forward(batch, new Dropout(1)).allclose(frozen.Forward(batch, dropout: null), rtol: 0, atol: 1e-6));

        using var trained = family.Parameters(HeadKind.Sequence);
        foreach (var part in new[] { config with { EmbeddingDropout = 0.5, HiddenDropout = 0, AttentionDropout = 0 }, config with { EmbeddingDropout = 0, AttentionDropout = 0 }, config with { EmbeddingDropout = 0, HiddenDropout = 0 } })
        {
            var model = new TransformerModel(family.Architecture.With(part), HeadKind.Sequence, trained);
            var isUsed = part.EmbeddingDropout == 0 || family.Architecture is ModernBert;
            Assert.NotEqual(isUsed, model.Forward(batch, new Dropout(1)).allclose(model.Forward(batch, dropout: null), rtol: 0, atol: 1e-3));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Attention_with_dropout_of_almost_nothing_equals_attention_without(string name)
    {
        var family = new DistanceFamily(name);
        using var parameters = family.Parameters(HeadKind.Sequence);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var batch = TokenBatch.Of(family.Golden.Rows, 0, CPU);
        var model = new TransformerModel(family.Architecture.With(family.Architecture.Config.WithDropout(0) with { AttentionDropout = 1e-9 }), HeadKind.Sequence, parameters);

        var logits = model.Forward(batch, new Dropout(1));

        AssertClose(family.Golden.Sequence, [.. logits.data<float>().ToArray().Chunk(DistanceFamily.Labels)]);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Products_in_sixteen_bits_give_nearly_the_same_logits_and_train(string name)
    {
        var family = new DistanceFamily(name);
        using var parameters = family.Parameters(HeadKind.Sequence);
        using var scope = NewDisposeScope();
        var model = new TransformerModel(family.Architecture.With(family.Architecture.Config.WithDropout(0.1)), HeadKind.Sequence, parameters, ScalarType.BFloat16);
        var batch = TokenBatch.Of(family.Golden.Rows, 0, CPU);

        AssertClose(family.Golden.Sequence, [.. model.Forward(batch, dropout: null).data<float>().ToArray().Chunk(DistanceFamily.Labels)], 0.1f);

        model.Forward(batch, new Dropout(1)).sum().backward();
        Assert.All(parameters.Definitions, definition => Assert.True(parameters[definition.Name].grad!.isfinite().all().item<bool>()));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void The_parameters_that_decay_are_those_of_the_Trainer(string name)
    {
        var family = new DistanceFamily(name);

        var decaying = family.Definitions(HeadKind.Sequence).Select(definition => definition.Name).Where(ParameterPlace.Decays).Order(StringComparer.Ordinal);

        Assert.Equal(family.Golden.Decaying, decaying);
    }

    [Theory]
    [InlineData("deberta-v3", "deberta.embeddings.LayerNorm.bias", "embeddings")]
    [InlineData("deberta-v3", "deberta.encoder.rel_embeddings.weight", "embeddings")]
    [InlineData("deberta-v3", "deberta.encoder.LayerNorm.weight", "embeddings")]
    [InlineData("deberta-v3", "deberta.encoder.layer.1.attention.output.LayerNorm.weight", "layer 1")]
    [InlineData("deberta-v3", "pooler.dense.weight", "head")]
    [InlineData("deberta-v2", "deberta.encoder.layer.0.attention.self.pos_key_proj.weight", "layer 0")]
    [InlineData("deberta-v1", "deberta.encoder.layer.0.attention.self.q_bias", "layer 0")]
    [InlineData("modernbert-cls", "model.embeddings.tok_embeddings.weight", "embeddings")]
    [InlineData("modernbert-cls", "model.embeddings.norm.weight", "embeddings")]
    [InlineData("modernbert-cls", "model.layers.2.attn_norm.weight", "layer 2")]
    [InlineData("modernbert-cls", "model.final_norm.weight", "head")]
    [InlineData("modernbert-cls", "head.dense.weight", "head")]
    [InlineData("modernbert-cls", "head.norm.weight", "head")]
    public void Every_parameter_has_its_place(string name, string parameter, string place)
    {
        Assert.Contains(new DistanceFamily(name).Definitions(HeadKind.Sequence), definition => definition.Name == parameter);
        Assert.Equal(place, ModelParts.NameOf(parameter));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Texts_of_one_token_and_of_the_longest_length_run_in_the_exported_file(string name)
    {
        var family = new DistanceFamily(name);
        using var session = new InferenceSession(Export(family, HeadKind.Sequence));

        var one = Run(session, [[1]], HeadKind.Sequence);
        var longest = Run(session, [[.. Enumerable.Repeat(5, family.Architecture.Config.MaxPositions)], [1]], HeadKind.Sequence);

        Assert.All(one.Concat(longest), row => Assert.All(row, logit => Assert.True(float.IsFinite(logit))));
        AssertClose(one, [longest[1]]);
    }

    [Fact]
    public void Distances_have_the_buckets_of_transformers()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(DistanceFamily.Root, "buckets.json")));
        foreach (var row in json.RootElement.EnumerateArray())
        {
            var (buckets, longest) = (row.GetProperty("buckets").GetInt32(), row.GetProperty("longest").GetInt32());
            Assert.Equal(row.GetProperty("rows").EnumerateArray().Select(number => number.GetInt32()), RelativePositions.Rows(buckets, buckets, longest, longest));
        }
    }

    [Fact]
    public void New_weights_of_ModernBERT_are_normal_without_the_tails_and_as_wide_as_their_place_asks()
    {
        var family = new DistanceFamily("modernbert-cls");
        FineTune.Training.Native.LibTorch.Load();
        var definitions = family.Architecture.Parameters(HeadKind.Sequence, outputs: 500);
        using var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, _ => ParameterGroup.Frozen), CPU);

        PretrainedWeights.Load(parameters, family.Folder, family.Architecture, seed: 1, report: _ => { });

        // 0.8796 is the standard deviation of a standard normal distribution without what is beyond 2.
        var classifier = parameters.Read("classifier.weight");
        Assert.Equal(0.8796 / Math.Sqrt(16), Math.Sqrt(classifier.Average(value => value * (double)value)), 0.005);
        Assert.InRange(classifier.Max(Math.Abs), 1.9 / Math.Sqrt(16), 2 / Math.Sqrt(16));
        Assert.All(parameters.Read("classifier.bias"), value => Assert.Equal(0, value));
    }

    [Fact]
    public void The_pretrained_layers_of_a_head_stay_when_its_classifier_is_new()
    {
        var family = new DistanceFamily("modernbert-cls");
        var definitions = family.Architecture.Parameters(HeadKind.Sequence, outputs: 5);
        FineTune.Training.Native.LibTorch.Load();
        using var pretrained = family.Parameters(HeadKind.Sequence);
        using var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, _ => ParameterGroup.Frozen), CPU);

        PretrainedWeights.Load(parameters, family.Folder, family.Architecture, seed: 1, report: _ => { });

        Assert.Equal(pretrained.Read("head.dense.weight"), parameters.Read("head.dense.weight"));
        Assert.Equal(pretrained.Read("head.norm.weight"), parameters.Read("head.norm.weight"));
    }

    [Theory]
    [InlineData("deberta-v3", "conv_kernel_size", "3")]
    [InlineData("deberta-v3", "embedding_size", "8")]
    [InlineData("deberta-v1", "talking_head", "true")]
    [InlineData("deberta-v3", "pos_att_type", "\"p2p\"")]
    [InlineData("deberta-v3", "norm_rel_ebd", "\"batch_norm\"")]
    [InlineData("deberta-v3", "tie_word_embeddings", "false")]
    [InlineData("modernbert-cls", "classifier_pooling", "\"max\"")]
    [InlineData("modernbert-cls", "rope_scaling", """{"rope_type": "yarn"}""")]
    [InlineData("modernbert-cls", "rope_parameters", """{"full_attention": {"rope_type": "yarn"}}""", "rope_type")]
    [InlineData("modernbert-cls", "hidden_activation", "\"silu\"")]
    [InlineData("modernbert-cls", "layer_types", """["full_attention", "chunked_attention", "full_attention"]""")]
    public void What_is_not_computed_is_refused_by_name(string name, string key, string value, string? named = null)
    {
        var exception = Assert.Throws<FineTuneException>(() => ReadWith(name, key, value));

        Assert.Equal("FT2022", exception.Diagnostics[0].Code);
        Assert.Contains($"'{named ?? key}'", exception.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("modernbert-cls", "layer_types", """["full_attention"]""")]
    [InlineData("modernbert-cls", "layer_types", "3")]
    [InlineData("modernbert-cls", "norm_bias", "1")]
    [InlineData("modernbert-cls", "rope_parameters", "[]")]
    public void An_impossible_value_names_its_key(string name, string key, string value)
    {
        var exception = Assert.Throws<FineTuneException>(() => ReadWith(name, key, value));

        Assert.Equal("FT2021", exception.Diagnostics[0].Code);
        Assert.Contains($"'{key}'", exception.Diagnostics[0].Message, StringComparison.Ordinal);
    }

    /// <summary><see cref="HeadKind"/>, which is internal, for the names of tests.</summary>
    public enum HeadKindName
    {
        Sequence,
        Token,
        MaskedLanguage,
    }

    private static void ReadWith(string name, string key, string value)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            var config = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(new DistanceFamily(name).Folder, "config.json")))!;
            config[key] = System.Text.Json.Nodes.JsonNode.Parse(value);
            File.WriteAllText(path, config.ToJsonString());
            Architectures.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Tensor Loss(TransformerModel model, IReadOnlyList<int[]> rows)
        => nn.functional.cross_entropy(model.Forward(TokenBatch.Of(rows, 0, CPU), dropout: null), tensor([.. rows.Select((_, row) => (long)row % DistanceFamily.Labels)]));

    private static IReadOnlyList<float[]> Logits(TransformerModel model, HeadKind head, IReadOnlyList<int[]> rows)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var logits = model.Forward(TokenBatch.Of(rows, 0, CPU), dropout: null);
        return Split(logits.data<float>().ToArray(), (int)logits.shape[1], head, rows);
    }

    private static byte[] Export(DistanceFamily family, HeadKind head, bool hasSegments = false)
    {
        using var file = new MemoryStream();
        OnnxExport.Write(family.Architecture, head, family.OutputsOf(head), hasSegments, family.Weights(head), file);
        return file.ToArray();
    }

    private static IReadOnlyList<float[]> Run(InferenceSession session, IReadOnlyList<int[]> rows, HeadKind head, long[]? segments = null)
    {
        var columns = rows.Max(row => row.Length);
        long[] shape = [rows.Count, columns];
        using var ids = OrtValue.CreateTensorValueFromMemory(Padded(rows, columns, filler: 7), shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(Padded([.. rows.Select(row => row.Select(_ => 1).ToArray())], columns, filler: 0), shape);
        var inputs = new Dictionary<string, OrtValue> { ["input_ids"] = ids, ["attention_mask"] = mask };
        using var segmentIds = segments is null ? null : OrtValue.CreateTensorValueFromMemory(segments, shape);
        if (segmentIds is not null)
        {
            inputs["token_type_ids"] = segmentIds;
        }

        using var options = new RunOptions();
        using var outputs = session.Run(options, inputs, ["logits"]);
        return Split(outputs[0].GetTensorDataAsSpan<float>().ToArray(), (int)outputs[0].GetTensorTypeAndShape().Shape[^1], head, rows);
    }

    /// <summary>The outputs of each row, without those of padding.</summary>
    private static IReadOnlyList<float[]> Split(float[] values, int width, HeadKind head, IReadOnlyList<int[]> rows)
    {
        var rowSize = head == HeadKind.Sequence ? width : rows.Max(row => row.Length) * width;
        return [.. values.Chunk(rowSize).Zip(rows, (row, tokens) => head == HeadKind.Sequence ? row : row[..(tokens.Length * width)])];
    }

    private static long[] Padded(IReadOnlyList<int[]> rows, int columns, int filler)
        => [.. rows.SelectMany(row => row.Concat(Enumerable.Repeat(filler, columns - row.Length))).Select(value => (long)value)];

    private static void AssertClose(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual, float tolerance = 1e-5f)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var row = 0; row < expected.Count; row++)
        {
            Assert.Equal(expected[row].Length, actual[row].Length);
            for (var i = 0; i < expected[row].Length; i++)
            {
                Assert.Equal(expected[row][i], actual[row][i], tolerance);
            }
        }
    }
}
