using System.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Models;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Training;
using static TorchSharp.torch;
using AdamW = TorchSharp.Modules.AdamW;
using Parameter = TorchSharp.Modules.Parameter;

namespace FineTune.Benchmarks.Peers;

/// <summary>
/// The same model trained as TorchSharp's examples do it: rows filled up to the longest of their batch; gradients of whole embedding tables; TorchSharp's AdamW, tensor by tensor.
/// </summary>
internal sealed class PlainTraining : IContestant
{
    private readonly ParameterSet parameters;
    private readonly ClassificationObjective objective;
    private readonly optim.Optimizer optimizer;
    private readonly Parameter[] trained;
    private readonly IEnumerator<EncodedText[]> batches;

    public PlainTraining(EncoderConfig config, EncodedText[] rows, Strategy strategy)
    {
        var plan = new TrainingPlan { Name = "Benchmark", BatchSize = SpeedRows.BatchSize, Strategy = strategy };
        parameters = OwnTraining.CreateParameters(new Bert(config), plan);
        objective = new ClassificationObjective(new TransformerModel(new Bert(config), HeadKind.Sequence, parameters, computesPadding: true), CPU, new Dropout(1));

        // A parameter that was read as a whole gets its gradient from libtorch.
        var names = parameters.Definitions.Select(definition => definition.Name).Where(parameters.IsTrainable).ToArray();
        var parameterOf = names.ToDictionary(name => name, name => new Parameter(parameters[name].alias()));
        trained = [.. parameterOf.Values];
        optimizer = optim.AdamW(
            names.GroupBy(name => parameters.Groups[name]).Select(group => new AdamW.ParamGroup(
                group.Select(name => parameterOf[name]),
                new AdamW.Options { LearningRate = plan.LearningRate * group.Key.RateFactor, weight_decay = group.Key.WeightDecay })),
            plan.LearningRate);
        batches = Batches(rows).GetEnumerator();
    }

    /// <inheritdoc/>
    public string Name => "FineTune.Build, plain";

    /// <inheritdoc/>
    public double Train(int steps)
    {
        var start = Stopwatch.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            batches.MoveNext();
            optimizer.zero_grad();
            var loss = objective.SummedLoss(batches.Current).div(batches.Current.Length);
            loss.backward();
            nn.utils.clip_grad_norm_(trained, 1);
            optimizer.step();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        batches.Dispose();
        optimizer.Dispose();
        objective.Dispose();
        parameters.Dispose();
    }

    private static IEnumerable<EncodedText[]> Batches(EncodedText[] rows)
    {
        for (var pass = 0; ; pass++)
        {
            var shuffled = rows.ToArray();
            new RandomStream(1, $"order of epoch {pass}").Shuffle<EncodedText>(shuffled);
            foreach (var batch in shuffled.Chunk(SpeedRows.BatchSize))
            {
                yield return batch;
            }
        }
    }
}
