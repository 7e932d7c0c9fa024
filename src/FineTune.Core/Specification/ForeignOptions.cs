namespace FineTune.Core.Specification;

/// <summary>Options of Hugging Face's Trainer that have no counterpart because the build takes care of what they are for.</summary>
internal static class ForeignOptions
{
    private const string Progress = "Progress is reported while training, and metrics.json has the results.";
    private const string Checkpoints = "The best evaluation's weights are always kept, and an interrupted training goes on by itself; CheckpointEvery says how often it saves.";
    private const string Evaluations = "EvaluateEvery says how often the validation rows are evaluated.";
    private const string Optimizer = "The optimizer is AdamW with beta 0.9 and 0.999 and epsilon 1e-8, as it is there by default.";
    private const string Machine = "Device says where to train.";

    /// <summary>What to know instead, by the option's name.</summary>
    public static readonly IReadOnlyDictionary<string, string> Advice = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["output_dir"] = "A build embeds the model in the application; on the command line, --output names the folder.",
        ["overwrite_output_dir"] = "A build embeds the model in the application; on the command line, --output names the folder.",
        ["logging_dir"] = Progress,
        ["logging_steps"] = Progress,
        ["logging_strategy"] = Progress,
        ["report_to"] = Progress,
        ["run_name"] = Progress,
        ["disable_tqdm"] = Progress,
        ["save_strategy"] = Checkpoints,
        ["save_total_limit"] = Checkpoints,
        ["load_best_model_at_end"] = Checkpoints,
        ["greater_is_better"] = "BestMetric knows which direction is better.",
        ["evaluation_strategy"] = Evaluations,
        ["eval_strategy"] = Evaluations,
        ["do_train"] = "A build trains when something changed.",
        ["do_eval"] = Evaluations,
        ["do_predict"] = "TestData names data that only the finished model is measured on.",
        ["bf16"] = "Precision says so: BFloat16, Float32 or Auto.",
        ["fp16"] = "Precision has BFloat16, which needs no scaling of the loss.",
        ["optim"] = Optimizer,
        ["adam_beta1"] = Optimizer,
        ["adam_beta2"] = Optimizer,
        ["adam_epsilon"] = Optimizer,
        ["group_by_length"] = "Texts of similar length are always in the same batch.",
        ["train_sampling_strategy"] = "Texts of similar length are always in the same batch.",
        ["resume_from_checkpoint"] = Checkpoints,
        ["no_cuda"] = Machine,
        ["use_cpu"] = Machine,
        ["dataloader_num_workers"] = Machine,
        ["dataloader_pin_memory"] = Machine,
        ["remove_unused_columns"] = "TextColumn and LabelColumn name the columns that are used.",
        ["task_name"] = "Task says what the model is trained to do.",
        ["do_regression"] = "Task says so: TextRegression.",
        ["metric_name"] = "All metrics of the task are measured; BestMetric says which one chooses the best evaluation.",
        ["return_entity_level_metrics"] = "The metrics of each type of entity are always measured.",
        ["label_all_tokens"] = "The first token of a word has its tag, as it is there by default.",
        ["line_by_line"] = "Each line or row is a text of its own.",
        ["pad_to_max_length"] = "A batch is as long as its longest text.",
        ["shuffle_train_dataset"] = "The training rows come in another order in every epoch; Seed says which.",
        ["validation_split_percentage"] = "ValidationSplit says so, as a share such as 0.05.",
        ["text_column_delimiter"] = "TextPairColumn names the column with a second text.",
        ["push_to_hub"] = "Nothing is uploaded.",
    };
}
