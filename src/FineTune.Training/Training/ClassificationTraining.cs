using System.Diagnostics;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;

namespace FineTune.Training.Training;

/// <summary>Fine-tunes a base model to tell the label of a text.</summary>
internal static class ClassificationTraining
{
    /// <summary>Trains, evaluates after each epoch, and returns the weights of the best one.</summary>
    /// <param name="plan">The resolved options.</param>
    /// <param name="baseModelDirectory">The base model's folder.</param>
    /// <param name="data">The rows.</param>
    /// <param name="tokenizer">The base model's tokenizer.</param>
    /// <param name="progress">Receives progress, a few times per second at most.</param>
    /// <param name="report">Receives warnings and remarks.</param>
    /// <param name="cancellation">Cancels between two steps.</param>
    /// <exception cref="FineTuneException">The base model does not fit (FT20xx), libtorch is missing (FT30xx), or training failed (FT40xx).</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public static TrainedModel Run(TrainingPlan plan, string baseModelDirectory, ClassificationData data, TextTokenizer tokenizer, Action<TrainingProgress> progress, Action<Diagnostic> report, CancellationToken cancellation)
    {
        LibTorch.Load();
        var device = TrainingDevice.Of(plan.Device);
        var configFile = Path.Combine(baseModelDirectory, "config.json");
        var config = BertConfig.Read(configFile);
        RequireVocabulary(tokenizer, config, configFile);

        var maxLength = Encode(plan, data, tokenizer, config, report, out var training, out var validation);
        var definitions = Bert.ForClassification(config, data.Labels.Count);
        using var parameters = new ParameterSet(definitions, ParameterGroups.Of(plan, definitions.Select(definition => definition.Name), config.LayerCount), device);
        PretrainedWeights.Load(parameters, baseModelDirectory, config, plan.Seed, report);

        var model = new Bert(WithDropout(config, plan.Dropout), parameters);
        using var objective = new ClassificationObjective(
            model,
            config,
            device,
            new Dropout(plan.Seed),
            plan.LabelSmoothing,
            plan.ClassWeights == ClassWeights.Balanced ? ClassificationObjective.BalancedWeights(training, data.Labels.Count) : null);

        var stepsPerEpoch = DivideUp(DivideUp(training.Count, plan.BatchSize), plan.GradientAccumulation);
        var totalSteps = Math.Max(1, (int)Math.Min(Math.Ceiling(plan.Epochs * stepsPerEpoch), plan.MaxSteps ?? int.MaxValue));
        var settings = new TrainerSettings(plan.LearningRate, LearningRateSchedule.Create(plan.Scheduler, plan.WarmupSteps, totalSteps), plan.MaxGradientNorm);
        var reporter = new TrainingReporter(totalSteps, stepsPerEpoch, plan.Epochs, progress);
        var best = new BestEpoch(plan.BestMetric, plan.EarlyStopping);
        int[] expected = [.. validation.Select(row => row.Label)];
        var clock = Stopwatch.StartNew();
        var stepsDone = 0;

        reporter.StartTraining();
        foreach (var step in Trainer.Run(parameters, objective, Steps(training, plan).Take(totalSteps), settings))
        {
            cancellation.ThrowIfCancellationRequested();
            stepsDone = step.Number;
            reporter.Add(step);
            if (step.Number % stepsPerEpoch != 0 && step.Number != totalSteps)
            {
                continue;
            }

            reporter.PauseTraining();
            var logits = ClassifierPrediction.Logits(model, config, device, validation, plan.EvaluationBatchSize, cancellation);
            var metrics = ClassificationEvaluation.Compute(expected, logits, data.Labels, intervals: false).Metrics;
            reporter.AddEvaluation(step.Number, metrics);
            best.Add((double)step.Number / stepsPerEpoch, metrics, logits, parameters);
            if (best.IsPatienceOver)
            {
                break;
            }

            reporter.StartTraining();
        }

        best.Restore(parameters);
        return new TrainedModel
        {
            Config = config,
            Weights = parameters.ReadAll(),
            MaxLength = maxLength,
            EvaluationLogits = best.Logits,
            Summary = new TrainingSummary
            {
                Seconds = clock.Elapsed.TotalSeconds,
                SamplesPerSecond = reporter.Items / reporter.TrainingTime.TotalSeconds,
                Steps = stepsDone,
                Epochs = (double)stepsDone / stepsPerEpoch,
                BestEpoch = best.Epoch,
                PeakMemoryBytes = Process.GetCurrentProcess().PeakWorkingSet64,
                Device = device.ToString(),
                Precision = "float32",
                Rows = data.Train.Count,
                TrainableParameters = parameters.TrainableCount,
                Parameters = parameters.Count,
            },
        };
    }

    /// <summary>Endless passes over the rows; each step has the batches whose gradients are summed.</summary>
    private static IEnumerable<IReadOnlyList<IReadOnlyList<EncodedText>>> Steps(IReadOnlyList<EncodedText> rows, TrainingPlan plan)
    {
        int[] lengths = [.. rows.Select(row => row.Tokens.Length)];
        for (var epoch = 0; ; epoch++)
        {
            foreach (var batches in EpochOrder.Batches(lengths, plan.BatchSize, plan.Seed, epoch).Chunk(plan.GradientAccumulation))
            {
                yield return [.. batches.Select(batch => batch.Select(row => rows[row]).ToArray())];
            }
        }
    }

    private static int Encode(TrainingPlan plan, ClassificationData data, TextTokenizer tokenizer, BertConfig config, Action<Diagnostic> report, out IReadOnlyList<EncodedText> training, out IReadOnlyList<EncodedText> validation)
    {
        int[] trainingCounts = [.. data.Train.Select(row => tokenizer.CountTokens(row.Text))];
        if (plan.MaxLength > config.MaxPositions)
        {
            report(new Diagnostic("FT1091", DiagnosticSeverity.Warning, $"MaxLength {plan.MaxLength} is more than the base model's limit; {config.MaxPositions} is used.", plan.Origin));
        }

        var maxLength = plan.MaxLength is { } asked ? Math.Min(asked, config.MaxPositions) : TextLengths.FromData(trainingCounts, config.MaxPositions);
        TextLengths.ReportTruncation(trainingCounts, maxLength, "training", plan.Origin, report);
        training = EncodeRows([.. data.Train, .. data.TrainCopies], tokenizer, maxLength);
        validation = EncodeRows(data.Validation, tokenizer, maxLength);
        return maxLength;
    }

    private static EncodedText[] EncodeRows(IReadOnlyList<LabelledText> rows, TextTokenizer tokenizer, int maxLength)
        => [.. rows.Select(row => new EncodedText(tokenizer.Encode(row.Text, maxLength), row.Label))];

    private static void RequireVocabulary(TextTokenizer tokenizer, BertConfig config, string configFile)
    {
        if (tokenizer.VocabularySize > config.VocabularySize)
        {
            throw new FineTuneException("FT2028", $"The tokenizer knows {tokenizer.VocabularySize} tokens, the model only {config.VocabularySize} (key 'vocab_size'). Use the tokenizer's files and the weights of the same model.", new SourceLocation(configFile));
        }
    }

    private static BertConfig WithDropout(BertConfig config, double? dropout)
        => dropout is { } probability ? config with { HiddenDropout = probability, AttentionDropout = probability, ClassifierDropout = probability } : config;

    private static int DivideUp(int count, int size) => (count + size - 1) / size;
}
