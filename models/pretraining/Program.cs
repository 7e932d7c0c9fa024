using System.CommandLine;
using FineTune.Core.Diagnostics;
using FineTune.Pretraining;

var corpus = new Argument<FileInfo[]>("corpus") { Description = "Plain text, UTF-8, one passage per line.", Arity = ArgumentArity.OneOrMore };
var vocabulary = new Option<FileInfo>("--vocabulary") { Description = "WordPiece vocabulary (vocab.txt), lower case.", Required = true };
var output = new Option<DirectoryInfo>("--output") { Description = "The folder to write, in Hugging Face layout.", Required = true };
var minutes = new Option<double>("--minutes") { Description = "How long to train; the learning rate falls to zero at the end.", DefaultValueFactory = _ => 40 };
var snapshotMinutes = new Option<double>("--snapshot-minutes") { Description = "How often to write the folder.", DefaultValueFactory = _ => 8 };
var learningRate = new Option<double>("--learning-rate") { Description = "The highest learning rate.", DefaultValueFactory = _ => 1e-3 };
var batchTokens = new Option<int>("--batch-tokens") { Description = "Tokens in a batch.", DefaultValueFactory = _ => 4096 };
var layers = new Option<int>("--layers") { Description = "Encoder layers.", DefaultValueFactory = _ => 4 };
var hidden = new Option<int>("--hidden") { Description = "Width of the hidden states.", DefaultValueFactory = _ => 192 };
var heads = new Option<int>("--heads") { Description = "Attention heads.", DefaultValueFactory = _ => 3 };
var seed = new Option<int>("--seed") { Description = "Seed of everything random.", DefaultValueFactory = _ => 42 };

var command = new RootCommand("Pretrains a small BERT on plain text by masked language modeling.")
{
    corpus, vocabulary, output, minutes, snapshotMinutes, learningRate, batchTokens, layers, hidden, heads, seed,
};
command.SetAction((parsed, cancellation) =>
{
    try
    {
        Pretraining.Run(
            new PretrainingOptions
            {
                Corpus = [.. parsed.GetRequiredValue(corpus).Select(file => file.FullName)],
                Vocabulary = parsed.GetRequiredValue(vocabulary).FullName,
                Output = parsed.GetRequiredValue(output).FullName,
                Duration = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                SnapshotInterval = TimeSpan.FromMinutes(parsed.GetValue(snapshotMinutes)),
                LearningRate = parsed.GetValue(learningRate),
                BatchTokens = parsed.GetValue(batchTokens),
                LayerCount = parsed.GetValue(layers),
                HiddenSize = parsed.GetValue(hidden),
                HeadCount = parsed.GetValue(heads),
                Seed = parsed.GetValue(seed),
            },
            Console.Out,
            cancellation);
        return Task.FromResult(0);
    }
    catch (FineTuneException exception)
    {
        Console.Error.WriteLine(exception.Message);
        return Task.FromResult(1);
    }
});
return await command.Parse(args).InvokeAsync();
