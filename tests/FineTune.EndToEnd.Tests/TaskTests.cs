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

    [Fact]
    public async Task A_model_starts_from_another_one_of_the_project_which_is_trained_first_and_only_when_it_must_be()
    {
        var project = await TestProject.Create(feed, isTrained: false);
        project.Write("data/texts.txt", string.Concat(Enumerable.Range(0, 24).Select(row => $"what a {(row % 2 == 0 ? "wonderful" : "dreadful")} day number {row}\n")));
        project.WriteProject("BaseModel=\"Domain\"", items: """<FineTuneModel Include="Domain" Task="MaskedLanguageModeling" TrainData="data/texts.txt" MaxSteps="2" />""");

        var first = await project.Build();
        var again = await project.Build();
        project.Write("data/train.csv", TestProject.Rows() + "what a splendid day,positive\n");
        var withAnotherRow = await project.Build();
        project.Write("data/texts.txt", string.Concat(Enumerable.Range(0, 24).Select(row => $"another day number {row}\n")));
        var withOtherTexts = await project.Build();

        first.MustSucceed();
        Assert.Equal(["Domain", "Sentiment"], first.Trained);
        again.MustSucceed();
        Assert.Empty(again.Workers);
        Assert.Equal(0, again.CompilerRuns);
        withAnotherRow.MustSucceed();
        Assert.Equal(["Sentiment"], withAnotherRow.Trained);
        withOtherTexts.MustSucceed();
        Assert.Equal(["Domain", "Sentiment"], withOtherTexts.Trained);
        Assert.EndsWith("1.000", (await project.RunApp()).Trim(), StringComparison.Ordinal);
        Assert.DoesNotContain("Domain", File.ReadAllText(project.PathOf("bin/Debug/net10.0/app.dll"), System.Text.Encoding.Latin1), StringComparison.Ordinal);
    }
}
