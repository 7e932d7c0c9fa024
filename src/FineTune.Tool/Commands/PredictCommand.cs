using System.Collections.Concurrent;
using System.CommandLine;
using System.Text.Json.Nodes;
using FineTune.Tool.Answers;
using FineTune.Tool.Terminal;

namespace FineTune.Tool.Commands;

/// <summary><c>predict MODEL [TEXT…]</c>: what a model answers.</summary>
internal static class PredictCommand
{
    private const int LargestBatch = 64;

    public static ToolCommand Create()
    {
        var model = ModelArgument.Create();
        var texts = new Argument<string[]>("TEXT") { Description = "The texts; without any, each line of standard input is one. A pair has a tab between its two texts.", Arity = ArgumentArity.ZeroOrMore };
        var syntax = new Command("predict", "Ask a model for its answer to each text.") { model, texts };
        return new(syntax, (arguments, output, cancellation) =>
        {
            var path = arguments.GetRequiredValue(model);
            using var answering = AnsweringModels.Open(path, ModelArgument.ReadManifest(path));
            if (arguments.GetValue(texts) is { Length: > 0 } given)
            {
                PredictArguments(answering, given, output);
            }
            else
            {
                PredictLines(answering, output, cancellation);
            }

            return ExitCode.Done;
        });
    }

    private static void PredictArguments(IAnsweringModel model, string[] texts, CommandOutput output)
    {
        var answers = model.Answer(texts);
        output.Write(answers is [var only] ? only.Json : new JsonArray([.. answers.Select(answer => answer.Json)]));
        if (!output.Json)
        {
            foreach (var answer in answers)
            {
                output.Say(answer.Line);
            }
        }
    }

    /// <summary>
    /// Answers line by line, so that a person or a program at the other end of the pipe gets each answer at once; lines that are
    /// already waiting are predicted together, which is faster.
    /// </summary>
    private static void PredictLines(IAnsweringModel model, CommandOutput output, CancellationToken cancellation)
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

            foreach (var answer in model.Answer(batch))
            {
                if (output.Json)
                {
                    output.WriteLine(answer.Json);
                }
                else
                {
                    output.Say(answer.Line);
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
}
