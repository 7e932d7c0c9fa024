using FineTune.Core.Diagnostics;
using FineTune.Core.Fingerprints;
using FineTune.Core.Manifests;
using FineTune.Core.Specification;
using FsCheck;
using FsCheck.Xunit;

namespace FineTune.Core.Tests.Fingerprints;

public sealed class FingerprintTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FingerprintTests()
    {
        _folder.Write("train.csv", "text,label\ngood,yes\n");
        _folder.Write("dev.csv", "text,label\nbad,no\n");
        _folder.Write("test.csv", "text,label\nfair,yes\n");
        _folder.Write("model/config.json", "{}");
        _folder.Write("model/model.safetensors", "weights");
        _folder.Write("model/vocab.txt", "[PAD]\n");
    }

    public static TheoryData<string> OptionsOf(PlanOptionScope scope) =>
        [.. PlanOptions.All.Where(option => option.Scope == scope && !option.IsFileList && option.MetadataName != nameof(TrainingPlan.BaseModel)).Select(option => option.MetadataName)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(OptionsOf), PlanOptionScope.Training)]
    public void An_option_that_changes_the_weights_changes_both_fingerprints(string name)
    {
        var option = PlanOptions.Find(name)!;
        Assert.SkipWhen(option.AllowedValues.Count == 1, "The option has one value only.");
        var plan = Plan() with
        {
            Task = option.Tasks.Count > 0 ? option.Tasks[0] : FineTuneTask.TextClassification,
            ValidationData = [],
            Augment = name == nameof(TrainingPlan.AugmentCopies) ? "swap:0.1" : null,
            Strategy = name switch
            {
                nameof(TrainingPlan.TrainableLayers) or nameof(TrainingPlan.TrainableEmbeddings) or nameof(TrainingPlan.UnfreezeEvery) => Strategy.Frozen,
                nameof(TrainingPlan.LayerDecay) => Strategy.LayerwiseDecay,
                _ => Strategy.Full,
            },
            EarlyStopping = name == nameof(TrainingPlan.MinimumImprovement) ? 2 : 0,
        };
        var changed = Changed(plan, option);

        var (before, after) = (Compute(plan), Compute(changed));

        Assert.NotEqual(before.Training, after.Training);
        Assert.NotEqual(before.Export, after.Export);
    }

    [Theory]
    [MemberData(nameof(OptionsOf), PlanOptionScope.Gate)]
    [MemberData(nameof(OptionsOf), PlanOptionScope.Api)]
    [MemberData(nameof(OptionsOf), PlanOptionScope.Machine)]
    public void An_option_that_changes_no_weights_changes_no_fingerprint(string name) =>
        Assert.Equal(Compute(Plan()), Compute(Changed(Plan(), PlanOptions.Find(name)!)));

    [Theory]
    [InlineData(nameof(TrainingPlan.LayerDecay))]
    [InlineData(nameof(TrainingPlan.TrainableLayers))]
    [InlineData(nameof(TrainingPlan.TrainableEmbeddings))]
    [InlineData(nameof(TrainingPlan.UnfreezeEvery))]
    [InlineData(nameof(TrainingPlan.MinimumImprovement))]
    [InlineData(nameof(TrainingPlan.ValidationSplit))]
    [InlineData(nameof(TrainingPlan.AugmentCopies))]
    [InlineData(nameof(TrainingPlan.LabelSeparator))]
    [InlineData(nameof(TrainingPlan.TagScheme))]
    [InlineData(nameof(TrainingPlan.MaskingRate))]
    public void An_option_that_does_not_apply_changes_no_fingerprint(string name) =>
        Assert.Equal(Compute(Plan()), Compute(Changed(Plan(), PlanOptions.Find(name)!)));

    [Fact]
    public void Quantization_changes_the_export_and_not_the_training()
    {
        var (before, after) = (Compute(Plan()), Compute(Plan() with { Quantize = Quantization.Int8 }));

        Assert.Equal(before.Training, after.Training);
        Assert.NotEqual(before.Export, after.Export);
    }

    [Fact]
    public void Names_places_and_times_change_no_fingerprint()
    {
        var before = Compute(Plan());
        File.Move(_folder.At("train.csv"), _folder.At("renamed.csv"));
        File.SetLastWriteTimeUtc(_folder.At("renamed.csv"), new DateTime(2025, 5, 5, 0, 0, 0, DateTimeKind.Utc));
        Directory.Move(_folder.At("model"), _folder.At("elsewhere"));

        var after = Compute(
            Plan() with { Name = "Other", Origin = new SourceLocation("b.csproj", 1, 1), BaseModel = "elsewhere", TrainData = [new DataFile("x", _folder.At("renamed.csv"))] },
            "elsewhere");

        Assert.Equal(before, after);
    }

    [Theory]
    [InlineData("train.csv")]
    [InlineData("dev.csv")]
    [InlineData("model/config.json")]
    [InlineData("model/model.safetensors")]
    [InlineData("model/vocab.txt")]
    [InlineData("model/tokenizer.json")]
    [InlineData("model/spiece.model")]
    [InlineData("model/sentencepiece.bpe.model")]
    public void One_byte_of_an_input_changes_both_fingerprints(string file)
    {
        var before = Compute(Plan());
        _folder.Write(file, "text,label\ngood,no \n");

        var after = Compute(Plan());

        Assert.NotEqual(before.Training, after.Training);
        Assert.NotEqual(before.Export, after.Export);
    }

    [Fact]
    public void Test_data_change_the_export_fingerprint_only()
    {
        var before = Compute(Plan());
        _folder.Write("test.csv", "other");

        var after = Compute(Plan());

        Assert.Equal(before.Training, after.Training);
        Assert.NotEqual(before.Export, after.Export);
    }

    [Fact]
    public void One_byte_of_the_synonyms_changes_both_fingerprints_where_they_are_used()
    {
        _folder.Write("synonyms.csv", "late,delayed\n");
        var used = Plan() with { Augment = "synonym:0.1", Synonyms = [DataFileAt("synonyms.csv")] };
        var unused = Plan() with { Augment = "swap:0.1", Synonyms = [DataFileAt("synonyms.csv")] };
        var (before, beforeUnused) = (Compute(used), Compute(unused));
        _folder.Write("synonyms.csv", "late,overdue\n");

        Assert.NotEqual(before.Training, Compute(used).Training);
        Assert.NotEqual(before.Export, Compute(used).Export);
        Assert.Equal(beforeUnused, Compute(unused));
    }

    [Fact]
    public void Other_files_beside_the_base_model_change_nothing()
    {
        var before = Compute(Plan());
        _folder.Write("model/README.md");
        _folder.Write("model/adapter.safetensors");

        Assert.Equal(before, Compute(Plan()));
        Assert.Equal(["config.json", "model.safetensors", "vocab.txt"], Fingerprint.BaseModelFiles(_folder.At("model")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_weight_file_that_is_not_read_changes_nothing_and_one_that_is_preferred_does()
    {
        var before = Compute(Plan());
        _folder.Write("model/pytorch_model.bin", "other weights");
        var beside = Compute(Plan());
        File.Delete(_folder.At("model", "model.safetensors"));
        var instead = Compute(Plan());

        Assert.Equal(before, beside);
        Assert.NotEqual(before.Training, instead.Training);
        Assert.Equal(["config.json", "pytorch_model.bin", "vocab.txt"], Fingerprint.BaseModelFiles(_folder.At("model")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("model.safetensors.index.json", "a.safetensors", "b.safetensors")]
    [InlineData("pytorch_model.bin.index.json", "a.bin", "b.bin")]
    public void Each_of_several_weight_files_counts(string index, string first, string second)
    {
        File.Delete(_folder.At("model", "model.safetensors"));
        _folder.Write($"model/{index}", $"{{\"weight_map\":{{\"x\":\"{first}\",\"y\":\"{second}\"}}}}");
        _folder.Write($"model/{first}", "1");
        _folder.Write($"model/{second}", "2");
        var before = Compute(Plan());

        Assert.Equal(new[] { first, second, "config.json", index, "vocab.txt" }.Order(StringComparer.Ordinal), Fingerprint.BaseModelFiles(_folder.At("model")).Select(Path.GetFileName));
        _folder.Write($"model/{second}", "3");
        Assert.NotEqual(before.Training, Compute(Plan()).Training);
    }

    [Fact]
    public void The_same_bytes_in_another_format_are_other_data()
    {
        _folder.Write("train.tsv", File.ReadAllText(_folder.At("train.csv")));

        Assert.NotEqual(Compute(Plan()), Compute(Plan() with { TrainData = [DataFileAt("train.tsv")] }));
    }

    [Fact]
    public void The_order_of_the_files_counts() => Assert.NotEqual(
        Compute(Plan() with { TrainData = [DataFileAt("train.csv"), DataFileAt("dev.csv")] }),
        Compute(Plan() with { TrainData = [DataFileAt("dev.csv"), DataFileAt("train.csv")] }));

    [Property(MaxTest = 50)]
    public bool Different_rates_have_different_fingerprints(NormalFloat first, NormalFloat second) =>
        (first.Get == second.Get) == (Compute(Plan() with { LearningRate = first.Get }) == Compute(Plan() with { LearningRate = second.Get }));

    [Fact]
    public void The_form_that_is_hashed_stays_the_same_from_release_to_release()
    {
        // A change here makes every user train again. When that is meant, raise RecipeVersion; else find what changed the form.
        var fingerprint = Compute(Plan());

        Assert.Equal("4e2dd0b957409ce0c8c9d879e00723af7cb7d11ad12957ab64701f9b500aaec6", fingerprint.Training);
        Assert.Equal("ba3f3e2a8479bc22726ed8add430ca2ca0a10b2a25f359381863817273b37b8f", fingerprint.Export);
    }

    [Fact]
    public void A_file_that_vanished_is_named()
    {
        var exception = Assert.Throws<FineTuneException>(() => Compute(Plan() with { TrainData = [DataFileAt("gone.csv")] }));

        Assert.Equal("FT1001", exception.Code);
        Assert.Contains("'gone.csv'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_model_that_vanished_is_named() => Assert.Equal("FT2001", Assert.Throws<FineTuneException>(() => Compute(Plan(), "gone")).Code);

    private static TrainingPlan Changed(TrainingPlan plan, PlanOption option)
    {
        var changed = plan with { };
        option.SetValueIn(changed, SamplePlans.Another(option, option.ValueIn(plan)));
        return changed;
    }

    private FingerprintPair Compute(TrainingPlan plan, string model = "model") =>
        Fingerprint.Compute(plan, _folder.At(model), new ContentHashIndex(_folder.At("index")));

    private TrainingPlan Plan() => new() { Name = "Topic", TrainData = [DataFileAt("train.csv")], ValidationData = [DataFileAt("dev.csv")], TestData = [DataFileAt("test.csv")] };

    private DataFile DataFileAt(string name) => new(name, _folder.At(name));
}
