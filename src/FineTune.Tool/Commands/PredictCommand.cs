using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Runtime;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Commands;

/// <summary><c>predict MODEL [TEXT…]</c>: what a model answers.</summary>
internal static class PredictCommand
{
    private const int LargestBatch = 64;

    public static ToolCommand Create()
    {
        var model = ModelArgument.Create();
        var texts = new Argument<string[]>("TEXT") { Description = "The texts; without any, each line of standard input is one.", Arity = ArgumentArity.ZeroOrMore };
        var syntax = new Command("predict", "Predict the label of each text.") { model, texts };
        return new(syntax, (arguments, output, cancellation) =>
        {
            using var classifier = TextClassifier.Load(arguments.GetRequiredValue(model));
            if (arguments.GetValue(texts) is { Length: > 0 } given)
            {
                PredictArguments(classifier, given, output);
            }
            else
            {
                PredictLines(classifier, output, cancellation);
            }

            return ExitCode.Done;
        });
    }

    private static void PredictArguments(TextClassifier classifier, string[] texts, CommandOutput output)
    {
        var predictions = classifier.Predict(texts);
        output.Write(predictions is [var only] ? ToJson(only, classifier.Labels) : new JsonArray([.. predictions.Select(prediction => ToJson(prediction, classifier.Labels))]));
        if (!output.Json)
        {
            foreach (var prediction in predictions)
            {
                output.Say(ToLine(prediction));
            }
        }
    }

    /// <summary>
    /// Answers line by line, so that a person or a program at the other end of the pipe gets each answer at once; lines that are
    /// already waiting are predicted together, which is faster.
    /// </summary>
    private static void PredictLines(TextClassifier classifier, CommandOutput output, CancellationToken cancellation)
    {
        using var lines = new BlockingCollection<string>(boundedCapacity: 16 * LargestBatch);
        var reader = new Thread(() => ReadLines(output.Console.Input, lines)) { IsBackground = true, Name = "standard input" };
        reader.Start();

        var batch = new List<string>(LargestBatch);
        while (lines.TryTake(out var first, Timeout.Infinite, cancellation))
        {
            batch.Clear();
            batch.Add(first);
            while (batch.Count < LargestBatch && lines.TryTake(out var next))
            {
                batch.Add(next);
            }

            foreach (var prediction in classifier.Predict(batch))
            {
                if (output.Json)
                {
                    output.WriteLine(ToJson(prediction, classifier.Labels));
                }
                else
                {
                    output.Say(ToLine(prediction));
                }
            }
        }
    }

    private static void ReadLines(TextReader input, BlockingCollection<string> lines)
    {
        try
        {
            while (input.ReadLine() is { } line)
            {
                lines.Add(line);
            }
        }
        catch (ObjectDisposedException)
        {
            // The command ended before its input did; nobody wants the rest.
            return;
        }

        lines.CompleteAdding();
    }

    private static string ToLine(Prediction prediction)
        => string.Create(CultureInfo.InvariantCulture, $"{prediction.Label}\t{prediction.Score:0.0000}\t{prediction.Text}");

    private static JsonObject ToJson(Prediction prediction, IReadOnlyList<string> labels) => new()
    {
        ["text"] = prediction.Text,
        ["label"] = prediction.Label,
        ["score"] = prediction.Score,
        ["scores"] = new JsonObject(labels.Select((label, index) => KeyValuePair.Create(label, (JsonNode?)prediction.Scores[index]))),
        ["logits"] = new JsonArray([.. prediction.Logits.Select(logit => JsonValue.Create(logit))]),
    };
}
