using System.Diagnostics;
using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Core.Store;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Data;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Strategies;
using FineTune.Training.Tasks;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>What it saves to compute frozen layers once: whole trainings of the top layer, from texts to weights, the variants in turn.</summary>
internal static class FrozenBenchmark
{
    private const int Vocabulary = 30_522;
    private const int TrainingRows = 800;
    private const int ValidationRows = 80;
    private const int Epochs = 10;
    private const int Turns = 3;

    private static readonly string[] SpecialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    private static readonly string[] Labels = ["one", "two"];

    public static int Run(int layers, int hiddenSize)
    {
        LibTorch.Load();
        var folder = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;
        try
        {
            WriteBaseModel(folder, layers, hiddenSize);
            var data = Data();
            var plan = new TrainingPlan { Name = "Benchmark", Strategy = Strategy.Frozen, Epochs = Epochs, LearningRate = 5e-5, Device = "Cpu" };
            var (eachTime, once, again) = (new List<Cost>(), new List<Cost>(), new List<Cost>());
            for (var turn = 0; turn < Turns; turn++)
            {
                using var store = new ModelStore(Path.Combine(folder, $"store-{turn}"));
                var hiddenStates = new HiddenStatesStore(store, HiddenStatesStore.DefaultMaxBytes);
                eachTime.Add(Train(plan, folder, data, hiddenStates: null));
                once.Add(Train(plan, folder, data, hiddenStates));
                again.Add(Train(plan with { LearningRate = 1e-4 }, folder, data, hiddenStates));
            }

            Console.WriteLine($"{layers} layers of {hiddenSize}, the top one trained: {TrainingRows} rows with 10 to 60 tokens, {Epochs} epochs, {ValidationRows} rows evaluated after each, {get_num_threads()} threads; medians of {Turns} turns");
            foreach (var (name, costs) in new[] { ("computed each time", eachTime), ("computed once", once), ("found: a second training with another rate", again) })
            {
                var seconds = new Samples(costs.Select(cost => cost.Seconds)).Median;
                var ratio = new Samples(costs.Zip(eachTime, (mine, first) => first.Seconds / mine.Seconds)).Median;
                var processorRatio = new Samples(costs.Zip(eachTime, (mine, first) => first.ProcessorSeconds / mine.ProcessorSeconds)).Median;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {seconds:0.0} s, {ratio:0.0} times as fast; by processor time {processorRatio:0.0} times"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static Cost Train(TrainingPlan plan, string folder, ClassificationData data, HiddenStatesStore? hiddenStates)
    {
        var checkpoints = new CheckpointFolder(Path.Combine(folder, "checkpoints"));
        var (start, processorStart) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        new TextClassificationTask(plan, data).Train(new TrainingContext
        {
            Plan = plan,
            BaseModelDirectory = folder,
            Tokenizer = TextTokenizer.FromHuggingFaceFolder(folder, out _),
            Checkpoints = checkpoints,
            Progress = _ => { },
            Report = _ => { },
            HiddenStates = hiddenStates,
        });
        checkpoints.Delete();
        return new Cost(Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - processorStart).TotalSeconds);
    }

    private static ClassificationData Data()
    {
        var random = new RandomStream(1, "benchmark");
        var rows = Enumerable.Range(0, TrainingRows + ValidationRows)
            .Select(row => new LabelledText(string.Join(' ', Enumerable.Range(0, 8 + random.NextInt(51)).Select(_ => Word(random.NextInt(Vocabulary - SpecialTokens.Length)))), random.NextInt(Labels.Length), new SourceLocation("rows", row + 1)))
            .ToArray();
        return new ClassificationData { Labels = Labels, Train = rows[..TrainingRows], Validation = rows[TrainingRows..], Test = [] };
    }

    private static void WriteBaseModel(string folder, int layers, int hiddenSize)
    {
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), [.. SpecialTokens, .. Enumerable.Range(0, Vocabulary - SpecialTokens.Length).Select(Word)]);
        var configFile = Path.Combine(folder, "config.json");
        File.WriteAllText(configFile, $$"""
            {"model_type": "bert", "vocab_size": {{Vocabulary}}, "hidden_size": {{hiddenSize}}, "num_hidden_layers": {{layers}}, "num_attention_heads": {{hiddenSize / 64}}, "intermediate_size": {{4 * hiddenSize}}}
            """);
        var architecture = Architectures.Read(configFile);
        var definitions = architecture.Parameters(HeadKind.Sequence, Labels.Length);
        using var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, _ => ParameterGroup.Frozen), CPU);
        foreach (var definition in definitions)
        {
            ParameterInitializer.Initialize(parameters, definition, architecture.Config.InitializerRange, seed: 1);
        }

        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), parameters.ReadAll(), metadata: null);
    }

    private static string Word(int number) => $"w{number}";

    /// <summary>What a training takes; on a machine that does other work too, processor time says more.</summary>
    private sealed record Cost(double Seconds, double ProcessorSeconds);
}
