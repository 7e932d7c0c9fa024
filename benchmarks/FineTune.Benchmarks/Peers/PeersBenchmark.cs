using System.Globalization;
using FineTune.Training.Models;
using FineTune.Training.Native;
using static TorchSharp.torch;

namespace FineTune.Benchmarks.Peers;

/// <summary>
/// How fast we train beside others, on the same rows: transformers' Trainer, a hand-written PyTorch loop, our own plain mode, and the matrix products alone. All take turns, so that a machine whose speed
/// changes is unfair to none. Runs in the repository's root.
/// </summary>
internal static class PeersBenchmark
{
    private const string Tokenizer = "models/tiny";
    private const string RowsFile = "artifacts/speed/rows.json";

    /// <summary>What examples of transformers fill rows up to, by default.</summary>
    private const int UsualLength = 128;

    public static int Run(PeersOptions options)
    {
        LibTorch.Load();
        var config = options.Config(Architectures.Read($"{Tokenizer}/config.json").Config.VocabularySize);
        var rows = SpeedRows.Create(config.VocabularySize);
        SpeedRows.Write(rows, RowsFile);
        Console.WriteLine($"{options.Size}: {config.LayerCount} layers of {config.HiddenSize}, batches of {SpeedRows.BatchSize} rows with 10 to 60 tokens, {get_num_threads()} threads; medians of {options.Rounds} turns of {options.Steps} steps");
        foreach (var mode in options.Modes)
        {
            Compare(options, mode, Contestants(options, config, rows, mode));
        }

        return 0;
    }

    private static IReadOnlyList<IContestant> Contestants(PeersOptions options, EncoderConfig config, Training.Training.EncodedText[] rows, string mode)
    {
        var strategy = PeersOptions.StrategyOf(mode);
        string[] tokenizer = ["--tokenizer", Tokenizer];
        return
        [
            .. options.Formats.Select(format => new OwnTraining($"FineTune.Build, {format}", config, rows, strategy, PeersOptions.TypeOf(format))),
            new PlainTraining(config, rows, strategy),
            .. options.Formats.SelectMany(format => new IContestant[]
            {
                Python("hand-written PyTorch loop", "loop.py", format),
                Python("Trainer, dynamic padding", "trainer.py", format, tokenizer),
                Python($"Trainer, padded to {UsualLength}", "trainer.py", format, [.. tokenizer, "--pad-to", $"{UsualLength}"]),
            }),
            .. mode == "full" ? [new MatrixProducts(config, rows)] : Array.Empty<IContestant>(),
        ];

        PythonTraining Python(string name, string script, string format, params string[] more)
            => new($"{name}, {format}", options, script, config, RowsFile, mode, format, more);
    }

    private static void Compare(PeersOptions options, string mode, IReadOnlyList<IContestant> contestants)
    {
        var speeds = contestants.ToDictionary(contestant => contestant, _ => new List<double>());
        try
        {
            // The first round warms up; each contestant begins a round as often as the others.
            for (var round = -1; round < options.Rounds; round++)
            {
                for (var place = 0; place < contestants.Count; place++)
                {
                    var contestant = contestants[(place + round + 1) % contestants.Count];
                    var seconds = contestant.Train(options.Steps);
                    if (round >= 0)
                    {
                        speeds[contestant].Add(options.Steps * SpeedRows.BatchSize / seconds);
                    }
                }
            }

            Print(mode, options, contestants, speeds);
        }
        finally
        {
            foreach (var contestant in contestants)
            {
                contestant.Dispose();
            }
        }
    }

    private static void Print(string mode, PeersOptions options, IReadOnlyList<IContestant> contestants, Dictionary<IContestant, List<double>> speeds)
    {
        var ours = speeds[contestants[0]];
        Console.WriteLine();
        Console.WriteLine($"| {mode} | samples/s | {contestants[0].Name} is faster by |");
        Console.WriteLine("|---|---|---|");
        foreach (var contestant in contestants)
        {
            var ratio = new Samples(ours.Zip(speeds[contestant], (mine, theirs) => mine / theirs)).Median;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {contestant.Name} | {new Samples(speeds[contestant]).Median:0.0} | {ratio:0.00} |"));
        }

        if (contestants[^1] is MatrixProducts products)
        {
            var operations = products.Operations / ((options.Rounds + 1) * options.Steps * SpeedRows.BatchSize);
            var (ceiling, share) = (new Samples(speeds[products]).Median, new Samples(ours.Zip(speeds[products], (mine, theirs) => mine / theirs)).Median);
            Console.WriteLine();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A sample's products are {operations / 1e9:0.00} GFLOP; alone they run at {operations * ceiling / 1e9:0} GFLOP/s, in our training at {share:P0} of that."));
        }
    }
}
