using System.Globalization;
using FineTune.Benchmarks;
using FineTune.Benchmarks.Peers;

return args switch
{
    ["up-to-date"] => UpToDateBenchmark.Run(),
    ["predict", _, ..] => PredictBenchmark.Run(args[1..]),
    ["cold-start", _, ..] => ColdStartBenchmark.Run(args[1..]),
    ["cold-start-once", var model] => ColdStartBenchmark.RunOnce(model),
    ["baselines", var train, var test] => BaselineBenchmark.Run(train, test),
    ["training", var layers, var hiddenSize] => TrainingBenchmark.Run(int.Parse(layers, CultureInfo.InvariantCulture), int.Parse(hiddenSize, CultureInfo.InvariantCulture)),
    ["step", var layers, var hiddenSize, var format, var shortest, var longest] when PeersOptions.IsFormat(format) => TrainingBenchmark.RunAlone(
        int.Parse(layers, CultureInfo.InvariantCulture), int.Parse(hiddenSize, CultureInfo.InvariantCulture), PeersOptions.TypeOf(format), int.Parse(shortest, CultureInfo.InvariantCulture), int.Parse(longest, CultureInfo.InvariantCulture)),
    ["frozen", var layers, var hiddenSize] => FrozenBenchmark.Run(int.Parse(layers, CultureInfo.InvariantCulture), int.Parse(hiddenSize, CultureInfo.InvariantCulture)),
    ["peers", .. var options] when PeersOptions.Parse(options) is { } parsed => PeersBenchmark.Run(parsed),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        up-to-date              what five up-to-date models of 100,000 rows cost a build
        predict MODEL…          how fast finished models (folders or .ftmodel files) predict, in turns
        cold-start MODEL…       what a new process waits for until the first answer
        baselines TRAIN TEST    what the baselines reach on a data set, and how long they take
        training LAYERS HIDDEN  what watching and bfloat16 do to the time of a training step
        step LAYERS HIDDEN FORMAT SHORTEST LONGEST
                                training steps in float32 or bfloat16 alone, to compare two builds of this program; texts of so many tokens
        frozen LAYERS HIDDEN    what it saves to compute frozen layers once
        peers SIZE              how fast we train beside transformers' Trainer and a PyTorch loop; small, medium or base;
                                --python "COMMAND", --modes full,frozen,llrd, --formats float32,bfloat16, --rounds N, --steps N
        """);
    return 2;
}
