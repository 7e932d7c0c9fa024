using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Serialization;

namespace FineTune.Runtime.Tests;

public sealed class TextClassifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prediction_is_what_the_graph_computes()
    {
        using var classifier = TextClassifier.Load(TinyModel.Write(_folder.Path));

        var prediction = classifier.Predict("Good films!");

        double[] expected = TinyModel.Logits([2, 5, 7, 11, 9, 3]);
        double[] scores = [.. expected.Select(logit => Math.Exp(logit) / expected.Sum(Math.Exp))];
        Assert.Equal("Good films!", prediction.Text);
        Assert.Equal(TinyModel.Labels, classifier.Labels);
        for (var label = 0; label < 3; label++)
        {
            Assert.Equal(expected[label], prediction.Logits[label], 1e-5);
            Assert.Equal(scores[label], prediction.Scores[label], 1e-5);
        }

        Assert.Equal(expected.IndexOf(expected.Max()), prediction.LabelIndex);
        Assert.Equal(TinyModel.Labels[prediction.LabelIndex], prediction.Label);
        Assert.Equal(prediction.Scores.Max(), prediction.Score);
        Assert.Equal(1.0, prediction.Scores.Sum(), 1e-12);
    }

    [Fact]
    public void Batch_equals_single_and_keeps_the_order()
    {
        using var classifier = TextClassifier.Load(TinyModel.Write(_folder.Path));
        string[] words = ["good", "bad", "film", "the", "!", "goodly", "unknown"];
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => string.Join(' ', Enumerable.Range(0, i * 37 % 23).Select(j => words[((i * 7) + (j * 5)) % words.Length])))];

        var batch = classifier.Predict(texts);

        Assert.Equal(texts, batch.Select(prediction => prediction.Text));
        for (var i = 0; i < texts.Length; i++)
        {
            var single = classifier.Predict(texts[i]);
            for (var label = 0; label < 3; label++)
            {
                Assert.Equal(single.Logits[label], batch[i].Logits[label], 1e-5f);
            }
        }
    }

    [Fact]
    public void Empty_and_very_long_texts_are_classified()
    {
        using var classifier = TextClassifier.Load(TinyModel.Write(_folder.Path));

        Assert.Equal(TinyModel.Logits([2, 3])[0], classifier.Predict("").Logits[0], 1e-5);
        int[] cut = [2, .. Enumerable.Repeat(6, 14), 3];
        Assert.Equal(TinyModel.Logits(cut)[0], classifier.Predict(string.Concat(Enumerable.Repeat("bad ", 100_000))).Logits[0], 1e-5);
        Assert.Empty(classifier.Predict(Array.Empty<string>()));
    }

    [Fact]
    public void Null_text_is_refused()
    {
        using var classifier = TextClassifier.Load(TinyModel.Write(_folder.Path));

        Assert.Throws<ArgumentNullException>("text", () => classifier.Predict((string)null!));
        Assert.Throws<ArgumentNullException>("texts", () => classifier.Predict((IEnumerable<string>)null!));
        Assert.Throws<ArgumentNullException>("texts", () => classifier.Predict(["good", null!]));
        Assert.Throws<ArgumentNullException>(() => TextClassifier.Load((string)null!));
        Assert.Throws<ArgumentNullException>(() => TextClassifier.Load((Stream)null!));
        Assert.Throws<ArgumentNullException>(() => TextClassifier.LoadResource(null!, "x"));
        Assert.Throws<ArgumentNullException>(() => TextClassifier.LoadResource(typeof(TinyModel).Assembly, null!));
    }

    [Fact]
    public void A_disposed_classifier_says_so()
    {
        var classifier = TextClassifier.Load(TinyModel.Write(_folder.Path));
        classifier.Dispose();
        classifier.Dispose();

        Assert.Throws<ObjectDisposedException>(() => classifier.Predict("good"));
        Assert.Throws<ObjectDisposedException>(() => classifier.Predict(Array.Empty<string>()));
    }

    [Fact]
    public async Task Threads_share_a_classifier()
    {
        using var classifier = TextClassifier.Load(TinyModel.Write(_folder.Path));
        string[] texts = ["good film!", "bad", "the film the film the film", ""];
        var expected = texts.Select(text => classifier.Predict(text).Logits.ToArray()).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(
            () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    var text = (thread + i) % texts.Length;
                    Assert.Equal(expected[text], classifier.Predict(texts[text]).Logits);
                }
            },
            TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Token_types_are_fed_where_the_graph_declares_them()
    {
        using var without = TextClassifier.Load(TinyModel.Write(Path.Combine(_folder.Path, "without")));
        using var with = TextClassifier.Load(TinyModel.Write(Path.Combine(_folder.Path, "with"), "tiny-classifier-types.onnx"));

        Assert.Equal(without.Predict("good film").Logits, with.Predict("good film").Logits);
    }

    [Fact]
    public void A_graph_without_logits_is_refused()
    {
        var exception = Assert.Throws<FineTuneException>(() => TextClassifier.Load(TinyModel.Write(_folder.Path, "tiny-classifier-unnamed.onnx")));

        Assert.Equal("FT6057", exception.Code);
        Assert.Contains("lacks the output logits", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_with_other_labels_than_the_manifest_is_refused()
    {
        var folder = TinyModel.Write(_folder.Path, change: manifest => manifest with { Labels = ["yes", "no"] });

        var exception = Assert.Throws<FineTuneException>(() => TextClassifier.Load(folder));

        Assert.Equal("FT6057", exception.Code);
        Assert.Contains("3 logits, and the manifest has 2 labels", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_inside_of_the_graph_has_a_code()
    {
        var folder = TinyModel.Write(_folder.Path);
        var longer = TinyModel.Vocabulary + "thirteenth\n";
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), longer);
        var manifest = CoreJson.ReadManifest(File.ReadAllText(Path.Combine(folder, "manifest.json")));
        var files = new Dictionary<string, string>(manifest.Files.ToDictionary(file => file.Key, file => file.Value)) { ["vocab.txt"] = ContentHash.OfBytes(Encoding.UTF8.GetBytes(longer)) };
        File.WriteAllText(Path.Combine(folder, "manifest.json"), CoreJson.Write(manifest with { Files = files }));
        using var classifier = TextClassifier.Load(folder);

        Assert.Equal("FT6061", Assert.Throws<FineTuneException>(() => classifier.Predict("thirteenth")).Code);
        Assert.Equal(TinyModel.Logits([2, 5, 3])[0], classifier.Predict("good").Logits[0], 1e-5);
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        var prediction = new Prediction("text", ["a", "b", "c"], [1000f, 1000f, -1000f]);

        Assert.Equal([0.5, 0.5, 0.0], prediction.Scores);
        Assert.Equal("a", prediction.Label);
        Assert.Equal("a (0.500)", prediction.ToString());
    }
}
