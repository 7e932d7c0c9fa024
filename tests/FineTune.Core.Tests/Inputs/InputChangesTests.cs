using FineTune.Core.Fingerprints;
using FineTune.Core.Inputs;
using FineTune.Core.Specification;
using FineTune.Core.Store;

namespace FineTune.Core.Tests.Inputs;

public sealed class InputChangesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public InputChangesTests()
    {
        _folder.Write("train.csv", "text,label\none,x\ntwo,y\nthree,x\nfour,y\n");
        _folder.Write("test.csv", "text,label\nfive,x\n");
        _folder.Write("model/config.json", "{}");
        _folder.Write("model/model.safetensors", "weights");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_changed_is_no_change() => Assert.Empty(Changes(Plan(), () => { }, Plan()));

    [Fact]
    public void Rows_options_and_base_model_are_told_as_the_user_knows_them()
    {
        var changes = Changes(
            Plan(),
            () =>
            {
                _folder.Write("train.csv", "text,label\none,y\ntwo,y\nthree,x\nfour,y\nsix,x\nseven,y\n");
                _folder.Write("model/model.safetensors", "other weights");
            },
            Plan() with { LearningRate = 3e-5, MaxLength = 64 });

        Assert.Equal(
            ["train.csv: 2 rows added, 1 changed", "LearningRate 5e-5 → 3e-5", "MaxLength not set → 64", "base model: model.safetensors changed"],
            changes.Select(change => change.ToString()));
        Assert.All(changes, change => Assert.True(change.Trains));
    }

    [Fact]
    public void Test_data_call_for_an_export_only()
    {
        var change = Assert.Single(Changes(Plan(), () => _folder.Write("test.csv", "text,label\nfive,y\n"), Plan()));

        Assert.Equal("test.csv: 1 row changed", change.ToString());
        Assert.False(change.Trains);
    }

    [Fact]
    public void An_option_that_comes_along_with_a_strategy_is_told_only_when_it_was_set()
    {
        Assert.Equal(["Strategy Full → Frozen"], Texts(Plan() with { Strategy = Strategy.Frozen }));
        Assert.Equal(["Strategy Full → Frozen", "TrainableLayers not set → 2"], Texts(Plan() with { Strategy = Strategy.Frozen, TrainableLayers = 2 }).Order(StringComparer.Ordinal));

        IEnumerable<string> Texts(TrainingPlan plan) => Changes(Plan(), () => { }, plan).Select(change => change.ToString());
    }

    [Fact]
    public void Files_that_come_and_go_are_told_and_a_renamed_one_is_not()
    {
        _folder.Write("more.csv", "text,label\nsix,x\n");
        _folder.Write("renamed.csv", File.ReadAllText(_folder.At("train.csv")));

        var changes = Changes(Plan(), () => { }, Plan() with { TrainData = [Data("renamed.csv"), Data("more.csv")], TestData = [] });

        Assert.Equal(["more.csv: new in TrainData, 1 row", "test.csv: no longer in TestData"], changes.Select(change => change.ToString()));
    }

    [Fact]
    public void Other_line_ends_are_told_as_what_they_are()
        => Assert.Equal("other bytes, but the same rows", Assert.Single(Changes(Plan(), () => _folder.Write("train.csv", File.ReadAllText(_folder.At("train.csv")).Replace("\n", "\r\n", StringComparison.Ordinal)), Plan())).Description);

    [Fact]
    public void A_record_keeps_the_inputs_and_the_last_fingerprints()
    {
        var records = new ModelRecords(_folder.At("store"));
        var fingerprint = Fingerprint.Compute(Plan(), _folder.At("model"), Index());

        records.Write("/shop/app.csproj", "Triage", fingerprint, Snapshot(Plan()));
        records.Write("/shop/app.csproj", "Triage", fingerprint with { Export = new string('e', 64) }, Snapshot(Plan()));

        var record = records.Find("/shop/app.csproj", "Triage")!;
        Assert.Empty(InputChanges.Between(record.Inputs!, Snapshot(Plan())));
        Assert.Equal([fingerprint.Export, new string('e', 64)], record.Fingerprints.Select(pair => pair.Export));
        Assert.True(records.IsRecorded("/shop/app.csproj", "Triage", record.Latest));
        Assert.Null(records.Find("/shop/app.csproj", "Other"));
    }

    [Fact]
    public void A_damaged_record_is_as_if_there_were_none()
    {
        var records = new ModelRecords(_folder.At("store"));
        records.Write("/shop/app.csproj", "Triage", Fingerprint.Compute(Plan(), _folder.At("model"), Index()), Snapshot(Plan()));
        File.WriteAllText(Assert.Single(Directory.GetFiles(_folder.At("store"), "*", SearchOption.AllDirectories)), "{\"projectFile\":1}");

        Assert.Null(records.Find("/shop/app.csproj", "Triage"));
        Assert.Empty(records.All());
    }

    private IReadOnlyList<InputChange> Changes(TrainingPlan before, Action change, TrainingPlan now)
    {
        var snapshot = Snapshot(before);
        change();
        return InputChanges.Between(snapshot, Snapshot(now));
    }

    private InputSnapshot Snapshot(TrainingPlan plan) => InputSnapshot.Take(plan, new BaseModelSource(_folder.At("model")), Index());

    private ContentHashIndex Index() => new(_folder.At($"{Guid.NewGuid():N}.index"));

    private TrainingPlan Plan() => new() { Name = "Triage", TrainData = [Data("train.csv")], TestData = [Data("test.csv")] };

    private DataFile Data(string name) => new(name, _folder.At(name));
}
