using FineTune.Core.Store;
using FineTune.Training.Models;
using FineTune.Training.Strategies;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

/// <summary>A model that goes on from stored hidden states computes what it computes from the tokens, whatever its family.</summary>
public sealed class HiddenStatesTests : IDisposable
{
    private const double Tolerance = 1e-5;

    private readonly ModelStore store = new(Directory.CreateTempSubdirectory("finetune-hidden-states-").FullName);

    public static TheoryData<string, string, int> FamiliesHeadsAndTrainableLayers { get; } =
    [
        .. from family in (string[])["TinyBert", "Roberta", "DistilBert", "Electra", "Albert", "MPNet", .. DistanceFamily.Names]
           from head in (HeadKind[])[HeadKind.Sequence, HeadKind.Token]
           from trainableLayers in (int[])[0, 1]
           select (family, head.ToString(), trainableLayers),
    ];

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(store.Root, recursive: true);
    }

    [Theory]
    [MemberData(nameof(FamiliesHeadsAndTrainableLayers))]
    public void Outputs_and_gradients_are_those_of_the_whole_model(string family, string headName, int trainableLayers)
    {
        var head = Enum.Parse<HeadKind>(headName);
        var (architecture, folder, rows) = Read(family);
        using var computed = Parameters(architecture, folder, head, trainableLayers);
        using var continued = Parameters(architecture, folder, head, trainableLayers);
        var plain = new TransformerModel(architecture, head, computed);
        using var states = Open(architecture, folder, head, continued, rows);
        var model = new TransformerModel(architecture, head, continued, hiddenStates: states);
        using var scope = NewDisposeScope();

        var expected = plain.Forward(plain.Batch(rows, CPU), dropout: null);
        var batch = model.Batch(rows, CPU);
        var actual = model.Forward(batch, dropout: null);
        WithoutPadding(expected, head, rows).square().sum().backward();
        WithoutPadding(actual, head, rows).square().sum().backward();

        Assert.NotNull(batch.HiddenStates);
        AssertClose(WithoutPadding(expected, head, rows), WithoutPadding(actual, head, rows));
        foreach (var name in computed.Definitions.Select(definition => definition.Name).Where(computed.IsTrainable))
        {
            AssertClose(computed[name].grad!, continued[name].grad!);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Wanted_tokens_have_the_outputs_that_they_have_among_all(int trainableLayers)
    {
        var (architecture, folder, rows) = Read("Roberta");
        using var parameters = Parameters(architecture, folder, HeadKind.Token, trainableLayers);
        using var states = Open(architecture, folder, HeadKind.Token, parameters, rows);
        var model = new TransformerModel(architecture, HeadKind.Token, parameters, hiddenStates: states);
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();

        var all = model.Forward(model.Batch(rows, CPU), dropout: null);
        var batch = model.Batch(rows, CPU, wanted: [.. rows.Select(row => (int[])[0, row.Length - 1])]);
        var wanted = model.Forward(batch, dropout: null);

        Assert.NotNull(batch.HiddenStates);
        AssertClose(all.index_select(0, batch.WantedTokens!), wanted);
    }

    [Fact]
    public void Segments_of_pairs_are_told_apart()
    {
        var folder = new FamilyFolder("Electra");
        using var parameters = folder.Parameters(HeadKind.Sequence, groupOf: name => FrozenStrategy.GroupOf(name, 0, folder.Architecture.LayerCount, trainableLayers: 1));
        var plain = new TransformerModel(folder.Architecture, HeadKind.Sequence, parameters);
        EncodedText[] rows = [.. folder.Golden.InputIds.Zip(folder.Golden.SegmentIds!, (tokens, segments) => new EncodedText(tokens, 0, Segments: segments)), .. folder.Golden.InputIds.Select(tokens => new EncodedText(tokens, 0))];
        using var states = Cache(folder.Directory, parameters).Open(plain, rows);
        var model = new TransformerModel(folder.Architecture, HeadKind.Sequence, parameters, hiddenStates: states);
        using var scope = NewDisposeScope();

        EncodedText[] pairs = [.. rows.Take(rows.Length / 2)], singles = [.. rows.Skip(rows.Length / 2)];

        AssertClose(plain.Forward(pairs.ToBatch(plain, CPU), null), model.Forward(pairs.ToBatch(model, CPU), null));
        AssertClose(plain.Forward(singles.ToBatch(plain, CPU), null), model.Forward(singles.ToBatch(model, CPU), null));
        Assert.NotNull(pairs.ToBatch(model, CPU).HiddenStates);
        Assert.False(model.Forward(pairs.ToBatch(model, CPU), null).allclose(model.Forward(singles.ToBatch(model, CPU), null)));
    }

    [Fact]
    public void A_batch_with_a_row_that_is_not_known_is_computed()
    {
        using var parameters = TinyBertFolder.Parameters(name => FrozenStrategy.GroupOf(name, 0, TinyBertFolder.Architecture.LayerCount, trainableLayers: 1));
        using var states = Open(TinyBertFolder.Architecture, TinyBertFolder.Directory, HeadKind.Sequence, parameters, [[2, 5, 3], [2, 6, 7, 3]]);
        using var scope = NewDisposeScope();
        var model = new TransformerModel(TinyBertFolder.Architecture, HeadKind.Sequence, parameters, hiddenStates: states);

        Assert.NotNull(model.Batch([[2, 5, 3], [2, 6, 7, 3]], CPU).HiddenStates);
        Assert.Null(model.Batch([[2, 5, 3], [2, 6, 8, 3]], CPU).HiddenStates);
    }

    [Fact]
    public void Only_the_first_token_is_kept_where_the_head_reads_no_other()
    {
        var (architecture, folder, rows) = Read("Roberta");
        using var parameters = Parameters(architecture, folder, HeadKind.Sequence, trainableLayers: 0);
        using var states = Open(architecture, folder, HeadKind.Sequence, parameters, rows);
        using var scope = NewDisposeScope();

        Assert.Equal([rows.Count, architecture.Config.HiddenSize], states!.Read(rows, segments: null, CPU)!.shape);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    [InlineData(3, 0)]
    public void What_is_trained_sooner_or_later_is_not_frozen(int trainableLayers, int expected)
    {
        using var frozen = TinyBertFolder.Parameters(name => FrozenStrategy.GroupOf(name, 0, layerCount: 3, trainableLayers));
        using var gradual = TinyBertFolder.Parameters(name => FrozenStrategy.GroupOf(name, 0, layerCount: 3, trainableLayers, gradual: true));
        using var withEmbeddings = TinyBertFolder.Parameters(name => FrozenStrategy.GroupOf(name, 0, layerCount: 3, trainableLayers, trainableEmbeddings: true));

        Assert.Equal((expected, 0, 0), (TinyBertFolder.Model(frozen).FrozenLayers, TinyBertFolder.Model(gradual).FrozenLayers, TinyBertFolder.Model(withEmbeddings).FrozenLayers));
    }

    [Fact]
    public void The_order_of_the_rows_and_their_repetition_do_not_matter()
    {
        (int[], int[]?) first = ([2, 5, 3], null), second = ([2, 6, 3], null), longer = ([2, 5, 6, 3], null);
        var index = new HiddenStateIndex([first, second, longer], firstTokenOnly: false);
        var other = new HiddenStateIndex([longer, second, second, first, longer], firstTokenOnly: false);

        Assert.Equal((index.Hash, index.VectorCount), (other.Hash, other.VectorCount));
        Assert.Equal(10, index.VectorCount);
        Assert.Equal(index.PlaceOf([2, 6, 3], null), other.PlaceOf([2, 6, 3], null));
        Assert.Equal(6, other.PlaceOf([2, 5, 6, 3], null));
        Assert.Null(index.PlaceOf([2, 5, 3], [0, 0, 0]));
        Assert.NotEqual(index.Hash, new HiddenStateIndex([first, longer], firstTokenOnly: false).Hash);
    }

    private static (Architecture Architecture, string Folder, IReadOnlyList<int[]> Rows) Read(string family)
    {
        if (family == "TinyBert")
        {
            return (TinyBertFolder.Architecture, TinyBertFolder.Directory, [.. TinyBertFolder.Rows().Take(6).Select(row => row.Tokens)]);
        }

        if (DistanceFamily.Names.Contains(family))
        {
            var distances = new DistanceFamily(family);
            return (distances.Architecture, distances.Folder, distances.Golden.Rows);
        }

        var folder = new FamilyFolder(family);
        return (folder.Architecture, folder.Directory, folder.Golden.InputIds);
    }

    private static ParameterSet Parameters(Architecture architecture, string folder, HeadKind head, int trainableLayers)
    {
        Func<string, ParameterGroup> groupOf = name => FrozenStrategy.GroupOf(name, 0, architecture.LayerCount, trainableLayers);
        return Path.GetFileName(folder) switch
        {
            "TinyBert" when head == HeadKind.Sequence => TinyBertFolder.Parameters(groupOf),
            "TinyBert" => TinyBertFolder.Parameters(architecture.Parameters(head, TinyBertFolder.Labels.Length), groupOf),
            var name when DistanceFamily.Names.Contains(name) => new DistanceFamily(name).Parameters(head, groupOf),
            var name => new FamilyFolder(name).Parameters(head, groupOf: groupOf),
        };
    }

    private HiddenStates? Open(Architecture architecture, string folder, HeadKind head, ParameterSet parameters, IReadOnlyList<int[]> rows)
        => Cache(folder, parameters).Open(new TransformerModel(architecture, head, parameters), rows.Select((tokens, row) => new EncodedText(tokens, 0, row)));

    private HiddenStatesCache Cache(string folder, ParameterSet parameters)
        => new(new HiddenStatesStore(store, HiddenStatesStore.DefaultMaxBytes), parameters, Path.Combine(folder, "config.json"), _ => { }, diagnostic => Assert.Fail(diagnostic.Message), TestContext.Current.CancellationToken);

    /// <summary>The outputs of real tokens: what a head for tokens says of padding is nobody's business.</summary>
    private static Tensor WithoutPadding(Tensor outputs, HeadKind head, IReadOnlyList<int[]> rows)
    {
        var length = rows.Max(row => row.Length);
        return head == HeadKind.Sequence ? outputs : outputs.index_select(0, tensor(rows.SelectMany((row, i) => row.Select((_, token) => ((long)i * length) + token)).ToArray()));
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        var largest = Math.Max(1, expected.abs().max().item<float>());
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((expected - actual).abs().max().item<float>(), 0, Tolerance * largest);
    }
}
