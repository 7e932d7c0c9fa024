using System.Diagnostics;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FineTune.Runtime.Tokenization;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using FineTune.Training.Training;
using FineTune.Training.Training.Watching;
using TorchSharp;

namespace FineTune.Training.Tasks;

/// <summary>Fine-tunes a base model for a task.</summary>
internal static class TaskTraining
{
    /// <inheritdoc cref="ITrainingTask.Train"/>
    public static TrainedModel Run<TData, TRow>(TrainingTask<TData, TRow> task, TrainingContext context)
        where TRow : EncodedRow
    {
        var (plan, report, cancellation) = (context.Plan, context.Report, context.Cancellation);
        LibTorch.Load();
        var device = TrainingDevice.Of(plan.Device);
        var configFile = Path.Combine(context.BaseModelDirectory, "config.json");
        var architecture = Architectures.Read(configFile);
        var config = architecture.Config;
        RequireVocabulary(context.Tokenizer, config, configFile);

        var maxLength = ChooseLength(plan, task.CutsLongTexts, [.. task.Rows.Train.Select(row => task.CountTokens(context.Tokenizer, row))], config, report);
        TRow[] training = [.. task.Rows.Train.Concat(task.Rows.TrainCopies).SelectMany((row, index) => task.Encode(context.Tokenizer, row, index, maxLength))];
        TRow[] validation = [.. task.Rows.Validation.SelectMany((row, index) => task.Encode(context.Tokenizer, row, index, maxLength))];
        if (training.Length == 0)
        {
            throw new FineTuneException("FT1012", "The base model's tokenizer finds no token in the training texts. Check the data, or take a base model for their language.", plan.Origin);
        }

        var length = TrainingLength.Of(plan, training.Length);
        var productType = TrainingPrecision.Of(plan.Precision, device, config.HiddenSize);
        var definitions = architecture.Parameters(task.Head, task.OutputCount(config));
        using var parameters = new ParameterSet(definitions, ParameterGroups.Of(plan, definitions.Select(definition => definition.Name), architecture.LayerCount), device);
        var memory = new TrainingMemory(plan, architecture, parameters, training, device.type == DeviceType.CPU ? TrainingMemory.Usable : null, task.KeptValuesOfToken(config));
        memory.Require(report);
        PretrainedWeights.Load(parameters, context.BaseModelDirectory, architecture, plan.Seed, report, plan.ReinitializeLayers);

        var reporter = new TrainingReporter(length, plan.BestMetric, context.Progress);
        var dropout = new Dropout(plan.Seed);
        var warnings = new List<Diagnostic>();
        TRow[] fixedTraining = task.TrainsOnFixedTokens ? training : [];
        var evaluatesAsItTrains = productType == torch.ScalarType.Float32;
        using var evaluatedStates = OpenHiddenStates(torch.ScalarType.Float32, evaluatesAsItTrains ? [.. fixedTraining, .. validation] : validation);
        using var trainedStates = evaluatesAsItTrains ? null : OpenHiddenStates(productType, fixedTraining);
        var evaluated = new TransformerModel(architecture, task.Head, parameters, hiddenStates: evaluatedStates);
        var trainedModel = new TransformerModel(
            architecture.With(config.WithDropout(plan.Dropout)), task.Head, parameters, productType, evaluatesAsItTrains ? evaluatedStates : trainedStates, memory.UsesCheckpoints ? new LayerCheckpoints(dropout) : null);
        using var objective = task.CreateObjective(trainedModel, device, dropout, training, warnings.Add);
        using var optimizer = new AdamW(parameters);

        var best = new BestEvaluation(plan.BestMetric, plan.EarlyStopping, plan.MinimumImprovement, parameters);
        var history = new TrainingHistory();

        ITrainingState[] states = [parameters, optimizer, dropout, best, history, reporter, .. objective.States];
        var unfreezing = plan.UnfreezeEvery is { } interval ? new GradualUnfreezing(interval, length.StepsPerEpoch, parameters) : null;
        var stepsBefore = context.Checkpoints.Load(states, report);
        unfreezing?.Unfreeze(stepsBefore);
        if (stepsBefore > 0)
        {
            report(new Diagnostic("FT4019", DiagnosticSeverity.Information, $"The training goes on at step {stepsBefore} of {length.TotalSteps}, where an earlier run was interrupted.", plan.Origin));
        }

        ITrainingObserver[] observers =
        [
            .. unfreezing is null ? Array.Empty<ITrainingObserver>() : [unfreezing],
            reporter,
            history,
            best,
            .. objective.Observers,
            .. TrainingWatches.Create(plan, length, maxLength, device.type == DeviceType.CPU, task.ChanceLoss(training), history, best, report, warnings.Add),
            .. task.CreateWatches(best, warnings.Add),
            new CheckpointObserver(context.Checkpoints, states, plan.CheckpointEvery, length, stepsBefore, report, TimeProvider.System),
            .. context.Onlookers,
        ];

        var settings = new TrainerSettings(plan.LearningRate, LearningRateSchedule.Create(plan.Scheduler, plan.WarmupSteps, length.TotalSteps), plan.MaxGradientNorm);
        var batches = TrainingBatches.From(training, plan, length.StepsPerEpoch, stepsBefore).Take(length.TotalSteps - stepsBefore);
        var steps = Trainer.Run(optimizer, objective, batches, settings, stepsBefore, number => Array.ForEach(observers, observer => observer.OnGradients(number, parameters)));
        reporter.StartTraining();
        int stepsDone;
        try
        {
            stepsDone = TrainingLoop.Run(steps, stepsBefore, IsEvaluationDue, Evaluate, observers, cancellation);
        }
        catch (Exception exception) when (TrainingMemory.IsExhausted(exception))
        {
            throw memory.DoesNotFit(exception);
        }

        reporter.PauseTraining();
        best.Restore();
        optimizer.Dispose(); // the copy of the weights takes its memory
        Allocator.ReturnFreedMemory();
        return new TrainedModel
        {
            Architecture = architecture,
            Weights = task.Finish(parameters.ReadAll()),
            MaxLength = maxLength,
            ValidationOutputs = best.Outputs,
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
                Rows = task.Rows.Train.Count,
                Strategy = plan.Strategy,
                Parts = ModelParts.Of(definitions.Select(definition => (definition.Name, definition.Count)), name => parameters.Groups[name], parameters.IsTrainable),
                History = history.Points,
                Warnings = warnings,
                TrainableParameters = parameters.TrainableCount,
                Parameters = parameters.Count,
            },
        };

        // A training that does not see every row would compute more than it needs.
        HiddenStates? OpenHiddenStates(torch.ScalarType products, IReadOnlyList<EncodedRow> rows) => context.HiddenStates is { } store && length.TotalSteps >= length.StepsPerEpoch
            ? new HiddenStatesCache(store, parameters, configFile, message => context.Progress(new TrainingProgress { Message = message, Fraction = 0, Step = 0, TotalSteps = length.TotalSteps, Epoch = 0 }), report, cancellation)
                .Open(new TransformerModel(architecture, task.Head, parameters, products), rows)
            : null;

        bool IsEvaluationDue(int steps)
            => steps > history.LastStep && (steps == length.TotalSteps || plan.EvaluateEvery.EndsWith(steps, length.StepsPerEpoch));

        // What ships computes with 32-bit floats, whatever the training's products are.
        TrainingEvaluation Evaluate(int steps)
        {
            reporter.PauseTraining();
            var outputs = RowOutputs.Join(task.Rows.Validation.Count, validation, RowOutputs.Compute(evaluated, device, validation, plan.EvaluationBatchSize, task.SelectOutputs, cancellation));
            reporter.StartTraining();
            return new TrainingEvaluation(steps, length.EpochOf(steps), task.Measure(outputs), outputs);
        }
    }

    private static int ChooseLength(TrainingPlan plan, bool cutsLongTexts, IReadOnlyList<int> tokenCounts, EncoderConfig config, Action<Diagnostic> report)
    {
        if (plan.MaxLength > config.MaxPositions)
        {
            report(new Diagnostic("FT1091", DiagnosticSeverity.Warning, $"MaxLength {plan.MaxLength} is more than the base model's limit; {config.MaxPositions} is used.", plan.Origin));
        }

        var maxLength = plan.MaxLength is { } asked ? Math.Min(asked, config.MaxPositions) : TextLengths.FromData(tokenCounts, config.MaxPositions);
        if (cutsLongTexts)
        {
            TextLengths.ReportTruncation(tokenCounts, maxLength, "training", plan.Origin, report);
        }

        return maxLength;
    }

    private static void RequireVocabulary(TextTokenizer tokenizer, EncoderConfig config, string configFile)
    {
        if (tokenizer.VocabularySize > config.VocabularySize)
        {
            throw new FineTuneException("FT2028", $"The tokenizer knows {tokenizer.VocabularySize} tokens, the model only {config.VocabularySize} (key 'vocab_size'). Use the tokenizer's files and the weights of the same model.", new SourceLocation(configFile));
        }
    }
}
