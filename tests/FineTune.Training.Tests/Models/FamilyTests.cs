using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;
using FineTune.Training.Data;
using FineTune.Training.Export;
using FineTune.Training.Models;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Training;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

/// <summary>What must hold for every family, against transformers and torch; see TestData/families.py, where a family is one line too.</summary>
public sealed class FamilyTests
{
    private const double Tolerance = 1e-5;

    private static readonly string[] Families = ["Roberta", "DistilBert", "Electra", "Albert", "MPNet"];

    public static TheoryData<string> Names => [.. Families];

    public static TheoryData<string, string> NamesAndHeads
        => [.. from family in Families from head in Enum.GetNames<HeadKind>() select (family, head)];

    [Theory]
    [MemberData(nameof(NamesAndHeads))]
    public void Parameters_are_those_of_the_reference(string family, string head)
    {
        var folder = new FamilyFolder(family);
        var kind = Enum.Parse<HeadKind>(head);
        using var file = folder.Weights(kind);
        var reported = new List<Diagnostic>();

        using var parameters = folder.Parameters(kind, reported.Add);

        Assert.Equal(
            file.Weights.Values.Select(weight => $"{weight.Name} [{string.Join(", ", weight.Shape)}]").Order(StringComparer.Ordinal),
            parameters.Definitions.Select(definition => $"{definition.Name} [{string.Join(", ", definition.Shape)}]").Order(StringComparer.Ordinal));
        Assert.Empty(reported);
    }

    [Theory]
    [MemberData(nameof(NamesAndHeads))]
    public void Outputs_equal_those_of_transformers_in_training_and_in_the_exported_file(string family, string head)
    {
        var folder = new FamilyFolder(family);
        var kind = Enum.Parse<HeadKind>(head);
        using var parameters = folder.Parameters(kind);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        var computed = new TransformerModel(folder.Architecture, kind, parameters).Forward(Batch(folder), dropout: null).data<float>().ToArray();
        var exported = Run(folder.Export(kind), folder, segments: null);

        var outputs = folder.Outputs(kind);
        foreach (var values in new[] { computed, exported })
        {
            AssertEqual(Expected(folder, kind), values, outputs);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Padding_changes_nothing(string family)
    {
        var folder = new FamilyFolder(family);
        using var parameters = folder.Parameters(HeadKind.Sequence);
        var model = new TransformerModel(folder.Architecture, HeadKind.Sequence, parameters);
        EncodedText[] rows = [.. folder.Golden.InputIds.Select(ids => new EncodedText(ids, 0))];

        var single = RowOutputs.Compute(model, CPU, rows, batchSize: 1, select: null, TestContext.Current.CancellationToken);

        AssertEqual([.. folder.Golden.Logits.Sequence.Select((logits, row) => (row, logits))], [.. single.SelectMany(row => row)], FamilyFolder.LabelCount);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Segments_are_told_apart_where_the_family_has_them(string family)
    {
        var folder = new FamilyFolder(family);
        Assert.Equal(folder.Golden.SegmentIds is not null, folder.Architecture.HasSegments);
        if (folder.Golden.SegmentIds is not { } segmentIds)
        {
            return;
        }

        using var parameters = folder.Parameters(HeadKind.Sequence);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var segments = Padded(segmentIds, filler: 1);

        var batch = Batch(folder) with { SegmentIds = tensor(segments, [segmentIds.Length, segmentIds.Max(row => row.Length)]) };
        var computed = new TransformerModel(folder.Architecture, HeadKind.Sequence, parameters).Forward(batch, dropout: null).data<float>().ToArray();
        var exported = Run(folder.Export(HeadKind.Sequence, hasSegments: true), folder, segments);

        (int, double[])[] expected = [.. folder.Golden.Logits.Segments!.Select((logits, row) => (row, logits))];
        AssertEqual(expected, computed, FamilyFolder.LabelCount);
        AssertEqual(expected, exported, FamilyFolder.LabelCount);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_follows_torch(string family)
    {
        var folder = new FamilyFolder(family);
        var golden = folder.Golden;
        using var parameters = folder.Parameters(HeadKind.Sequence);
        using var objective = new ClassificationObjective(new TransformerModel(folder.Architecture, HeadKind.Sequence, parameters), CPU, dropout: null);
        using var optimizer = new AdamW(parameters);
        IReadOnlyList<IReadOnlyList<EncodedText>> step = [[.. golden.InputIds.Select((ids, row) => new EncodedText(ids, golden.Labels[row]))]];
        var settings = new TrainerSettings(golden.LearningRate, LearningRateSchedule.Create(Scheduler.Constant, 0, golden.Losses.Length), golden.MaxGradientNorm);

        var steps = Trainer.Run(optimizer, objective, Enumerable.Repeat(step, golden.Losses.Length), settings).ToList();

        for (var i = 0; i < golden.Losses.Length; i++)
        {
            Assert.Equal(golden.Losses[i], steps[i].Loss, 1e-4 * golden.Losses[i]);
        }
    }

    [Theory]
    [MemberData(nameof(NamesAndHeads))]
    public void Gradients_reach_every_parameter(string family, string head)
    {
        var folder = new FamilyFolder(family);
        var kind = Enum.Parse<HeadKind>(head);
        using var parameters = folder.Parameters(kind);
        using var scope = NewDisposeScope();

        new TransformerModel(folder.Architecture, kind, parameters).Forward(Batch(folder), new Dropout(1)).square().sum().backward();

        Assert.All(parameters.Definitions, definition => Assert.True(parameters[definition.Name].grad!.ne(0).any().item<bool>(), definition.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Frozen_layers_get_no_gradients_and_those_above_the_same_as_ever(string family)
    {
        var folder = new FamilyFolder(family);
        var layers = folder.Architecture.LayerCount;
        using var full = folder.Parameters(HeadKind.Sequence);
        using var frozen = folder.Parameters(HeadKind.Sequence, groupOf: name => FrozenStrategy.GroupOf(name, 0, layers, trainableLayers: 1));
        using var scope = NewDisposeScope();

        foreach (var parameters in new[] { full, frozen })
        {
            new TransformerModel(folder.Architecture, HeadKind.Sequence, parameters).Forward(Batch(folder), dropout: null).square().sum().backward();
        }

        foreach (var definition in full.Definitions)
        {
            var place = ParameterPlace.Of(definition.Name);
            if (place.Kind == ParameterPlaceKind.Embeddings || (place.Kind == ParameterPlaceKind.Layer && place.Layer < layers - 1))
            {
                Assert.False(frozen[definition.Name].requires_grad, definition.Name);
            }
            else
            {
                Assert.True(frozen[definition.Name].grad!.allclose(full[definition.Name].grad!, rtol: 1e-4, atol: 1e-4), definition.Name);
            }
        }

        Assert.Equal(layers, full.Definitions.Select(definition => ParameterPlace.Of(definition.Name)).Where(place => place.Kind == ParameterPlaceKind.Layer).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Weights_of_a_bare_encoder_load_and_the_head_is_new(string family)
    {
        var folder = new FamilyFolder(family);
        using var file = folder.Weights(HeadKind.Sequence);
        var prefix = folder.Architecture.WeightPrefix;
        using var bare = new RenamedWeights(file, name => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null);
        var definitions = folder.Architecture.Parameters(HeadKind.Sequence, 5);
        var reported = new List<Diagnostic>();
        using var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, definition => FullStrategy.GroupOf(definition.Name, 0)), CPU);

        PretrainedWeights.Load(parameters, bare, new SourceLocation("model.safetensors"), folder.Architecture, seed: 1, reported.Add);

        Assert.Empty(reported);
        using var original = folder.Parameters(HeadKind.Sequence);
        Assert.All(definitions.Where(definition => definition.Name.StartsWith(prefix, StringComparison.Ordinal)), definition => Assert.Equal(original.Read(definition.Name), parameters.Read(definition.Name)));
    }

    [Theory]
    [InlineData("Roberta", "lm_head")]
    [InlineData("Albert", "predictions")]
    [InlineData("MPNet", "lm_head")]
    public void A_decoder_bias_under_its_other_name_is_read(string family, string head)
    {
        var folder = new FamilyFolder(family);
        using var file = folder.Weights(HeadKind.MaskedLanguage);
        using var renamed = new RenamedWeights(file, name => name == $"{head}.bias" ? $"{head}.decoder.bias" : name);
        using var parameters = folder.Parameters(HeadKind.MaskedLanguage);
        var expected = parameters.Read($"{head}.bias");
        parameters.Write($"{head}.bias", new float[expected.Length]);

        PretrainedWeights.Load(parameters, renamed, new SourceLocation("model.safetensors"), folder.Architecture, seed: 1, _ => { });

        Assert.Equal(expected, parameters.Read($"{head}.bias"));
    }

    [Theory]
    [InlineData("Roberta", 24)]
    [InlineData("MPNet", 24)]
    [InlineData("Electra", 24)]
    public void The_longest_input_leaves_out_the_rows_of_the_position_table_that_no_token_has(string family, int expected)
        => Assert.Equal(expected, new FamilyFolder(family).Architecture.Config.MaxPositions);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_written_folder_has_the_weights_of_the_reference(string family)
    {
        var folder = new FamilyFolder(family);
        using var parameters = folder.Parameters(HeadKind.Sequence);
        var written = Directory.CreateTempSubdirectory().FullName;

        HuggingFaceFolder.Write(written, folder.Directory, folder.Architecture, parameters.ReadAll(), new TextClassificationTask(new TrainingPlan { Name = "Test" }, new ClassificationData { Labels = ["a", "b", "c"], Train = [], Validation = [], Test = [] }));

        using (var file = SafetensorsFile.Open(Path.Combine(written, "model.safetensors")))
        using (var reference = folder.Weights(HeadKind.Sequence))
        {
            Assert.Equal(reference.Weights.Count, file.Weights.Count);
            Assert.All(reference.Weights.Values, weight => Assert.Equal(weight.Shape, file.Weights[weight.Name].Shape));
        }

        Assert.Equal(folder.Architecture.Config, Architectures.Read(Path.Combine(written, "config.json")).Config);
        Directory.Delete(written, recursive: true);
    }

    private static TokenBatch Batch(FamilyFolder folder) => TokenBatch.Of(folder.Golden.InputIds, folder.Architecture.Config.PaddingId, CPU);

    /// <summary>The reference's outputs with their places in the padded batch.</summary>
    private static (int Place, double[] Logits)[] Expected(FamilyFolder folder, HeadKind head)
    {
        var logits = folder.Golden.Logits;
        if (head == HeadKind.Sequence)
        {
            return [.. logits.Sequence.Select((values, row) => (row, values))];
        }

        var length = folder.Golden.InputIds.Max(row => row.Length);
        return [.. (head == HeadKind.Token ? logits.Token : logits.Masked).SelectMany((tokens, row) => tokens.Select((values, token) => ((row * length) + token, values)))];
    }

    private static void AssertEqual((int Place, double[] Logits)[] expected, float[] actual, int outputs)
    {
        foreach (var (place, logits) in expected)
        {
            Assert.Equal(outputs, logits.Length);
            for (var i = 0; i < outputs; i++)
            {
                // Relative for the logits above 1: their last digits are worth more.
                Assert.Equal(logits[i], actual[(place * outputs) + i], Tolerance * Math.Max(1, Math.Abs(logits[i])));
            }
        }
    }

    private static float[] Run(byte[] model, FamilyFolder folder, long[]? segments)
    {
        using var session = new InferenceSession(model);
        var rows = folder.Golden.InputIds;
        long[] shape = [rows.Length, rows.Max(row => row.Length)];
        using var ids = OrtValue.CreateTensorValueFromMemory(Padded(rows, folder.Architecture.Config.PaddingId), shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(Padded([.. rows.Select(row => row.Select(_ => 1).ToArray())], filler: 0), shape);
        using var segmentIds = OrtValue.CreateTensorValueFromMemory(segments ?? [0], segments is null ? [1] : shape);
        var inputs = new Dictionary<string, OrtValue> { ["input_ids"] = ids, ["attention_mask"] = mask };
        if (segments is not null)
        {
            inputs["token_type_ids"] = segmentIds;
        }

        using var options = new RunOptions();
        using var outputs = session.Run(options, inputs, ["logits"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static long[] Padded(int[][] rows, int filler)
    {
        var length = rows.Max(row => row.Length);
        return [.. rows.SelectMany(row => Enumerable.Range(0, length).Select(column => column < row.Length ? row[column] : (long)filler))];
    }
}
