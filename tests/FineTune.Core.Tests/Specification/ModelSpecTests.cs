using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

public sealed class ModelSpecTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Diagnostic> _reported = [];

    public ModelSpecTests() => _folder.Write("train.csv");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Training_data_alone_is_a_complete_specification()
    {
        var plan = Resolve();

        Assert.Equal("Topic", plan.Name);
        Assert.Equal([new DataFile("train.csv", _folder.At("train.csv"))], plan.TrainData);
        Assert.Equal("builtin:tiny", plan.BaseModel);
        Assert.Equal(5e-5, plan.LearningRate);
        Assert.Equal(new SourceLocation("app.csproj", 3, 5), plan.Origin);
        Assert.Empty(_reported);
    }

    [Fact]
    public void Values_of_every_kind_are_read()
    {
        var plan = Resolve(
            ("--learning-rate", "2e-4"), ("batchSize", "8"), ("Strategy", "llrd"), ("LayerDecay", "0.8"), ("maxSteps", "100"), ("Labels", " no ; yes;"),
            ("Scheduler", "constant_with_warmup"), ("BestMetric", "F1.Macro"), ("Device", "cuda:1"), ("Require", "accuracy >= 90%"), ("TextColumn", "body"), ("Epochs", "0.5"));

        Assert.Equal((2e-4, 8, Strategy.LayerwiseDecay, 0.8, 100), (plan.LearningRate, plan.BatchSize, plan.Strategy, plan.LayerDecay, plan.MaxSteps));
        Assert.Equal(["no", "yes"], plan.Labels);
        Assert.Equal((Scheduler.Constant, "f1.macro", "Cuda:1", "accuracy >= 90%", "body", 0.5), (plan.Scheduler, plan.BestMetric, plan.Device, plan.Require, plan.TextColumn, plan.Epochs));
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture_of_the_machine()
    {
        var before = CultureInfo.CurrentCulture;
        var german = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        german.NumberFormat.NumberDecimalSeparator = ",";
        german.NumberFormat.NumberGroupSeparator = ".";
        CultureInfo.CurrentCulture = german;
        try
        {
            Assert.Equal(0.25, Resolve(("ValidationSplit", "0.25")).ValidationSplit);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void An_empty_value_is_as_good_as_none() => Assert.Equal(3, Resolve(("Epochs", " ")).Epochs);

    [Theory]
    [InlineData("Epochs", "many", "FT0003", "such as 3")]
    [InlineData("Epochs", "0,5", "FT0003", "point")]
    [InlineData("BatchSize", "1.5", "FT0003", "whole number")]
    [InlineData("Epochs", "NaN", "FT0003", "number")]
    [InlineData("Epochs", "0", "FT0004", "greater than 0 and at most 10000")]
    [InlineData("BatchSize", "0", "FT0004", "at least 1")]
    [InlineData("MaxSteps", "99999999999", "FT0004", "at most 2147483647")]
    [InlineData("Dropout", "1", "FT0004", "less than 1")]
    [InlineData("LearningRate", "-1", "FT0004", "greater than 0")]
    [InlineData("WarmupSteps", "1.5", "FT0003", "whole number of steps or a share")]
    [InlineData("Strategy", "Frosen", "FT0005", "Did you mean Frozen? It can be Full, Frozen, LayerwiseDecay.")]
    [InlineData("Strategy", "2", "FT0005", "It can be Full, Frozen, LayerwiseDecay.")]
    [InlineData("Task", "Chat", "FT0005", "TextClassification")]
    [InlineData("BestMetric", "acuracy", "FT0005", "Did you mean accuracy?")]
    [InlineData("Device", "gpu", "FT0005", "Cuda:1")]
    [InlineData("BaseModel", "hf:org/name", "FT0014", "builtin:tiny")]
    [InlineData("BaseModel", "package:Contoso.Sst/newest", "FT0003", "is not a range of versions")]
    [InlineData("Labels", "one", "FT0003", "two")]
    [InlineData("Labels", "a;b;a", "FT0003", "'a' twice")]
    [InlineData("Require", "accuracy > > 1", "FT0012", "column 12")]
    [InlineData("Warn", "accuracy", "FT0012", "expected >=")]
    [InlineData("ClassName", "class", "FT0008", "class")]
    [InlineData("Namespace", "A..B", "FT0008", "namespace")]
    [InlineData("LayerDecay", "0.9", "FT0007", "Set Strategy to LayerwiseDecay")]
    [InlineData("TrainableLayers", "1", "FT0007", "Set Strategy to Frozen")]
    [InlineData("TrainableEmbeddings", "true", "FT0007", "Set Strategy to Frozen")]
    [InlineData("UnfreezeEvery", "1 epoch", "FT0007", "Set Strategy to Frozen")]
    [InlineData("MinimumImprovement", "0.01", "FT0007", "Set EarlyStopping")]
    [InlineData("EvaluateEvery", "200", "FT0003", "with its unit (steps, epochs)")]
    [InlineData("EvaluateEvery", "10 minutes", "FT0003", "steps, epochs")]
    [InlineData("EvaluateEvery", "1.5 steps", "FT0004", "whole number of steps")]
    [InlineData("EvaluateEvery", "0 epochs", "FT0004", "greater than 0")]
    [InlineData("CheckpointEvery", "often", "FT0003", "minutes")]
    [InlineData("Precision", "Float16", "FT0005", "BFloat16")]
    [InlineData("ReinitializeLayers", "-1", "FT0004", "at least 0")]
    [InlineData("BestMetric", "f1[]", "FT0005", "f1[refund]")]
    [InlineData("Augment", "swap", "FT0003", "'swap' is not")]
    [InlineData("Augment", "swap:often", "FT0003", "such as swap:0.1")]
    [InlineData("Augment", "swap:0.1:0.2", "FT0003", "'swap:0.1:0.2' is not")]
    [InlineData("Augment", "swap:NaN", "FT0003", "'swap:NaN' is not")]
    [InlineData("Augment", "swap:0", "FT0004", "greater than 0 and less than 1; '0' is not")]
    [InlineData("Augment", "swap:1", "FT0004", "greater than 0 and less than 1")]
    [InlineData("Augment", "swop:0.1", "FT0005", "Did you mean swap? It can be synonym, swap, delete, case, typo.")]
    [InlineData("Augment", "1:0.1", "FT0005", "no operation '1'")]
    [InlineData("Augment", "swap:0.1, Swap:0.2", "FT0007", "'swap' twice")]
    [InlineData("Augment", "synonym:0.1", "FT0007", "Name it with Synonyms")]
    [InlineData("AugmentCopies", "2", "FT0007", "Set Augment")]
    [InlineData("Synonyms", "train.csv", "FT0007", "Add synonym:0.1 to Augment")]
    [InlineData("LerningRate", "1", "FT0002", "Did you mean LearningRate?")]
    [InlineData("Qxv", "1", "FT0002", "The options are")]
    public void A_mistake_has_a_code_a_place_and_a_way_out(string name, string value, string code, string message)
    {
        var mistake = Assert.Single(Mistakes((name, value)));

        Assert.Equal(code, mistake.Code);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(DiagnosticSeverity.Error, mistake.Severity);
        Assert.Equal(new SourceLocation("app.csproj", 3, 5), mistake.Location);
    }

    [Fact]
    public void All_mistakes_are_reported_together() =>
        Assert.Equal(["FT0002", "FT0004", "FT0003", "FT0001"], Mistakes(("TrainData", ""), ("Epochs", "x"), ("BatchSize", "0"), ("Colour", "red")).Select(mistake => mistake.Code).OrderBy(code => Array.IndexOf(["FT0002", "FT0004", "FT0003", "FT0001"], code)));

    [Theory]
    [InlineData("")]
    [InlineData("2Fast")]
    [InlineData("my model")]
    [InlineData("a/b")]
    [InlineData("class")]
    public void A_name_that_code_cannot_have_is_refused(string name)
    {
        var exception = Assert.Throws<FineTuneException>(() => Spec() with { Name = name } is var spec ? spec.Resolve() : null);

        Assert.Equal("FT0008", exception.Code);
    }

    [Fact]
    public void A_name_of_another_tool_is_understood_and_ours_is_named()
    {
        Assert.Equal(8, Resolve(("num_train_epochs", "8")).Epochs);

        var remark = Assert.Single(_reported);
        Assert.Equal(("FT0010", DiagnosticSeverity.Information), (remark.Code, remark.Severity));
        Assert.Contains("Epochs", remark.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logging_dir")]
    [InlineData("output_dir")]
    [InlineData("--save_total_limit")]
    [InlineData("bf16")]
    public void An_option_of_another_tool_without_meaning_here_is_ignored_with_a_remark(string name)
    {
        Resolve((name, "./logs"));

        Assert.Equal("FT0011", Assert.Single(_reported).Code);
    }

    [Fact]
    public void The_names_of_Hugging_Faces_trainer_make_a_plan()
    {
        var plan = Resolve(
            ("output_dir", "./results"), ("num_train_epochs", "4"), ("per_device_train_batch_size", "8"), ("per_device_eval_batch_size", "32"), ("warmup_steps", "500"), ("weight_decay", "0.05"),
            ("learning_rate", "2e-5"), ("logging_dir", "./logs"), ("eval_strategy", "steps"), ("eval_steps", "250"), ("save_steps", "500"), ("early_stopping_patience", "3"),
            ("early_stopping_threshold", "0.01"), ("metric_for_best_model", "eval_loss"), ("load_best_model_at_end", "true"), ("max_grad_norm", "0.5"), ("lr_scheduler_type", "cosine"));

        Assert.Equal((4, 8, 32, 500, 0.05, 2e-5), (plan.Epochs, plan.BatchSize, plan.EvaluationBatchSize, plan.WarmupSteps, plan.WeightDecay, plan.LearningRate));
        Assert.Equal((new TrainingInterval(250, IntervalUnit.Step), new TrainingInterval(500, IntervalUnit.Step)), (plan.EvaluateEvery, plan.CheckpointEvery));
        Assert.Equal((3, 0.01, "loss", 0.5, Scheduler.Cosine), (plan.EarlyStopping, plan.MinimumImprovement, plan.BestMetric, plan.MaxGradientNorm, plan.Scheduler));
        Assert.Equal(4, _reported.Count(remark => remark.Code == "FT0011"));
        Assert.Equal(13, _reported.Count(remark => remark.Code == "FT0010"));
    }

    [Theory]
    [InlineData("200 steps", 200, IntervalUnit.Step)]
    [InlineData("1 step", 1, IntervalUnit.Step)]
    [InlineData("0.5 Epochs", 0.5, IntervalUnit.Epoch)]
    [InlineData("2epoch", 2, IntervalUnit.Epoch)]
    public void An_interval_is_a_number_with_its_unit(string text, double count, IntervalUnit unit) =>
        Assert.Equal(new TrainingInterval(count, unit), Resolve(("EvaluateEvery", text)).EvaluateEvery);

    [Theory]
    [InlineData("ner", FineTuneTask.TokenClassification)]
    [InlineData("multi_label_classification", FineTuneTask.MultiLabelClassification)]
    [InlineData("fill-mask", FineTuneTask.MaskedLanguageModeling)]
    [InlineData("regression", FineTuneTask.TextRegression)]
    public void A_task_has_the_names_of_Hugging_Face_too(string name, FineTuneTask task) => Assert.Equal(task, Resolve(("Task", name)).Task);

    [Theory]
    [InlineData(FineTuneTask.TextClassification, "accuracy")]
    [InlineData(FineTuneTask.MultiLabelClassification, "f1.micro")]
    [InlineData(FineTuneTask.TextRegression, "rmse")]
    [InlineData(FineTuneTask.TokenClassification, "f1")]
    [InlineData(FineTuneTask.MaskedLanguageModeling, "loss")]
    public void Each_task_has_a_metric_that_chooses_the_best_evaluation(FineTuneTask task, string metric)
    {
        Assert.Equal(metric, Resolve(("Task", task.ToString())).BestMetric);
        Assert.Contains(metric, TaskMetrics.Of(task).Names);
    }

    [Theory]
    [InlineData("TextClassification", "f1", "f1.macro")]
    [InlineData("TextClassification", "eval_Accuracy", "accuracy")]
    [InlineData("MultiLabelClassification", "f1", "f1.micro")]
    [InlineData("MultiLabelClassification", "accuracy", "exact_match")]
    [InlineData("MultiLabelClassification", "F1[Urgent]", "f1[Urgent]")]
    [InlineData("TextRegression", "eval_pearsonr", "pearson")]
    [InlineData("TokenClassification", "eval_overall_f1", "f1")]
    [InlineData("TokenClassification", "recall[PER]", "recall[PER]")]
    [InlineData("MaskedLanguageModeling", "perplexity", "perplexity")]
    public void The_best_metric_is_one_of_the_task(string task, string metric, string expected) => Assert.Equal(expected, Resolve(("Task", task), ("BestMetric", metric)).BestMetric);

    [Theory]
    [InlineData("TextRegression", "accuracy", "It can be rmse, mse")]
    [InlineData("TextRegression", "f1[good]", "It can be rmse, mse")]
    [InlineData("TextRegression", "pearsen", "Did you mean pearson?")]
    [InlineData("TokenClassification", "f1.micro", "or that of a label, such as f1[PER]")]
    [InlineData("MaskedLanguageModeling", "perplexty", "Did you mean perplexity?")]
    public void A_best_metric_of_another_task_is_refused_with_those_that_there_are(string task, string metric, string message)
    {
        var mistake = Assert.Single(Mistakes(("Task", task), ("BestMetric", metric)));

        Assert.Equal("FT0005", mistake.Code);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TextClassification", "accuracy >= 0.9; gain.f1.macro >= 0.05; f1[x y] > 0; size.mb <= 20; loss < 1")]
    [InlineData("MultiLabelClassification", "exact_match > 0; f1.weighted > 0; hamming < 0.1; recall[spam] > 0.5")]
    [InlineData("TextClassification", "quantization.accuracy >= -0.005; quantization.f1.macro >= -1%")]
    [InlineData("TextRegression", "rmse <= 0.5; spearman >= 0.8; r2 > 0; gain.rmse > 0")]
    [InlineData("TokenClassification", "f1 >= 0.8; f1.strict >= 0.8; precision[PER] > 0.5; accuracy > 0.9")]
    [InlineData("MaskedLanguageModeling", "perplexity <= 10; accuracy > 0.5")]
    public void Conditions_name_metrics_of_the_task(string task, string require) => Assert.Equal(require, Resolve(("Task", task), ("Require", require), ("Warn", require)).Require);

    [Theory]
    [InlineData("TextClassification", "acuracy >= 0.9", "Did you mean accuracy?")]
    [InlineData("TextClassification", "gain.acuracy >= 0.9", "Did you mean gain.accuracy?")]
    [InlineData("TextClassification", "quantization.rmse > 0", "which TextClassification does not have")]
    [InlineData("TextClassification", "gain.loss > 0", "which TextClassification does not have")]
    [InlineData("TextClassification", "gain.recall.macro > 0", "which TextClassification does not have")]
    [InlineData("TokenClassification", "gain.f1[PER] > 0", "which TokenClassification does not have")]
    [InlineData("MultiLabelClassification", "accuracy >= 0.9", "Did you mean exact_match?")]
    [InlineData("TextRegression", "accuracy >= 0.9", "It can be rmse")]
    [InlineData("TextRegression", "f1[good] >= 0.9", "which TextRegression does not have")]
    [InlineData("TokenClassification", "f1.micro >= 0.9", "'f1.micro'")]
    [InlineData("MaskedLanguageModeling", "perplexiti <= 9", "Did you mean perplexity?")]
    public void A_condition_on_a_metric_that_is_never_measured_fails_before_the_training(string task, string condition, string message)
    {
        foreach (var option in new[] { "Require", "Warn" })
        {
            var mistake = Assert.Single(Mistakes(("Task", task), (option, condition)));

            Assert.Equal("FT0018", mistake.Code);
            Assert.StartsWith($"{option} names the metric", mistake.Message, StringComparison.Ordinal);
            Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_label_of_a_condition_is_one_of_the_labels()
    {
        Assert.Contains("not among Labels. Did you mean refund?", Assert.Single(Mistakes(("Require", "f1[refnd] > 0"), ("Labels", "refund;order"))).Message, StringComparison.Ordinal);
        Assert.Contains("not among LabelColumns. Did you mean toxic?", Assert.Single(Mistakes(("Task", "MultiLabelClassification"), ("Require", "f1[toxc] > 0"), ("LabelColumns", "toxic;insult"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TextClassification", "MaskingRate", "0.2", "set Task to MaskedLanguageModeling.")]
    [InlineData("TextClassification", "LabelColumns", "a;b", "set Task to MultiLabelClassification.")]
    [InlineData("TextClassification", "TagScheme", "BIO", "set Task to TokenClassification.")]
    [InlineData("TextRegression", "ClassWeights", "Balanced", "set Task to TextClassification, MultiLabelClassification or TokenClassification.")]
    [InlineData("TextRegression", "Labels", "a;b", "Remove Labels")]
    [InlineData("TextRegression", "LabelSmoothing", "0.1", "Remove LabelSmoothing")]
    [InlineData("TokenClassification", "TextPairColumn", "other", "Remove TextPairColumn")]
    [InlineData("MaskedLanguageModeling", "Labels", "a;b", "Remove Labels")]
    [InlineData("MaskedLanguageModeling", "LabelColumn", "label", "Remove LabelColumn")]
    [InlineData("MaskedLanguageModeling", "Augment", "swap:0.1", "Remove Augment")]
    public void An_option_of_another_task_is_a_contradiction(string task, string option, string value, string message)
    {
        var mistake = Assert.Single(Mistakes(("Task", task), (option, value)));

        Assert.Equal("FT0007", mistake.Code);
        Assert.StartsWith($"{option} has no effect with Task {task}.", mistake.Message, StringComparison.Ordinal);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LabelColumn", "label")]
    [InlineData("LabelSeparator", ",")]
    [InlineData("Labels", "a;b")]
    public void Columns_of_labels_say_all_about_the_labels(string option, string value)
    {
        var mistake = Assert.Single(Mistakes(("Task", "MultiLabelClassification"), ("LabelColumns", "a;b"), (option, value)));

        Assert.Equal("FT0007", mistake.Code);
        Assert.Contains("beside LabelColumns", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LabelColumns", "a;a", "MultiLabelClassification", "'a' twice")]
    [InlineData("Labels", "B-PER;I-PER", "TokenClassification", "'B-PER' is a tag")]
    [InlineData("Labels", "PER;O", "TokenClassification", "'O' is a tag")]
    public void Labels_of_a_task_have_their_form(string option, string value, string task, string message)
    {
        var mistake = Assert.Single(Mistakes(("Task", task), (option, value)));

        Assert.Equal("FT0003", mistake.Code);
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TokenClassification", "PER")]
    [InlineData("MultiLabelClassification", "urgent")]
    public void One_label_is_enough_where_it_may_be_absent(string task, string label) => Assert.Equal([label], Resolve(("Task", task), ("Labels", label)).Labels);

    [Theory]
    [InlineData("TokenClassification", "train.conll")]
    [InlineData("TokenClassification", "train.iob")]
    [InlineData("TokenClassification", "train.BIO")]
    [InlineData("TokenClassification", "train.txt")]
    [InlineData("TokenClassification", "train.jsonl")]
    [InlineData("MaskedLanguageModeling", "train.txt")]
    public void A_task_has_files_of_its_own(string task, string file)
    {
        _folder.Write(file);

        Assert.Equal(file, Assert.Single(Resolve(("Task", task), ("TrainData", file)).TrainData).DisplayPath);
    }

    [Theory]
    [InlineData("TextClassification", "train.conll", ".csv, .tsv, .json, .jsonl.")]
    [InlineData("TextRegression", "train.txt", ".csv, .tsv, .json, .jsonl.")]
    [InlineData("MaskedLanguageModeling", "train.bio", ".csv, .tsv, .json, .jsonl, .txt.")]
    public void A_file_of_another_task_is_refused_with_the_formats_that_are_read(string task, string file, string formats)
    {
        _folder.Write(file);

        var mistake = Assert.Single(Mistakes(("Task", task), ("TrainData", file)));

        Assert.Equal("FT0013", mistake.Code);
        Assert.EndsWith(formats, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_cannot_be_read_contradicts_nothing()
    {
        _folder.Write("train.conll");

        Assert.Equal("FT0005", Assert.Single(Mistakes(("Task", "Tagging"), ("TrainData", "train.conll"), ("BestMetric", "f1.micro"), ("TagScheme", "Bio"), ("Require", "perplexity < 3"))).Code);
    }

    [Fact]
    public void The_names_of_Hugging_Faces_examples_make_a_plan()
    {
        var pair = Resolve(("text_column_names", "sentence1,sentence2"), ("label_column_name", "label"), ("do_regression", "true"));
        var tokens = Resolve(("Task", "ner"), ("text_column_name", "words"), ("label_column_name", "ner"));
        var masked = Resolve(("Task", "mlm"), ("mlm_probability", "0.3"), ("line_by_line", "true"));

        Assert.Equal(("sentence1", "sentence2", "label"), (pair.TextColumn, pair.TextPairColumn, pair.LabelColumn));
        Assert.Equal(("words", "ner"), (tokens.TextColumn, tokens.LabelColumn));
        Assert.Equal(0.3, masked.MaskingRate);
        Assert.Equal(2, _reported.Count(remark => remark.Code == "FT0011"));
    }

    [Theory]
    [InlineData("precision.weighted")]
    [InlineData("f1[refund]")]
    [InlineData("recall[a b]")]
    public void Any_metric_chooses_the_best_evaluation(string metric) => Assert.Equal(metric, Resolve(("BestMetric", metric)).BestMetric);

    [Fact]
    public void The_label_of_the_best_metric_is_one_of_the_labels() =>
        Assert.Contains("Did you mean refund?", Assert.Single(Mistakes(("BestMetric", "f1[refnd]"), ("Labels", "refund;order"))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_switch_is_true_or_false()
    {
        Assert.True(Resolve(("Strategy", "Frozen"), ("TrainableEmbeddings", "True")).TrainableEmbeddings);
        Assert.Contains("true, false", Assert.Single(Mistakes(("Strategy", "Frozen"), ("TrainableEmbeddings", "maybe"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_stay_frozen_cannot_start_anew() =>
        Assert.Equal("FT0007", Assert.Single(Mistakes(("Strategy", "Frozen"), ("TrainableLayers", "1"), ("ReinitializeLayers", "2"))).Code);

    [Theory]
    [InlineData("Frozen", 5, 0, "TrainableLayers is 5", """{"num_hidden_layers": 4}""")]
    [InlineData("Full", 1, 6, "ReinitializeLayers is 6", """{"num_hidden_layers": 4}""")]
    [InlineData("Frozen", 5, 0, "TrainableLayers is 5", """{"model_type": "distilbert", "n_layers": 4}""")]
    [InlineData("Frozen", 5, 0, "TrainableLayers is 5", """{"model_type": "albert", "num_hidden_layers": 12, "num_hidden_groups": 4}""")]
    public void More_layers_than_the_base_model_has_are_refused_at_the_item(string strategy, int trainable, int reinitialized, string message, string config)
    {
        _folder.Write("model/config.json", config);
        var plan = Resolve() with { Strategy = Enum.Parse<Strategy>(strategy), TrainableLayers = trainable, ReinitializeLayers = reinitialized };

        var mistake = Assert.Single(Assert.Throws<FineTuneException>(() => LayerOptions.Check(plan, _folder.At("model"))).Diagnostics);

        Assert.Equal(("FT0017", plan.Origin), (mistake.Code, mistake.Location));
        Assert.Contains($"{message}, but the base model has 4 layers", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_does_not_tell_its_layers_is_left_to_the_loader()
    {
        _folder.Write("model/config.json", "[]");

        LayerOptions.Check(Resolve() with { ReinitializeLayers = 99 }, _folder.At("model"));
    }

    [Fact]
    public void An_option_cannot_be_given_by_name_and_by_alias()
    {
        var mistake = Assert.Single(Mistakes(("Epochs", "3"), ("num_train_epochs", "4")));

        Assert.Equal("FT0006", mistake.Code);
        Assert.Contains("num_train_epochs", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_validation_split_beside_validation_data_is_a_contradiction()
    {
        _folder.Write("dev.csv");

        Assert.Equal("FT0007", Assert.Single(Mistakes(("ValidationData", "dev.csv"), ("ValidationSplit", "0.2"))).Code);
    }

    [Fact]
    public void An_augmentation_is_read_with_its_synonyms()
    {
        _folder.Write("words.tsv");

        var plan = Resolve(("Augment", "TYPO:5e-2; swap : 0.10, synonym:.2;"), ("AugmentCopies", "3"), ("Synonyms", "words.tsv"));

        Assert.Equal(("synonym:0.2,swap:0.1,typo:0.05", 3), (plan.Augment, plan.AugmentCopies));
        Assert.Equal(["words.tsv"], plan.Synonyms.Select(file => file.DisplayPath));
    }

    [Fact]
    public void All_mistakes_of_an_augmentation_are_reported_and_contradict_nothing() =>
        Assert.Equal(["FT0003", "FT0005", "FT0004"], Mistakes(("Augment", "swap,swop:0.1,typo:2"), ("AugmentCopies", "2"), ("Synonyms", "train.csv")).Select(mistake => mistake.Code));

    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    public void There_are_one_to_a_hundred_copies_of_a_row(string copies)
    {
        var mistake = Assert.Single(Mistakes(("Augment", "swap:0.1"), ("AugmentCopies", copies)));

        Assert.Equal("FT0004", mistake.Code);
        Assert.Contains("at least 1 and at most 100", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_decimal_comma_in_an_augmentation_is_named() =>
        Assert.Contains(Mistakes(("Augment", "swap:0,1")), mistake => mistake.Code == "FT0003" && mistake.Message.Contains("decimal sign as a point", StringComparison.Ordinal));

    [Fact]
    public void Synonyms_stand_in_csv_or_tsv()
    {
        _folder.Write("words.json");

        var mistake = Assert.Single(Mistakes(("Augment", "synonym:0.1"), ("Synonyms", "words.json")));

        Assert.Equal("FT0013", mistake.Code);
        Assert.EndsWith("These are: .csv, .tsv.", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_strategy_that_cannot_be_read_contradicts_nothing() =>
        Assert.Equal("FT0005", Assert.Single(Mistakes(("Strategy", "Frosen"), ("TrainableLayers", "2"))).Code);

    [Fact]
    public void Measuring_on_training_rows_is_warned_of()
    {
        Resolve(("TestData", "train.csv"));

        Assert.Equal(("FT0015", DiagnosticSeverity.Warning), (_reported[0].Code, _reported[0].Severity));
    }

    [Fact]
    public void A_base_model_folder_becomes_absolute() =>
        Assert.Equal(_folder.At("models", "bert"), Resolve(("BaseModel", @"models\bert/")).BaseModel);

    [Fact]
    public void A_value_is_reported_where_it_stands()
    {
        var spec = Spec(("Epochs", "x")) with { ValueLocations = new Dictionary<string, SourceLocation> { ["Epochs"] = new("spec.json", 7, 3) } };

        Assert.Equal(new SourceLocation("spec.json", 7, 3), Assert.Throws<FineTuneException>(() => spec.Resolve()).Diagnostics[0].Location);
    }

    private TrainingPlan Resolve(params (string Name, string Value)[] values) => Spec(values).Resolve(_reported.Add);

    private IReadOnlyList<Diagnostic> Mistakes(params (string Name, string Value)[] values) => Assert.Throws<FineTuneException>(() => Resolve(values)).Diagnostics;

    private ModelSpec Spec(params (string Name, string Value)[] values)
    {
        var all = new Dictionary<string, string> { ["TrainData"] = "train.csv" };
        foreach (var (name, value) in values)
        {
            all[name] = value;
        }

        return new ModelSpec { Name = "Topic", BaseDirectory = _folder.Path, Origin = new SourceLocation("app.csproj", 3, 5), Values = all };
    }
}
