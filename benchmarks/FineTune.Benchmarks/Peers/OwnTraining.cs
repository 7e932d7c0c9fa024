using System.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Models;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using FineTune.Training.Tasks.TextClassification;
using FineTune.Training.Training;
using static TorchSharp.torch;

namespace FineTune.Benchmarks.Peers;

/// <summary>What a build does: the trainer with its batches, flat parameters and optimizer.</summary>
internal sealed class OwnTraining : IContestant
{
    private readonly ParameterSet parameters;
    private readonly AdamW optimizer;
    private readonly ClassificationObjective objective;
    private readonly IEnumerator<TrainingStep> steps;

    public OwnTraining(string name, EncoderConfig config, EncodedText[] rows, Strategy strategy, ScalarType productType)
    {
        Name = name;
        var plan = new TrainingPlan { Name = "Benchmark", BatchSize = SpeedRows.BatchSize, Strategy = strategy };
        parameters = CreateParameters(new Bert(config), plan);
        objective = new ClassificationObjective(new TransformerModel(new Bert(config), HeadKind.Sequence, parameters, productType), CPU, new Dropout(1));
        optimizer = new AdamW(parameters);
        steps = Trainer.Run<IReadOnlyList<EncodedText>>(
            optimizer,
            objective,
            SpeedRows.Batches(rows).Select(batch => new[] { batch }),
            new TrainerSettings(plan.LearningRate, new LearningRateSchedule(Scheduler.Constant, 0, int.MaxValue), plan.MaxGradientNorm)).GetEnumerator();
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Random parameters, in the groups of a plan.</summary>
    public static ParameterSet CreateParameters(Bert architecture, TrainingPlan plan)
    {
        var definitions = architecture.Parameters(HeadKind.Sequence, SpeedRows.LabelCount);
        var parameters = new ParameterSet(definitions, ParameterGroups.Of(plan, definitions.Select(definition => definition.Name), architecture.LayerCount), CPU);
        foreach (var definition in definitions)
        {
            ParameterInitializer.Initialize(parameters, definition, architecture.Config.InitializerRange, seed: 1);
        }

        return parameters;
    }

    /// <inheritdoc/>
    public double Train(int count)
    {
        var start = Stopwatch.GetTimestamp();
        for (var step = 0; step < count; step++)
        {
            steps.MoveNext();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        steps.Dispose();
        optimizer.Dispose();
        objective.Dispose();
        parameters.Dispose();
    }
}
