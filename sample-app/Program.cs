namespace SampleApp;

/// <summary>Sorts messages of customers: what is it about, and how does the writer feel?</summary>
internal static class Program
{
    private static readonly string[] Examples =
    [
        "The parcel arrived broken and nobody answers",
        "Could you send me the invoice for order 31877 again?",
        "Best headphones I've ever had, thank you!",
        "i cant log in since yesterday",
        "When will the green tent be back in stock?",
        "Refund came within two days, great service",
    ];

    private static void Main(string[] arguments)
    {
        IReadOnlyList<string> messages = arguments switch
        {
            [] => Examples,
            ["-"] => [.. LinesOfStandardInput()],
            _ => arguments,
        };

        // Both models are embedded in this assembly: no files, no server, no Python.
        using var topics = TopicModel.Load();
        using var sentiments = SentimentModel.Load();

        Console.WriteLine($"{"topic",-14}  {"sentiment",-14}  message");
        foreach (var (topic, sentiment) in topics.Predict(messages).Zip(sentiments.Predict(messages)))
        {
            Console.WriteLine($"{topic.Label,-9} {topic.Score:0.00}  {sentiment.Label,-9} {sentiment.Score:0.00}  {topic.Text}");
        }
    }

    private static IEnumerable<string> LinesOfStandardInput()
    {
        while (Console.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return line;
            }
        }
    }
}
