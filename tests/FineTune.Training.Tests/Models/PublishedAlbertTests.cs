using System.Text.RegularExpressions;
using FineTune.Core.Diagnostics;
using FineTune.Training.Checkpoints;
using FineTune.Training.Checkpoints.PyTorch;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Strategies;
using FineTune.Training.Tests.Checkpoints;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Models;

/// <summary>A published ALBERT, rxnmapper's model of chemical reactions (Schwaller et al., "Extraction of organic chemistry grammar from unsupervised learning of chemical reactions", 2021).</summary>
public sealed partial class PublishedAlbertTests : IDisposable
{
    // What transformers 5.12 gets right of these tokens, 98 %.
    private const int MaskedTokens = 345;
    private const int RightOfReference = 339;

    private readonly string copy = Directory.CreateTempSubdirectory("finetune-albert-").FullName;

    public void Dispose() => Directory.Delete(copy, recursive: true);

    // The published PyTorch file is of before 1.6.
    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("pytorch_model.bin")]
    public void Masked_tokens_of_reactions_are_predicted_as_by_transformers(string weights)
    {
        var folder = CopyWith(weights);
        LibTorch.Load();
        var architecture = Architectures.Read(Path.Combine(folder, "config.json"));
        var definitions = architecture.Parameters(HeadKind.MaskedLanguage, architecture.Config.VocabularySize);
        var reported = new List<Diagnostic>();
        using var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, _ => ParameterGroup.Frozen), CPU);
        PretrainedWeights.Load(parameters, folder, architecture, seed: 1, reported.Add);
        var model = new TransformerModel(architecture, HeadKind.MaskedLanguage, parameters);
        var ids = File.ReadLines(Path.Combine(folder, "vocab.txt")).Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        var right = 0;
        var count = 0;

        foreach (var line in File.ReadLines(Path.Combine(folder, "example_rxns.csv")).Skip(1).Take(20))
        {
            int[] row = [ids["[CLS]"], .. SmilesToken().Matches(line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..]).Select(match => ids.GetValueOrDefault(match.Value, ids["[UNK]"])), ids["[SEP]"]];
            int[] places = [.. Enumerable.Range(1, row.Length - 2).Where(place => place % 7 == 0)];
            using var noGradients = no_grad();
            using var scope = NewDisposeScope();
            var batch = TokenBatch.Of([[.. row.Select((id, place) => places.Contains(place) ? ids["[MASK]"] : id)]], architecture.Config.PaddingId, CPU);
            var wanted = tensor(places.Select(place => (long)place).ToArray());
            var predicted = model.Forward(batch with { WantedTokens = wanted }, dropout: null).argmax(1).data<long>().ToArray();
            right += places.Zip(predicted).Count(pair => row[pair.First] == pair.Second);
            count += places.Length;
        }

        Assert.Empty(reported);
        Assert.Equal(MaskedTokens, count);
        Assert.Equal(RightOfReference, right);
    }

    [Fact]
    public void Weights_of_both_published_forms_are_the_same()
    {
        using var pytorch = PyTorchFile.Open(Shared("pytorch_model.bin"));
        using var safetensors = SafetensorsFile.Open(Shared("model.safetensors"));

        // The PyTorch file is smaller by the decoder, which shares its storage with the embeddings.
        Assert.Equal(32, pytorch.Weights.Count);
        Assert.Equal(safetensors.Weights.Keys.Order(StringComparer.Ordinal), pytorch.Weights.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, info) in safetensors.Weights)
        {
            Assert.Equal(info.Shape, pytorch.Weights[name].Shape);
            Assert.Equal(Read(safetensors, name), Read(pytorch, name));
        }
    }

    private static string Shared(string name)
    {
        var path = RepositoryFiles.Shared($"models/rxnmapper-albert/{name}");
        Assert.SkipUnless(path is not null, $"rxnmapper-albert/{name} is not in the folder of shared files beside this repository");
        return path;
    }

    /// <summary>The model with one form of its weights alone.</summary>
    private string CopyWith(string weights)
    {
        foreach (var name in (string[])[weights, "config.json", "vocab.txt", "example_rxns.csv"])
        {
            File.Copy(Shared(name), Path.Combine(copy, name));
        }

        return copy;
    }

    private static float[] Read(IWeightFile file, string name)
    {
        var values = new float[file.Weights[name].ElementCount];
        file.ReadFloat32(name, values);
        return values;
    }

    // Every atom, bond and bracket of SMILES is a token; a bracketed atom is one.
    [GeneratedRegex(@"\[[^\]]+]|Br?|Cl?|N|O|S|P|F|I|b|c|n|o|s|p|\(|\)|\.|=|#|-|\+|\\|\/|:|~|@|\?|>>?|\*|\$|\%[0-9]{2}|[0-9]")]
    private static partial Regex SmilesToken();
}
