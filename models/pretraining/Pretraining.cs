using System.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using static TorchSharp.torch;

namespace FineTune.Pretraining;

/// <summary>
/// Masked language modeling with a second, small loss: the pooled vector must name the words of its text, so that it says something about the text before any
/// fine-tuning. The learning rate follows the clock, so that the run ends when planned whatever else the machine does.
/// </summary>
internal static class Pretraining
{
    private const string Pooler = "bert.pooler.dense";

    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(20);

    /// <summary>Trains and writes the folder.</summary>
    public static void Run(PretrainingOptions options, TextWriter log, CancellationToken cancellation)
    {
        var native = LibTorch.Load();
        log.WriteLine($"libtorch {native.Version}, {native.CpuCapability}, {native.Threads} threads");

        var tokenizer = CreateTokenizer(options.Vocabulary);
        string[] lines = [.. options.Corpus.SelectMany(File.ReadLines)];
        new RandomStream(options.Seed, "lines").Shuffle<string>(lines);
        var heldOut = lines[..Math.Min(options.HeldOutLines, lines.Length / 10)];
        var training = lines[heldOut.Length..];
        log.WriteLine($"{training.Length:N0} lines for training, {heldOut.Length:N0} held out");

        var config = new EncoderConfig
        {
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = options.HiddenSize,
            LayerCount = options.LayerCount,
            HeadCount = options.HeadCount,
            IntermediateSize = 4 * options.HiddenSize,
            PaddingId = tokenizer.PaddingId,
        };
        var model = new Bert(config);
        ParameterDefinition[] definitions = [.. model.Parameters(HeadKind.MaskedLanguage, config.VocabularySize), .. ParameterDefinition.Linear(Pooler, config.HiddenSize, config.HiddenSize)];
        var groups = definitions.ToDictionary(definition => definition.Name, definition => FullStrategy.GroupOf(definition.Name, weightDecay: 0.01));
        using var parameters = new ParameterSet(definitions, groups, CPU);
        foreach (var definition in definitions)
        {
            ParameterInitializer.Initialize(parameters, definition, options.InitializerRange, options.Seed);
        }

        var statistics = WordStatistics.Count(training.Take(options.StatisticsLines), tokenizer);
        parameters.Write("cls.predictions.bias", statistics.LogProbabilities());
        parameters.Write("bert.embeddings.word_embeddings.weight", WordVectors(statistics, config, tokenizer, options));
        log.WriteLine("embeddings start from word statistics");

        log.WriteLine($"{parameters.Count:N0} parameters");
        using var optimizer = new AdamW(parameters);
        var random = new RandomStream(options.Seed, "masks");
        var clock = Stopwatch.StartNew();
        var nextReport = ReportInterval;
        var nextSnapshot = options.SnapshotInterval;
        long steps = 0, tokens = 0;
        var running = new RunningLosses();
        foreach (var batch in Batches(training, tokenizer, options))
        {
            var progress = clock.Elapsed / options.Duration;
            if (progress >= 1 || cancellation.IsCancellationRequested)
            {
                break;
            }

            running.Add(TrainStep(model, batch, tokenizer, random, options, parameters));
            optimizer.ClipGradients(1);
            optimizer.Step(options.LearningRate * RateFactor(progress, options.WarmupShare));
            steps++;
            tokens += batch.Sum(sequence => sequence.Length);

            if (clock.Elapsed >= nextReport)
            {
                nextReport = clock.Elapsed + ReportInterval;
                log.WriteLine($"{clock.Elapsed:hh\\:mm\\:ss} step {steps}, {tokens / 1e6:F2} M tokens, {tokens / clock.Elapsed.TotalSeconds:F0}/s, masked loss {running.Masked:F3}, words loss {running.Words:F3}");
                log.Flush();
                running = new RunningLosses();
            }

            if (clock.Elapsed >= nextSnapshot)
            {
                nextSnapshot = clock.Elapsed + options.SnapshotInterval;
                Save();
            }
        }

        Save();

        void Save()
        {
            PretrainedFolder.Write(options.Output, config, parameters, options.Vocabulary);
            var (accuracy, loss) = Evaluate(model, parameters, heldOut, tokenizer, options);
            log.WriteLine($"{clock.Elapsed:hh\\:mm\\:ss} wrote {options.Output}; {steps} steps, {tokens / 1e6:F2} M tokens; held-out masked accuracy {accuracy:P2}, loss {loss:F4}");
            log.Flush();
        }
    }

    private static TextTokenizer CreateTokenizer(string vocabulary)
        => TextTokenizer.Create(
            new TokenizerSettings { Kind = "WordPiece", Files = ["vocab.txt"], Lowercase = true, StripAccents = true, SplitChineseCharacters = true },
            _ => File.OpenRead(vocabulary));

    /// <summary>Vectors from the statistics; tokens that occur in no text, such as [MASK], start at random.</summary>
    private static float[] WordVectors(WordStatistics statistics, EncoderConfig config, TextTokenizer tokenizer, PretrainingOptions options)
    {
        var vectors = statistics.Vectors(config.HiddenSize, options.InitializerRange, options.Seed);
        var random = new RandomStream(options.Seed, "special tokens");
        foreach (var token in new[] { tokenizer.ClassifyId, tokenizer.SeparatorId, tokenizer.MaskId, tokenizer.UnknownId })
        {
            for (var i = 0; i < config.HiddenSize; i++)
            {
                vectors[(token * config.HiddenSize) + i] = (float)(random.NextNormal() * options.InitializerRange);
            }
        }

        return vectors;
    }

    private static IEnumerable<IReadOnlyList<int[]>> Batches(string[] lines, TextTokenizer tokenizer, PretrainingOptions options)
    {
        for (var pass = 0; ; pass++)
        {
            new RandomStream(options.Seed, $"pass {pass}").Shuffle<string>(lines);
            foreach (var batch in new TextSequences(tokenizer, options.Seed + pass, options.BatchTokens).Batches(lines))
            {
                yield return batch;
            }
        }
    }

    private static (double Masked, double Words) TrainStep(Bert model, IReadOnlyList<int[]> sequences, TextTokenizer tokenizer, RandomStream random, PretrainingOptions options, ParameterSet parameters)
    {
        using var scope = NewDisposeScope();
        var masked = MaskedSequences.Of(sequences, tokenizer, random);
        if (masked.Targets.Length == 0)
        {
            return default;
        }

        var operations = new TorchOperations(parameters, TokenBatch.Of(masked.Inputs, tokenizer.PaddingId, CPU) with { WantedTokens = tensor(masked.Positions) }, dropout: null, ScalarType.Float32);
        var hidden = model.EncodeTokens(operations);                                        // [real tokens, hidden]
        var maskedLoss = MaskedLoss(model, operations, hidden, masked, out _);
        var wordsLoss = WordsLoss(operations, hidden, sequences, tokenizer, parameters);
        maskedLoss.Plus(wordsLoss.Times(options.WordsLossWeight)).backward();
        return (maskedLoss.item<float>(), wordsLoss.item<float>());
    }

    private static Tensor MaskedLoss(Bert model, TorchOperations operations, Tensor hidden, MaskedSequences masked, out Tensor logits)
    {
        var vectors = operations.WantedTokens(hidden);                                      // [masked, hidden]
        logits = model.PredictVocabulary(operations, vectors);                              // [masked, vocabulary]
        return nn.functional.cross_entropy(logits, tensor(masked.Targets));
    }

    /// <summary>Cross entropy of the words that the pooled vector names against the words that are there, each row counting the same.</summary>
    private static Tensor WordsLoss(TorchOperations operations, Tensor hidden, IReadOnlyList<int[]> sequences, TextTokenizer tokenizer, ParameterSet parameters)
    {
        var pooled = operations.Linear(Pooler, operations.FirstToken(hidden)).tanh();       // [rows, hidden]
        var logits = nn.functional.linear(pooled, parameters["bert.embeddings.word_embeddings.weight"], parameters["cls.predictions.bias"]);
        var words = TokenBatch.Of([.. sequences.Select(sequence => sequence[1..^1])], tokenizer.PaddingId, CPU);
        var logProbabilities = nn.functional.log_softmax(logits, 1).gather(1, words.InputIds); // [rows, words]
        if (words.AttentionMask is null)
        {
            return logProbabilities.mean().neg();
        }

        var real = words.AttentionMask.to(ScalarType.Float32);
        return logProbabilities.mul(real).sum(1).div(real.sum(1)).mean().neg();
    }

    private static double RateFactor(double progress, double warmup)
        => Math.Min(progress / warmup, (1 - progress) / (1 - warmup));

    private static (double Accuracy, double Loss) Evaluate(Bert model, ParameterSet parameters, string[] lines, TextTokenizer tokenizer, PretrainingOptions options)
    {
        using var noGradients = no_grad();
        var random = new RandomStream(options.Seed, "held-out masks");
        double right = 0, loss = 0, count = 0;
        foreach (var sequences in new TextSequences(tokenizer, options.Seed, options.BatchTokens).Batches(lines))
        {
            using var scope = NewDisposeScope();
            var masked = MaskedSequences.Of(sequences, tokenizer, random);
            if (masked.Targets.Length == 0)
            {
                continue;
            }

            var operations = new TorchOperations(parameters, TokenBatch.Of(masked.Inputs, tokenizer.PaddingId, CPU) with { WantedTokens = tensor(masked.Positions) }, dropout: null, ScalarType.Float32);
            loss += MaskedLoss(model, operations, model.EncodeTokens(operations), masked, out var logits).item<float>() * masked.Targets.Length;
            right += logits.argmax(1).eq(tensor(masked.Targets)).sum().item<long>();
            count += masked.Targets.Length;
        }

        return (right / count, loss / count);
    }

    /// <summary>Mean losses since the last report.</summary>
    private sealed class RunningLosses
    {
        private double masked;
        private double words;
        private int count;

        public double Masked => masked / count;

        public double Words => words / count;

        public void Add((double Masked, double Words) losses)
        {
            masked += losses.Masked;
            words += losses.Words;
            count++;
        }
    }
}
