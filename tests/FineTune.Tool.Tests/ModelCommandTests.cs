using System.Text.Json.Nodes;

namespace FineTune.Tool.Tests;

public sealed class ModelCommandTests(TinyProject project) : IClassFixture<TinyProject>
{
    [Fact]
    public void Predicting_one_text_gives_one_object()
    {
        var run = ToolRun.InProcess("predict", project.Model, "The parcel was great!", "--json");

        Assert.True(run.ExitCode == 0, run.Error);
        var document = run.Json.AsObject();
        Assert.Equal(["text", "label", "score", "scores", "logits"], document.Select(pair => pair.Key));
        Assert.Equal("The parcel was great!", (string)document["text"]!);
        var scores = document["scores"]!.AsObject().ToDictionary(pair => pair.Key, pair => (double)pair.Value!);
        Assert.Equal(1, scores.Values.Sum(), 6);
        Assert.Equal(scores[(string)document["label"]!], (double)document["score"]!);
        Assert.Equal(2, document["logits"]!.AsArray().Count);
    }

    [Fact]
    public void Predicting_several_texts_gives_an_array_in_their_order()
    {
        var run = ToolRun.InProcess("predict", project.Model, "The parcel was great!", "The phone is late.", "--json");

        Assert.Equal(["The parcel was great!", "The phone is late."], run.Json.AsArray().Select(prediction => (string)prediction!["text"]!));
    }

    [Fact]
    public void Each_line_of_standard_input_gives_one_line_of_JSON()
    {
        var lines = Enumerable.Range(0, 200).Select(number => $"The phone is late {number}.").ToList();

        var run = ToolRun.WithInput(string.Join('\n', lines), "predict", project.Model, "--json");

        var predictions = run.Output.Trim().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(lines, predictions.Select(prediction => (string)prediction["text"]!));
    }

    [Fact]
    public void Without_JSON_each_text_gives_one_line()
    {
        var run = ToolRun.InProcess("predict", project.Model, "The parcel was great!", "The phone is late.");

        Assert.Equal(2, run.Output.Trim().Split('\n').Length);
        Assert.All(run.Output.Trim().Split('\n'), line => Assert.Matches(@"^(praise|complaint)\t[01]\.\d{4}\tThe ", line));
    }

    [Fact]
    public void The_single_file_answers_as_the_folder_does()
    {
        var folder = ToolRun.InProcess("predict", project.Model, "The parcel was great!", "--json");
        var file = ToolRun.InProcess("predict", Path.Combine(project.Model, "model.ftmodel"), "The parcel was great!", "--json");

        Assert.Equal(folder.Output, file.Output);
    }

    [Fact]
    public void Evaluating_measures_every_row_and_judges()
    {
        var run = ToolRun.InProcess("evaluate", project.Model, "--data", project.TrainData, "--require", "accuracy >= 0.9; accuracy > 1", "--json");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(48, (int)run.Json["rows"]!);
        Assert.InRange((double)run.Json["metrics"]!["accuracy"]!, 0.9, 1);
        Assert.Equal([true, false], run.Json["gate"]!.AsArray().Select(gate => (bool)gate!["passed"]!));
    }

    [Fact]
    public void Evaluating_rows_with_a_label_that_the_model_does_not_know_is_an_error_at_the_row()
    {
        var data = Path.Combine(project.Folder, "unknown.tsv");
        File.WriteAllText(data, "text\tlabel\nThe phone is late.\tcomplaint\nThe phone was good.\tneutral\n");

        var run = ToolRun.InProcess("evaluate", project.Model, "--data", data, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(3, (int)run.Json["errors"]![0]!["line"]!);
    }

    [Fact]
    public void Inspecting_a_model_shows_what_it_is_and_what_was_measured()
    {
        var run = ToolRun.InProcess("inspect", project.Model, "--json");

        Assert.Equal(["complaint", "praise"], run.Json["manifest"]!["labels"]!.AsArray().Select(label => (string)label!));
        Assert.Equal((double)project.FirstRun.Json["metrics"]!["accuracy"]!, (double)run.Json["metrics"]!["metrics"]!["accuracy"]!);
    }

    [Fact]
    public void Inspecting_a_base_model_shows_how_each_layer_would_be_trained()
    {
        var run = ToolRun.InProcess("inspect", project.Base, "--strategy", "LLRD", "--layer-decay", "0.5", "--json");

        var layers = run.Json["layers"]!.AsArray();
        Assert.Equal(["embeddings", "layer 0", "layer 1", "head"], layers.Select(layer => (string)layer!["name"]!));
        Assert.Equal([0.125, 0.25, 0.5, 1.0], layers.Select(layer => (double)layer!["rateFactor"]!));
    }

    [Fact]
    public void Inspecting_a_frozen_base_model_counts_what_is_trained()
    {
        var run = ToolRun.InProcess("inspect", project.Base, "--strategy", "Frozen", "--trainable-layers", "1", "--json");

        var layers = run.Json["layers"]!.AsArray();
        Assert.Equal([false, false, true, true], layers.Select(layer => (bool)layer!["trainable"]!));
        Assert.Equal(layers.Where(layer => (bool)layer!["trainable"]!).Sum(layer => (long)layer!["parameters"]!), (long)run.Json["trainableParameters"]!);
    }

    [Fact]
    public void Inspecting_with_gradual_unfreezing_says_when_each_layer_begins()
    {
        var run = ToolRun.InProcess("inspect", project.Base, "--strategy", "Frozen", "--trainable-layers", "1", "--trainable-embeddings", "--unfreeze-every", "0.5 epochs");

        Assert.Matches(@"embeddings .* after 1 epoch\n", run.Output);
        Assert.Matches(@"layer 0 .* after 0\.5 epochs\n", run.Output);
        Assert.Matches(@"layer 1 .* yes\n", run.Output);
    }

    [Fact]
    public void A_file_that_is_not_a_model_is_told_so()
    {
        var run = ToolRun.InProcess("inspect", project.TrainData, "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("FT60", (string)run.Json["errors"]![0]!["code"]!, StringComparison.Ordinal);
    }
}
