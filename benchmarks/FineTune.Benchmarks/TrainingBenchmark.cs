using System.Diagnostics;
using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Training;
using FineTune.Training.Training.Watching;
using static TorchSharp.torch;

namespace FineTune.Benchmarks;

/// <summary>What watching and bfloat16 do to the time of a training step: the variants take turns, so that a machine whose speed changes is unfair to none.</summary>
internal static class TrainingBenchmark
{
    private const int BatchSize = 16;
    private const int Vocabulary = 30_522;
    private const int StepsInTurn = 10;
    private const int Turns = 25;
    private const int TurnsAlone = 8;

    private static readonly string[] Labels = ["one", "two"];

    public static int Run(int layers, int hiddenSize)
    {
        LibTorch.Load();
        var architecture = CreateArchitecture(layers, hiddenSize);
        var rows = Rows(shortest: 10, longest: 60);
        using var plain = new Variant("float32, not watched", architecture, rows, ScalarType.Float32, isWatched: false);
        using var watched = new Variant("float32, watched", architecture, rows, ScalarType.Float32, isWatched: true);
        using var half = new Variant("bfloat16, watched", architecture, rows, ScalarType.BFloat16, isWatched: true);
        Variant[] variants = [plain, watched, half];
        for (var turn = -1; turn < Turns; turn++)
        {
            // Each variant begins a turn as often as the others, and the first turn warms up.
            foreach (var variant in Enumerable.Range(0, variants.Length).Select(index => variants[(index + turn + 1) % variants.Length]))
            {
                variant.Take(StepsInTurn, isCounted: turn >= 0);
            }
        }

        Console.WriteLine($"{layers} layers of {hiddenSize}, batches of {BatchSize} rows with 10 to 60 tokens, {get_num_threads()} threads; {Turns} turns of {StepsInTurn} steps each");
        foreach (var variant in variants)
        {
            var ratios = new Samples([.. variant.Milliseconds.Zip(plain.Milliseconds, (mine, first) => mine / first)]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{variant.Name}: {BatchSize * StepsInTurn * 1000 / new Samples([.. variant.Milliseconds]).Median:0} rows/s, {ratios.Median:0.000} of the time of the first (median of the turns)"));
        }

        return 0;
    }

    /// <summary>One number format alone, to compare two builds of this program that take turns.</summary>
    public static int RunAlone(int layers, int hiddenSize, ScalarType productType, int shortest, int longest)
    {
        LibTorch.Load();
        using var variant = new Variant($"{productType}", CreateArchitecture(layers, hiddenSize), Rows(shortest, longest), productType, isWatched: false);
        for (var turn = -1; turn < TurnsAlone; turn++)
        {
            variant.Take(StepsInTurn, isCounted: turn >= 0);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{layers} layers of {hiddenSize}, batches of {BatchSize} rows with {shortest} to {longest} tokens, {get_num_threads()} threads, {variant.Name}: {BatchSize * StepsInTurn * 1000 / new Samples([.. variant.Milliseconds]).Median:0.0} rows/s (median of {TurnsAlone} turns of {StepsInTurn} steps)"));
        return 0;
    }

    private static Bert CreateArchitecture(int layers, int hiddenSize)
        => new(new EncoderConfig { VocabularySize = Vocabulary, HiddenSize = hiddenSize, LayerCount = layers, HeadCount = hiddenSize / 64, IntermediateSize = 4 * hiddenSize });

    private static EncodedText[] Rows(int shortest, int longest)
    {
        var random = new RandomStream(1, "benchmark");
        return [.. Enumerable.Range(0, 1600).Select(row => new EncodedText([.. Enumerable.Range(0, shortest + random.NextInt(longest - shortest + 1)).Select(_ => random.NextInt(Vocabulary))], random.NextInt(Labels.Length), row))];
    }

    private sealed class Variant : IDisposable
    {
        private readonly ParameterSet parameters;
        private readonly AdamW optimizer;
        private readonly ClassificationObjective objective;
        private readonly IReadOnlyList<ITrainingObserver> observers;
        private readonly IEnumerator<TrainingStep> steps;

        public Variant(string name, Architecture architecture, EncodedText[] rows, ScalarType productType, bool isWatched)
        {
            Name = name;
            var plan = new TrainingPlan { Name = "Benchmark", BatchSize = BatchSize };
            var length = TrainingLength.Of(plan with { MaxSteps = StepsInTurn * (Turns + 1) }, rows.Length);
            var definitions = architecture.Parameters(HeadKind.Sequence, Labels.Length);
            parameters = new ParameterSet(definitions, ParameterGroups.Of(plan, definitions.Select(definition => definition.Name), architecture.LayerCount), CPU);
            foreach (var definition in definitions)
            {
                ParameterInitializer.Initialize(parameters, definition, architecture.Config.InitializerRange, seed: 1);
            }

            Action<Diagnostic> ignore = _ => { };
            var texts = rows.Select(row => new LabelledText("", row.Label, new SourceLocation("rows"))).ToArray();
            var labelErrors = new LabelErrorWatch(texts, Labels, ignore);
            var (history, best) = (new TrainingHistory(), new BestEvaluation("accuracy", 0, 0, parameters));
            observers = isWatched
                ? [labelErrors, .. TrainingWatches.Create(plan, length, 60, onProcessor: true, Math.Log(2), history, best, ignore, ignore)]
                : [];
            objective = new ClassificationObjective(new TransformerModel(architecture, HeadKind.Sequence, parameters, productType), CPU, new Dropout(1), labelErrors: isWatched ? labelErrors : null);
            optimizer = new AdamW(parameters);
            steps = Trainer.Run(
                optimizer,
                objective,
                TrainingBatches.From(rows, plan, length.StepsPerEpoch, firstStep: 0),
                new TrainerSettings(plan.LearningRate, new LearningRateSchedule(Scheduler.Constant, 0, length.TotalSteps), plan.MaxGradientNorm),
                gradientsReady: number => Tell(observer => observer.OnGradients(number, parameters))).GetEnumerator();
        }

        public string Name { get; }

        public List<double> Milliseconds { get; } = [];

        public void Take(int count, bool isCounted)
        {
            var start = Stopwatch.GetTimestamp();
            for (var step = 0; step < count; step++)
            {
                steps.MoveNext();
                Tell(observer => observer.OnStep(steps.Current));
                Tell(observer => observer.OnSettled(steps.Current.Number));
            }

            if (isCounted)
            {
                Milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        public void Dispose()
        {
            steps.Dispose();
            optimizer.Dispose();
            objective.Dispose();
            parameters.Dispose();
        }

        private void Tell(Action<ITrainingObserver> what)
        {
            foreach (var observer in observers)
            {
                what(observer);
            }
        }
    }
}
