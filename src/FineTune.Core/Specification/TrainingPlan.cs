using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>
/// Everything that one fine-tuning run needs to know: resolved, defaulted and validated. This record is the only place where an option's
/// name, type, default, range and meaning are written down; MSBuild metadata, command-line options, JSON keys and documentation come from it.
/// </summary>
public sealed record TrainingPlan
{
    private readonly string? _bestMetric;

    /// <summary>The model's name: the item's identity.</summary>
    public required string Name { get; init; }

    /// <summary>Where the specification stands, for messages; <see langword="null"/> on the command line.</summary>
    public SourceLocation? Origin { get; init; }

    /// <summary>What the model is trained to do.</summary>
    [PlanOption(PlanOptionScope.Training, "What the model is trained to do: TextClassification (one label for each text), MultiLabelClassification (any number of labels), TextRegression (a number), TokenClassification (entities in the text) or MaskedLanguageModeling (hidden words, without labels).", Default = "TextClassification", ValueAliases = ["text-classification=TextClassification", "single_label_classification=TextClassification", "multi_label_classification=MultiLabelClassification", "regression=TextRegression", "token-classification=TokenClassification", "ner=TokenClassification", "fill-mask=MaskedLanguageModeling", "mlm=MaskedLanguageModeling"])]
    public FineTuneTask Task { get; init; } = FineTuneTask.TextClassification;

    /// <summary>The pretrained model: <c>builtin:tiny</c>, the absolute path of a folder in Hugging Face layout, <c>package:Id/range</c> for a NuGet package that holds such a folder, or another model of the project.</summary>
    [PlanOption(PlanOptionScope.Training, "The pretrained model: builtin:tiny, a folder in Hugging Face layout, a NuGet package with such a folder (package:Id or package:Id/range), or the name of another FineTuneModel item of the project, which is then trained first.", Default = "builtin:tiny", Aliases = ["model_name_or_path"])]
    public string BaseModel { get; init; } = "builtin:tiny";

    /// <summary>Training data files.</summary>
    [PlanOption(PlanOptionScope.Training, "Training data: .csv, .tsv, .json or .jsonl; for TokenClassification also .conll, .iob, .bio or .txt, for MaskedLanguageModeling also .txt; several with ';', wildcards allowed.", DefaultDescription = "required", Aliases = ["train_file"])]
    public IReadOnlyList<DataFile> TrainData { get; init; } = [];

    /// <summary>Validation data files; when empty, <see cref="ValidationSplit"/> is taken from the training data.</summary>
    [PlanOption(PlanOptionScope.Training, "Validation data; without it, ValidationSplit is taken from the training data.", Aliases = ["validation_file"])]
    public IReadOnlyList<DataFile> ValidationData { get; init; } = [];

    /// <summary>Test data files: rows that neither training nor the choice of the best evaluation sees; the gate uses them where given.</summary>
    [PlanOption(PlanOptionScope.Export, "Test data: seen by neither training nor the choice of the best evaluation; the gate uses it where given.", Aliases = ["test_file"])]
    public IReadOnlyList<DataFile> TestData { get; init; } = [];

    /// <summary>Share of the training rows that validates, when no validation data is given.</summary>
    [PlanOption(PlanOptionScope.Training, "Share of the training rows used for validation when ValidationData is not given; stratified and seeded.", Default = "0.1", Minimum = 0, MinimumExcluded = true, Maximum = 1, MaximumExcluded = true)]
    public double ValidationSplit { get; init; } = 0.1;

    /// <summary>The column with the text, or with the words of a text; <see langword="null"/> to detect it.</summary>
    [PlanOption(PlanOptionScope.Training, "The column with the text; for TokenClassification that with the text or the list of its words.", DefaultDescription = "text, sentence or sentence1, for TokenClassification first tokens or words; else the first of two columns", Aliases = ["text_column_names", "text_column_name"])]
    public string? TextColumn { get; init; }

    /// <summary>The column with the second text of a pair; <see langword="null"/> when rows have one text.</summary>
    [PlanOption(PlanOptionScope.Training, "The column with a second text: the model reads both as a pair.", DefaultDescription = "none: one text in each row", Tasks = [FineTuneTask.TextClassification, FineTuneTask.MultiLabelClassification, FineTuneTask.TextRegression])]
    public string? TextPairColumn { get; init; }

    /// <summary>The column with the label, the labels, the number, the tags or the spans; <see langword="null"/> to detect it.</summary>
    [PlanOption(PlanOptionScope.Training, "The column with the label; for MultiLabelClassification that with all labels of the row, for TextRegression that with the number, for TokenClassification that with the list of tags or of spans.", DefaultDescription = "label, labels or category; for TextRegression also score, target or value, for TokenClassification tags, ner_tags, labels, spans or entities; else the last of two columns", Aliases = ["label_column_name"], Tasks = [FineTuneTask.TextClassification, FineTuneTask.MultiLabelClassification, FineTuneTask.TextRegression, FineTuneTask.TokenClassification])]
    public string? LabelColumn { get; init; }

    /// <summary>With <see cref="FineTuneTask.MultiLabelClassification"/>: the columns that say of one label each whether the row has it; empty when one column has them all.</summary>
    [PlanOption(PlanOptionScope.Training, "Columns with 1 or 0 (or true or false), one for each label and named after it, in place of LabelColumn.", DefaultDescription = "none: LabelColumn has all labels of a row", Tasks = [FineTuneTask.MultiLabelClassification])]
    public IReadOnlyList<string> LabelColumns { get; init; } = [];

    /// <summary>With <see cref="FineTuneTask.MultiLabelClassification"/>: what separates the labels of a row where they are one text.</summary>
    [PlanOption(PlanOptionScope.Training, "What separates the labels of a row where they are one text and not a JSON array.", Default = ";", Tasks = [FineTuneTask.MultiLabelClassification])]
    public string LabelSeparator { get; init; } = ";";

    /// <summary>The labels or entity types in their order; empty to take them, sorted, from the training data.</summary>
    [PlanOption(PlanOptionScope.Training, "The labels, separated by ';': fixes their names and order. For TokenClassification the entity types, without B- and I-.", DefaultDescription = "the training data's labels, sorted", Tasks = [FineTuneTask.TextClassification, FineTuneTask.MultiLabelClassification, FineTuneTask.TokenClassification])]
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>With <see cref="FineTuneTask.TokenClassification"/>: how the tags of the data files are meant.</summary>
    [PlanOption(PlanOptionScope.Training, "How the words' tags tell where entities begin and end: Auto (the training data decide), Bio (IOB2), Iob1 or Bioes (BILOU).", Default = "Auto", ValueAliases = ["IOB2=Bio", "IOBES=Bioes", "BILOU=Bioes"], Tasks = [FineTuneTask.TokenClassification])]
    public TagScheme TagScheme { get; init; } = TagScheme.Auto;

    /// <summary>With <see cref="FineTuneTask.MaskedLanguageModeling"/>: the share of the tokens that the model must guess.</summary>
    [PlanOption(PlanOptionScope.Training, "The share of the tokens that the model must guess.", Default = "0.15", Minimum = 0, MinimumExcluded = true, Maximum = 1, MaximumExcluded = true, Aliases = ["mlm_probability"], Tasks = [FineTuneTask.MaskedLanguageModeling])]
    public double MaskingRate { get; init; } = 0.15;

    /// <summary>With <see cref="FineTuneTask.MaskedLanguageModeling"/>: whether all tokens of a word are guessed, or none.</summary>
    [PlanOption(PlanOptionScope.Training, "Whether all tokens of a word are hidden together: true or false.", Default = "false", Tasks = [FineTuneTask.MaskedLanguageModeling])]
    public bool WholeWordMasking { get; init; }

    /// <summary>Which parameters are trained, and how fast.</summary>
    [PlanOption(PlanOptionScope.Training, "Which parameters are trained, and how fast: Full, Frozen or LayerwiseDecay (LLRD).", Default = "Full", ValueAliases = ["LLRD=LayerwiseDecay"])]
    public Strategy Strategy { get; init; } = Strategy.Full;

    /// <summary>With <see cref="Strategy.Frozen"/>: how many top encoder layers are trained beside head and pooler.</summary>
    [PlanOption(PlanOptionScope.Training, "Strategy Frozen: how many top encoder layers are trained; 0 trains head and pooler only.", Default = "1", Minimum = 0)]
    public int TrainableLayers { get; init; } = 1;

    /// <summary>With <see cref="Strategy.Frozen"/>: whether the embeddings are trained too.</summary>
    [PlanOption(PlanOptionScope.Training, "Strategy Frozen: whether the embeddings are trained too: true or false.", Default = "false")]
    public bool TrainableEmbeddings { get; init; }

    /// <summary>With <see cref="Strategy.Frozen"/>: after each such interval one more layer is trained, from the top down; <see langword="null"/> for never.</summary>
    [PlanOption(PlanOptionScope.Training, "Strategy Frozen: after each interval, such as '1 epoch' or '200 steps', one more layer is trained, from the top down; last of all the embeddings, with TrainableEmbeddings.", DefaultDescription = "never", IntervalUnits = [IntervalUnit.Step, IntervalUnit.Epoch])]
    public TrainingInterval? UnfreezeEvery { get; init; }

    /// <summary>With <see cref="Strategy.LayerwiseDecay"/>: the rate's factor from each layer to the one below.</summary>
    [PlanOption(PlanOptionScope.Training, "Strategy LayerwiseDecay: factor of the learning rate from each layer to the one below.", Default = "0.9", Minimum = 0, MinimumExcluded = true, Maximum = 1)]
    public double LayerDecay { get; init; } = 0.9;

    /// <summary>Passes over the training rows; fractions are allowed.</summary>
    [PlanOption(PlanOptionScope.Training, "Passes over the training rows; fractions are allowed.", Default = "3", Minimum = 0, MinimumExcluded = true, Maximum = 10000, Aliases = ["num_train_epochs"])]
    public double Epochs { get; init; } = 3;

    /// <summary>The number of optimizer steps, in place of <see cref="Epochs"/>; <see langword="null"/> when those decide.</summary>
    [PlanOption(PlanOptionScope.Training, "The number of optimizer steps, in place of Epochs.", DefaultDescription = "as many as Epochs needs", Minimum = 1, Aliases = ["max_steps"])]
    public int? MaxSteps { get; init; }

    /// <summary>Rows in a training batch.</summary>
    [PlanOption(PlanOptionScope.Training, "Rows in a training batch.", Default = "16", Minimum = 1, Maximum = 65536, Aliases = ["per_device_train_batch_size", "train_batch_size"])]
    public int BatchSize { get; init; } = 16;

    /// <summary>Rows in an evaluation batch.</summary>
    [PlanOption(PlanOptionScope.Training, "Rows in an evaluation batch.", Default = "64", Minimum = 1, Maximum = 65536, Aliases = ["per_device_eval_batch_size", "eval_batch_size"])]
    public int EvaluationBatchSize { get; init; } = 64;

    /// <summary>Batches whose gradients are summed for one optimizer step.</summary>
    [PlanOption(PlanOptionScope.Training, "Batches whose gradients are summed for one optimizer step.", Default = "1", Minimum = 1, Maximum = 65536, Aliases = ["gradient_accumulation_steps"])]
    public int GradientAccumulation { get; init; } = 1;

    /// <summary>The highest learning rate.</summary>
    [PlanOption(PlanOptionScope.Training, "The highest learning rate.", Default = "5e-5", Minimum = 0, MinimumExcluded = true, Maximum = 1, Aliases = ["learning_rate"])]
    public double LearningRate { get; init; } = 5e-5;

    /// <summary>AdamW's decoupled weight decay; biases and normalization weights have none.</summary>
    [PlanOption(PlanOptionScope.Training, "AdamW's decoupled weight decay; biases and normalization weights have none.", Default = "0.01", Minimum = 0, Maximum = 10, Aliases = ["weight_decay"])]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Gradients are scaled down to this global norm; 0 leaves them as they are.</summary>
    [PlanOption(PlanOptionScope.Training, "Gradients are scaled down to this global norm; 0 leaves them as they are.", Default = "1.0", Minimum = 0, Aliases = ["max_grad_norm"])]
    public double MaxGradientNorm { get; init; } = 1.0;

    /// <summary>How the learning rate goes after the warm-up.</summary>
    [PlanOption(PlanOptionScope.Training, "How the learning rate goes after the warm-up: Linear, Cosine or Constant.", Default = "Linear", Aliases = ["lr_scheduler_type"], ValueAliases = ["constant_with_warmup=Constant"])]
    public Scheduler Scheduler { get; init; } = Scheduler.Linear;

    /// <summary>Warm-up: a whole number is steps, a fraction below 1 is a share of all steps.</summary>
    [PlanOption(PlanOptionScope.Training, "Warm-up: a whole number is steps, a fraction below 1 is a share of all steps.", Default = "0.1", Minimum = 0, Aliases = ["warmup_steps", "warmup_ratio"])]
    public double WarmupSteps { get; init; } = 0.1;

    /// <summary>Longest input in tokens; <see langword="null"/> to take it from the data.</summary>
    [PlanOption(PlanOptionScope.Training, "Longest input in tokens; longer texts are cut, and that is reported.", DefaultDescription = "the 99.9th percentile of the training data, at most the model's limit", Minimum = 3, Aliases = ["max_length", "max_seq_length"])]
    public int? MaxLength { get; init; }

    /// <summary>The number format of the matrix products.</summary>
    [PlanOption(PlanOptionScope.Training, "Number format of the products while training: Auto, Float32 or BFloat16; weights stay 32-bit floats. Auto takes BFloat16 where that is faster: on graphics processors that multiply it natively and, for hidden states of 256 or more, on AMD processors from Zen 5.", Default = "Auto")]
    public Precision Precision { get; init; } = Precision.Auto;

    /// <summary>How many encoder layers from the top start from random weights, and the pooler with them.</summary>
    [PlanOption(PlanOptionScope.Training, "So many encoder layers from the top, and the pooler, start from random weights instead of the pretrained ones.", Default = "0", Minimum = 0)]
    public int ReinitializeLayers { get; init; }

    /// <summary>Dropout probability; <see langword="null"/> for the model's own.</summary>
    [PlanOption(PlanOptionScope.Training, "Dropout probability while training.", DefaultDescription = "the model's own", Minimum = 0, Maximum = 1, MaximumExcluded = true)]
    public double? Dropout { get; init; }

    /// <summary>Share of the target probability that is spread over all labels.</summary>
    [PlanOption(PlanOptionScope.Training, "Share of the target probability that is spread over all labels.", Default = "0", Minimum = 0, Maximum = 1, MaximumExcluded = true, Aliases = ["label_smoothing_factor"], Tasks = [FineTuneTask.TextClassification, FineTuneTask.TokenClassification])]
    public double LabelSmoothing { get; init; }

    /// <summary>How much each class counts in the loss.</summary>
    [PlanOption(PlanOptionScope.Training, "How much each class counts in the loss: None or Balanced.", Default = "None", Tasks = [FineTuneTask.TextClassification, FineTuneTask.MultiLabelClassification, FineTuneTask.TokenClassification])]
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;

    /// <summary>How altered copies of the training rows are made, as <see cref="TextAugmentation.Parse"/> reads it; <see langword="null"/> for none.</summary>
    [PlanOption(PlanOptionScope.Training, "Adds altered copies of the training rows: 'swap:0.1,delete:0.1,typo:0.05'. The operations are synonym, swap, delete, case and typo, with the probability for each word.", Tasks = [FineTuneTask.TextClassification, FineTuneTask.MultiLabelClassification, FineTuneTask.TextRegression, FineTuneTask.TokenClassification])]
    public string? Augment { get; init; }

    /// <summary>With <see cref="Augment"/>: how many copies of each training row.</summary>
    [PlanOption(PlanOptionScope.Training, "Augment: how many altered copies of each training row are added.", Default = "1", Minimum = 1, Maximum = 100, Tasks = [FineTuneTask.TextClassification, FineTuneTask.MultiLabelClassification, FineTuneTask.TextRegression, FineTuneTask.TokenClassification])]
    public int AugmentCopies { get; init; } = 1;

    /// <summary>With <see cref="AugmentationOperation.Synonym"/>: files with a word and its replacements in each row.</summary>
    [PlanOption(PlanOptionScope.Training, "Augment, operation synonym: .csv or .tsv without a header, in each row a word or phrase and then its replacements; several with ';', wildcards allowed.", Tasks = [FineTuneTask.TextClassification, FineTuneTask.MultiLabelClassification, FineTuneTask.TextRegression, FineTuneTask.TokenClassification])]
    public IReadOnlyList<DataFile> Synonyms { get; init; } = [];

    /// <summary>Ends training when so many evaluations in a row brought nothing better; 0 never does.</summary>
    [PlanOption(PlanOptionScope.Training, "Ends training when so many evaluations in a row brought nothing better; 0 never does.", Default = "0", Minimum = 0, Aliases = ["early_stopping_patience"])]
    public int EarlyStopping { get; init; }

    /// <summary>With <see cref="EarlyStopping"/>: only a metric that is better by more than this counts as better.</summary>
    [PlanOption(PlanOptionScope.Training, "EarlyStopping: only a metric that is better by more than this counts as something better.", Default = "0", Minimum = 0, Aliases = ["early_stopping_threshold"])]
    public double MinimumImprovement { get; init; }

    /// <summary>How often the validation rows are evaluated; the end of training always is.</summary>
    [PlanOption(PlanOptionScope.Training, "How often the validation rows are evaluated, such as '1 epoch', '0.5 epochs' or '200 steps'; the end of training always is.", Default = "1 epoch", Aliases = ["eval_steps"], IntervalUnits = [IntervalUnit.Step, IntervalUnit.Epoch])]
    public TrainingInterval EvaluateEvery { get; init; } = new(1, IntervalUnit.Epoch);

    /// <summary>The validation metric that chooses the best evaluation, by default <see cref="TaskMetrics.Best"/> of the task; ties go to the earliest.</summary>
    [PlanOption(PlanOptionScope.Training, "The validation metric that chooses the best evaluation: one of the task's metrics, as in Require.", DefaultDescription = "accuracy; f1.micro for MultiLabelClassification, rmse for TextRegression, f1 for TokenClassification, loss for MaskedLanguageModeling", Aliases = ["metric_for_best_model"])]
    public string BestMetric
    {
        get => _bestMetric ?? TaskMetrics.Of(Task).Best;
        init => _bestMetric = value;
    }

    /// <summary>Seed of everything random.</summary>
    [PlanOption(PlanOptionScope.Training, "Seed of everything random.", Default = "42", Minimum = 0, Maximum = int.MaxValue)]
    public int Seed { get; init; } = 42;

    /// <summary>The form of the weights in the file that ships.</summary>
    [PlanOption(PlanOptionScope.Export, "The form of the weights in the file that ships: None (32-bit floats) or Int8 (8-bit integers: a quarter of the size, and faster). What is measured and judged is that file; huggingface/ keeps the floats.", Default = "None")]
    public Quantization Quantize { get; init; } = Quantization.None;

    /// <summary>Conditions that must hold, or the build fails.</summary>
    [PlanOption(PlanOptionScope.Gate, "Conditions that must hold, or the build fails: 'accuracy >= 0.90; f1[refund] >= 0.8; accuracy >= baseline - 0.01'.")]
    public string? Require { get; init; }

    /// <summary>Conditions that warn when they do not hold.</summary>
    [PlanOption(PlanOptionScope.Gate, "Conditions that warn when they do not hold; written like Require.")]
    public string? Warn { get; init; }

    /// <summary>The device: <c>Auto</c>, <c>Cpu</c>, <c>Cuda</c> or <c>Cuda:1</c>.</summary>
    [PlanOption(PlanOptionScope.Machine, "Where to train: Auto, Cpu, Cuda or Cuda:1.", Default = "Auto")]
    public string Device { get; init; } = "Auto";

    /// <summary>Whether the values inside of layers are computed again in the backward pass.</summary>
    [PlanOption(PlanOptionScope.Machine, "Whether the backward pass computes the values inside of layers again in place of keeping them, which needs less memory and takes longer: Auto (where a step does not fit into the processor's memory otherwise), On or Off.", Default = "Auto", Aliases = ["gradient_checkpointing"], ValueAliases = ["true=On", "false=Off"])]
    public GradientCheckpointing GradientCheckpointing { get; init; } = GradientCheckpointing.Auto;

    /// <summary>How often a training saves from where it can go on; <see langword="null"/> for as often as costs next to nothing.</summary>
    [PlanOption(PlanOptionScope.Machine, "How often a training saves a checkpoint from which it goes on when it was interrupted, such as '10 minutes' or '500 steps'.", DefaultDescription = "as often as costs at most 1 % of the time, at least 30 seconds apart", Aliases = ["save_steps"], IntervalUnits = [IntervalUnit.Step, IntervalUnit.Epoch, IntervalUnit.Minute])]
    public TrainingInterval? CheckpointEvery { get; init; }

    /// <summary>How the model gets into the app.</summary>
    [PlanOption(PlanOptionScope.Api, "How the model gets into the app: Embed (in the project's assembly), Assembly (in an assembly of its own, made again only when the model changes), File (beside the app), None (other models start from it) or Auto: Embed, File above 1.9 GB, and None for a model that another item names as its BaseModel.", Default = "Auto")]
    public Deployment Deploy { get; init; } = Deployment.Auto;

    /// <summary>Namespace of the generated code; <see langword="null"/> for the project's root namespace.</summary>
    [PlanOption(PlanOptionScope.Api, "Namespace of the generated code.", DefaultDescription = "the project's root namespace")]
    public string? Namespace { get; init; }

    /// <summary>Name of the generated class; <see langword="null"/> for the model's name followed by <c>Model</c>.</summary>
    [PlanOption(PlanOptionScope.Api, "Name of the generated class.", DefaultDescription = "<Name>Model")]
    public string? ClassName { get; init; }
}
