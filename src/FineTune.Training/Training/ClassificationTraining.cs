using System.Diagnostics;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Data;
using FineTune.Training.Evaluation;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using FineTune.Training.Training.Watching;
using TorchSharp;

namespace FineTune.Training.Training;

/// <summary>Fine-tunes a base model to tell the label of a text.</summary>
internal static class ClassificationTraining
{
    /// <summary>Trains, evaluates now and then, and returns the weights of the best evaluation. A training that was interrupted goes on where its last checkpoint was.</summary>
    /// <param name="plan">The resolved options.</param>
    /// <param name="baseModelDirectory">The base model's folder.</param>
    /// <param name="data">The rows.</param>
    /// <param name="tokenizer">The base model's tokenizer.</param>
    /// <param name="checkpoints">The checkpoints of this training.</param>
    /// <param name="progress">Receives progress, a few times per second at most.</param>
    /// <param name="report">Receives warnings and remarks.</param>
    /// <param name="cancellation">Cancels between two steps.</param>
    /// <param name="onlookers">Observers beside those that every training has.</param>
    /// <exception cref="FineTuneException">The base model does not fit (FT20xx), libtorch is missing (FT30xx), or training failed (FT40xx).</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public static TrainedModel Run(
        TrainingPlan plan, string baseModelDirectory, ClassificationData data, TextTokenizer tokenizer, CheckpointFolder checkpoints, Action<TrainingProgress> progress, Action<Diagnostic> report, CancellationToken cancellation, params IReadOnlyList<ITrainingObserver> onlookers)
    {
        RequireLabelOfBestMetric(plan, data.Labels);
        LibTorch.Load();
        var device = TrainingDevice.Of(plan.Device);
        var configFile = Path.Combine(baseModelDirectory, "config.json");
        var architecture = Architectures.Read(configFile);
        var config = architecture.Config;
        RequireVocabulary(tokenizer, config, configFile);

        var maxLength = Encode(plan, data, tokenizer, config, report, out var training, out var validation);
        var length = TrainingLength.Of(plan, training.Count);
        var productType = TrainingPrecision.Of(plan.Precision, device);
        var definitions = architecture.Parameters(HeadKind.Sequence, data.Labels.Count);
        using var parameters = new ParameterSet(definitions, ParameterGroups.Of(plan, definitions.Select(definition => definition.Name), architecture.LayerCount), device);
        var memory = new TrainingMemory(plan, architecture, parameters, training);
        if (device.type == DeviceType.CPU)
        {
            memory.Require(TrainingMemory.Usable);
        }

        PretrainedWeights.Load(parameters, baseModelDirectory, architecture, plan.Seed, report, plan.ReinitializeLayers);

        var dropout = new Dropout(plan.Seed);
        var classWeights = plan.ClassWeights == ClassWeights.Balanced ? ClassificationObjective.BalancedWeights(training, data.Labels.Count) : null;
        var warnings = new List<Diagnostic>();
        var labelErrors = new LabelErrorWatch(data.Train, data.Labels, warnings.Add);
        var trainedModel = new TransformerModel(architecture.With(config.WithDropout(plan.Dropout)), HeadKind.Sequence, parameters, productType);
        using var objective = new ClassificationObjective(trainedModel, device, dropout, plan.LabelSmoothing, classWeights, labelErrors.Add);
        using var optimizer = new AdamW(parameters);

        int[] expected = [.. validation.Select(row => row.Label)];
        var best = new BestEvaluation(plan.BestMetric, plan.EarlyStopping, plan.MinimumImprovement, parameters);
        var history = new TrainingHistory();
        var reporter = new TrainingReporter(length, plan.BestMetric, progress);

        ITrainingState[] states = [parameters, optimizer, dropout, best, history, reporter, labelErrors];
        var unfreezing = plan.UnfreezeEvery is { } interval ? new GradualUnfreezing(interval, length.StepsPerEpoch, parameters) : null;
        var stepsBefore = checkpoints.Load(states, report);
        unfreezing?.Unfreeze(stepsBefore);
        if (stepsBefore > 0)
        {
            report(new Diagnostic("FT4019", DiagnosticSeverity.Information, $"The training goes on at step {stepsBefore} of {length.TotalSteps}, where an earlier run was interrupted.", plan.Origin));
        }

        var chanceLoss = ClassificationObjective.ChanceLoss([.. Enumerable.Range(0, data.Labels.Count).Select(label => training.Count(row => row.Label == label))], plan.LabelSmoothing, classWeights);
        ITrainingObserver[] observers =
        [
            .. unfreezing is null ? Array.Empty<ITrainingObserver>() : [unfreezing],
            reporter,
            history,
            best,
            labelErrors,
            .. TrainingWatches.Create(plan, length, maxLength, device.type == DeviceType.CPU, chanceLoss, data.Labels, expected, history, best, report, warnings.Add),
            new CheckpointObserver(checkpoints, states, plan.CheckpointEvery, length, stepsBefore, report, TimeProvider.System),
            .. onlookers,
        ];

        var settings = new TrainerSettings(plan.LearningRate, LearningRateSchedule.Create(plan.Scheduler, plan.WarmupSteps, length.TotalSteps), plan.MaxGradientNorm);
        var batches = TrainingBatches.From(training, plan, length.StepsPerEpoch, stepsBefore).Take(length.TotalSteps - stepsBefore);
        var steps = Trainer.Run(optimizer, objective, batches, settings, stepsBefore, number => Array.ForEach(observers, observer => observer.OnGradients(number, parameters)));
        var evaluated = new TransformerModel(architecture, HeadKind.Sequence, parameters);

        reporter.StartTraining();
        int stepsDone;
        try
        {
            stepsDone = TrainingLoop.Run(steps, stepsBefore, IsEvaluationDue, Evaluate, observers, cancellation);
        }
        catch (Exception exception) when (TrainingMemory.IsExhausted(exception))
        {
            throw memory.DoesNotFit(usable: null, exception);
        }

        reporter.PauseTraining();
        best.Restore();
        return new TrainedModel
        {
            Architecture = architecture,
            Weights = parameters.ReadAll(),
            MaxLength = maxLength,
            EvaluationLogits = best.Logits,
            Summary = new TrainingSummary
            {
                Seconds = reporter.TotalTime.TotalSeconds,
                SamplesPerSecond = reporter.Items / reporter.TrainingTime.TotalSeconds,
                Steps = stepsDone,
                Epochs = length.EpochOf(stepsDone),
                BestEpoch = best.Epoch,
                PeakMemoryBytes = Process.GetCurrentProcess().PeakWorkingSet64,
                Device = device.ToString(),
                Precision = productType == torch.ScalarType.BFloat16 ? "bfloat16" : "float32",
                Rows = data.Train.Count,
                Strategy = plan.Strategy,
                Parts = ModelParts.Of(definitions.Select(definition => (definition.Name, definition.Count)), name => parameters.Groups[name], parameters.IsTrainable),
                History = history.Points,
                Warnings = warnings,
                TrainableParameters = parameters.TrainableCount,
                Parameters = parameters.Count,
            },
        };

        bool IsEvaluationDue(int steps)
            => steps > history.LastStep && (steps == length.TotalSteps || plan.EvaluateEvery.EndsWith(steps, length.StepsPerEpoch));

        // What ships computes with 32-bit floats, whatever the training's products are.
        TrainingEvaluation Evaluate(int steps)
        {
            reporter.PauseTraining();
            var logits = ClassifierPrediction.Logits(evaluated, device, validation, plan.EvaluationBatchSize, cancellation);
            reporter.StartTraining();
            return new TrainingEvaluation(steps, length.EpochOf(steps), ClassificationEvaluation.Compute(expected, logits, data.Labels, intervals: false).Metrics, logits);
        }
    }

    private static int Encode(TrainingPlan plan, ClassificationData data, TextTokenizer tokenizer, EncoderConfig config, Action<Diagnostic> report, out IReadOnlyList<EncodedText> training, out IReadOnlyList<EncodedText> validation)
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
        => [.. rows.Select((row, index) => new EncodedText(tokenizer.Encode(row.Text, maxLength), row.Label, index))];

    private static void RequireVocabulary(TextTokenizer tokenizer, EncoderConfig config, string configFile)
    {
        if (tokenizer.VocabularySize > config.VocabularySize)
        {
            throw new FineTuneException("FT2028", $"The tokenizer knows {tokenizer.VocabularySize} tokens, the model only {config.VocabularySize} (key 'vocab_size'). Use the tokenizer's files and the weights of the same model.", new SourceLocation(configFile));
        }
    }

    /// <summary>A metric of a label that does not exist would only be missed at the first evaluation.</summary>
    private static void RequireLabelOfBestMetric(TrainingPlan plan, IReadOnlyList<string> labels)
    {
        var bracket = plan.BestMetric.IndexOf('[', StringComparison.Ordinal);
        if (bracket > 0 && plan.BestMetric[(bracket + 1)..^1] is var label && !labels.Contains(label))
        {
            throw new FineTuneException("FT4002", $"BestMetric '{plan.BestMetric}' names a label that the data do not have. The labels are {NearestName.List([.. labels])}.{NearestName.Hint(label, labels)}", plan.Origin);
        }
    }
}
