namespace FineTune.EndToEnd.Tests;

/// <summary>Models of all tasks in one app, with their typed API.</summary>
public sealed class TaskTests(PackedFeed feed)
{
    [Fact]
    public async Task Each_task_gets_an_API_of_its_own()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        string[] texts = [.. Enumerable.Range(0, 24).Select(row => $"number {row} is {(row % 2 == 0 ? "fine" : "broken")}")];
        project.Write("data/topics.tsv", "text\tlabels\n" + Lines(row => $"{texts[row]}\t{(row % 2 == 0 ? "good;short" : row % 3 == 0 ? "short" : "bad")}"));
        project.Write("data/prices.tsv", "text\tscore\n" + Lines(row => $"{texts[row]}\t{10 + (row % 2)}"));
        project.Write("data/pairs.tsv", "first\tsecond\tlabel\n" + Lines(row => $"{texts[row]}\t{texts[row / 2]}\t{(row % 2 == row / 2 % 2 ? "same" : "other")}"));
        project.Write("data/words.conll", Lines(row => $"number O\n{row} B-NUMBER\nis O\nfine O\n"));
        project.Write("data/texts.txt", Lines(row => texts[row]));
        project.Write("Program.cs", """
            using App;
            using FineTune.Runtime;

            using var topics = TopicsModel.Load();
            using var price = PriceModel.Load();
            using var pair = PairModel.Load();
            using var numbers = NumbersModel.Load();
            using var gaps = GapsModel.Load();
            MultiLabelPrediction<TopicsLabel> labels = topics.Predict("number 7 is fine");
            RegressionPrediction value = price.Predict("number 7 is fine");
            Prediction<PairLabel> relation = pair.Predict("number 7 is fine", "number 8 is broken");
            TokenPrediction<NumbersLabel> entities = numbers.Predict("number 7 is fine");
            MaskPrediction gap = gaps.Predict("number 7 is [MASK]");
            System.Console.WriteLine($"{labels.ScoreOf(TopicsLabel.Bad) > 0} {value.Value > 0} {relation.ScoreOf(PairLabel.Same) > 0} {pair.Predict(new[] { ("a", "b") }).Count} {entities.Entities.Count >= 0} {NumbersLabel.NUMBER} {gap.Masks[0].Candidates.Count}");
            """);
        project.WriteProject(items: """
            <FineTuneModel Include="Topics" Task="MultiLabelClassification" TrainData="data/topics.tsv" MaxSteps="2" />
            <FineTuneModel Include="Price" Task="TextRegression" TrainData="data/prices.tsv" MaxSteps="2" />
            <FineTuneModel Include="Pair" TrainData="data/pairs.tsv" TextColumn="first" TextPairColumn="second" MaxSteps="2" />
            <FineTuneModel Include="Numbers" Task="TokenClassification" TrainData="data/words.conll" MaxSteps="2" />
            <FineTuneModel Include="Gaps" Task="MaskedLanguageModeling" TrainData="data/texts.txt" MaxSteps="2" />
            """);

        var built = await project.Run(["build"]);
        var again = await project.Run(["build"]);

        built.MustSucceed();
        Assert.Equal("True True True 1 True NUMBER 5", (await project.RunApp()).Trim());
        again.MustSucceed();
        Assert.Empty(again.Workers);
        Assert.Equal(0, again.CompilerRuns);

        string Lines(Func<int, string> line) => string.Concat(Enumerable.Range(0, texts.Length).Select(row => line(row) + "\n"));
    }
}
