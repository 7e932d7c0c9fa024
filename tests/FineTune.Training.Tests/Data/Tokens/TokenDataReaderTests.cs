using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data;
using FineTune.Training.Data.Tokens;
using FineTune.Training.Tests.Checkpoints;

namespace FineTune.Training.Tests.Data.Tokens;

public sealed class TokenDataReaderTests : IDisposable
{
    private const string Anna = "Anna|B-PER flies|O to|O San|B-LOC Marino|I-LOC .|O";

    private readonly DataFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train.conll", "Anna\tB-PER\nflies\tO\nto\tO\nSan\tB-LOC\nMarino\tI-LOC\n.\tO\n")]
    [InlineData("train.txt", "-DOCSTART- -X- O\n\nAnna NNP B-PER\r\nflies VBZ O\nto TO O\nSan NNP B-LOC\nMarino NNP I-LOC\n. . O\n\n")]
    [InlineData("train.bio", "# id 17 domain=en\nAnna _ _ B-PER\nflies _ _ O\nto _ _ O\nSan _ _ B-LOC\nMarino _ _ I-LOC\n. _ _ O")]
    [InlineData("train.iob", "Anna I-PER\nflies O\nto O\nSan I-LOC\nMarino I-LOC\n. O\n")]
    [InlineData("train.conll", "Anna S-PER\nflies O\nto O\nSan B-LOC\nMarino E-LOC\n. O\n")]
    [InlineData("train.conll", "Anna U-PER\nflies O\nto O\nSan B-LOC\nMarino L-LOC\n. O\n")]
    [InlineData("train.jsonl", """{"text": "not this", "label": "a", "tokens": ["Anna", "flies", "to", "San", "Marino", "."], "tags": ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"]}""")]
    [InlineData("train.json", """[{"words": ["Anna", "flies", "to", "San", "Marino", "."], "ner_tags": ["B-PER", "O", "O", "B-LOC", "I-LOC", "O"]}]""")]
    [InlineData("train.csv", "sentence,labels\nAnna flies to San Marino .,B-PER O O B-LOC I-LOC O\n")]
    [InlineData("train.tsv", "tokens\ttags\n[\"Anna\", \"flies\", \"to\", \"San\", \"Marino\", \".\"]\t[\"B-PER\", \"O\", \"O\", \"B-LOC\", \"I-LOC\", \"O\"]\n")]
    [InlineData("train.jsonl", """{"text": "Anna flies to San Marino.", "spans": [{"start": 14, "end": 24, "label": "LOC", "text": "San Marino"}, {"start": 0, "end": 4, "label": "PER"}]}""")]
    [InlineData("train.jsonl", """{"text": "Anna flies to San Marino.", "label": [[0, 4, "PER"], [14, 24, "LOC"]]}""")]
    [InlineData("train.jsonl", """{"text": "Anna flies to San Marino.", "entities": [{"start_offset": 0, "end_offset": 5, "type": "PER", "word": "anna"}, {"begin": 13, "end": 24, "entity_group": "LOC", "word": "san marino"}]}""")]
    [InlineData("train.csv", "text,spans\nAnna flies to San Marino.,\"[{\"\"start\"\":0,\"\"end\"\":4,\"\"label\"\":\"\"PER\"\"},{\"\"start\"\":14,\"\"end\"\":24,\"\"label\"\":\"\"LOC\"\"}]\"\n")]
    public void Each_form_gives_the_same_words_and_tags(string name, string content)
    {
        var file = folder.Write(name, content);

        var data = Read(Plan(file, file));

        Assert.Equal([Anna], Describe(data));
        Assert.Equal(["LOC", "PER"], data.EntityTypes);
        Assert.Equal(["O", "B-LOC", "I-LOC", "B-PER", "I-PER"], data.Labels);
        Assert.Equal(["LOC", "PER"], TaskLabels.Read(Plan(file)));
        Assert.Equal("FT1022", Assert.Single(folder.Warnings).Code);
    }

    [Fact]
    public void Given_words_are_joined_by_blanks_and_know_their_line()
    {
        var file = folder.Write("train.conll", "Anna B-PER\n\n\n#tag B-PER\n. O\n\nBob B-PER\n");

        var data = Read(Plan(file, file));

        Assert.Equal(["Anna", "#tag .", "Bob"], data.Train.Select(row => row.Text));
        Assert.Equal([1, 4, 7], data.Train.Select(row => row.Origin.Line));
    }

    [Fact]
    public void Labels_fix_the_types_and_their_order()
    {
        var file = folder.Write("train.conll", "Anna B-PER\nin O\nOslo B-LOC\n");

        Assert.Equal(["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"], Read(Plan(file, file) with { Labels = ["PER", "LOC", "ORG"] }).Labels);
        Assert.Contains(folder.Warnings, warning => warning.Code == "FT1024" && warning.Message.Contains("'ORG'", StringComparison.Ordinal));
        Assert.Equal(["train.conll(3,1): FT1019"], Errors(Plan(file) with { Labels = ["PER"] }));
        Assert.Equal(["PER"], TaskLabels.Read(Plan(new DataFile("none.conll", "none.conll")) with { Labels = ["PER"] }));
    }

    [Theory]
    [InlineData("Anna\n\nBob B-PER\n", "train.conll(1,1): FT1041")]
    [InlineData("Anna B-PER\nNew York B-LOC\n", "train.conll(2,10): FT1042")]
    [InlineData("Anna NOUN\nflies 3\nBob o\nto B-\n", "train.conll(1,6): FT1043", "train.conll(2,7): FT1043", "train.conll(3,5): FT1043", "train.conll(4,4): FT1043")]
    [InlineData("Anna O\nflies O\n", "train.conll(1,1): FT1017")]
    [InlineData("\n\n", "train.conll: FT1012")]
    [InlineData("Anna B-PER\n\nAnna B-PER\n", "train.conll(1,1): FT1026")]
    public void Mistakes_in_CoNLL_are_found_at_their_places(string content, params string[] errors) => Assert.Equal(errors, Errors(Plan(folder.Write("train.conll", content))));

    [Theory]
    [InlineData("""{"tokens": ["a", "b"], "tags": ["O"]}""", "train.jsonl(1,32): FT1045")]
    [InlineData("""{"tokens": [], "tags": []}""", "train.jsonl(1,12): FT1005")]
    [InlineData("""{"tokens": ["a", " "], "tags": ["O", "O"]}""", "train.jsonl(1,12): FT1005")]
    [InlineData("""{"tokens": ["a", ["b"]], "tags": ["O", "O"]}""", "train.jsonl(1,12): FT1053")]
    [InlineData("""{"tokens": ["a", "b"], "ner_tags": [0, 1]}""", "train.jsonl(1,36): FT1043")]
    [InlineData("""{"tokens": ["a", "b"], "spans": [{"start": 0, "end": 1, "label": "PER"}]}""", "train.jsonl(1,33): FT1053")]
    [InlineData("""{"tokens": ["a", "b"], "tags": ["O", "O"], "spans": []}""", "train.jsonl(1,1): FT1003")]
    [InlineData("""{"text": " ", "spans": []}""", "train.jsonl(1,10): FT1005")]
    [InlineData("""{"text": "Anna", "spans": {"start": 0}}""", "train.jsonl(1,27): FT1046")]
    [InlineData("""{"text": "Anna", "spans": [{"start": 0, "end": 4}]}""", "train.jsonl(1,27): FT1046")]
    [InlineData("""{"text": "Anna", "spans": [{"start": 0.5, "end": 4, "label": "PER"}]}""", "train.jsonl(1,27): FT1046")]
    [InlineData("""{"text": "Anna", "spans": [{"start": 0, "end": 5, "label": "PER"}, {"start": -1, "end": 2, "label": "PER"}, {"start": 2, "end": 2, "label": "PER"}]}""", "train.jsonl(1,27): FT1046", "train.jsonl(1,27): FT1046", "train.jsonl(1,27): FT1046")]
    [InlineData("""{"text": "Anna  B", "spans": [{"start": 4, "end": 6, "label": "PER"}]}""", "train.jsonl(1,30): FT1046")]
    [InlineData("""{"text": "Anna", "spans": [{"start": 0, "end": 4, "label": " "}]}""", "train.jsonl(1,27): FT1006")]
    [InlineData("""{"text": "Anna Berg", "spans": [{"start": 0, "end": 9, "label": "PER"}, {"start": 5, "end": 9, "label": "PER"}]}""", "train.jsonl(1,32): FT1047")]
    [InlineData("""{"text": "Anna Berg", "spans": [{"start": 0, "end": 4, "label": "PER", "text": "Berg"}]}""", "train.jsonl(1,32): FT1048")]
    public void Mistakes_in_tables_are_found_at_their_places(string content, params string[] errors) => Assert.Equal(errors, Errors(Plan(folder.Write("train.jsonl", content))));

    [Fact]
    public void Offsets_count_code_points()
    {
        var file = folder.Write("train.jsonl", """{"text": "\ud83d\ude00 Anna \ud83d\ude00!", "spans": [{"start": 2, "end": 6, "label": "PER", "text": "Anna"}]}""");
        var wrong = folder.Write("wrong.jsonl", """{"text": "\ud83d\ude00 Anna \ud83d\ude00!", "spans": [{"start": 3, "end": 7, "label": "PER", "text": "Anna"}]}""");

        Assert.Equal(["\U0001F600|O Anna|B-PER \U0001F600|O !|O"], Describe(Read(Plan(file, file))));
        Assert.Contains("UTF-16", Assert.Throws<FineTuneException>(() => Read(Plan(wrong))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_span_that_ends_inside_of_a_word_divides_it_with_a_warning()
    {
        var file = folder.Write("train.jsonl", """
            {"text": "Yorkshire pudding", "spans": [{"start": 0, "end": 4, "label": "LOC"}]}
            {"text": "New York-based Anna's", "spans": [{"start": 0, "end": 8, "label": "LOC"}, {"start": 15, "end": 19, "label": "PER"}]}
            """);

        var data = Read(Plan(file, file));

        Assert.Equal(["York|B-LOC shire|O pudding|O", "New|B-LOC York|I-LOC -based|O Anna|B-PER 's|O"], Describe(data));
        var warning = Assert.Single(folder.Warnings, warning => warning.Code == "FT1049");
        // The file is training and validation data.
        Assert.Contains("6 words in 4 rows", warning.Message, StringComparison.Ordinal);
        Assert.Equal(1, warning.Location!.Line);
    }

    [Fact]
    public void Neighbouring_entities_stay_apart()
    {
        var file = folder.Write("train.jsonl", """{"text": "Anna Bob", "spans": [{"start": 0, "end": 4, "label": "PER"}, {"start": 5, "end": 8, "label": "PER"}]}""");

        Assert.Equal(["Anna|B-PER Bob|B-PER"], Describe(Read(Plan(file, file))));
    }

    [Fact]
    public void Tags_that_break_their_scheme_are_counted_in_one_warning()
    {
        var file = folder.Write("train.conll", "a B-x\nb I-x\n\nc O\nd I-x\ne I-y\n\nf I-x\n");

        var data = Read(Plan(file, file));

        Assert.Equal(["a|B-x b|I-x", "c|O d|B-x e|B-y", "f|B-x"], Describe(data));
        var warning = Assert.Single(folder.Warnings, warning => warning.Code == "FT1044");
        // The file is training and validation data.
        Assert.StartsWith("6 tags break the scheme Bio, the first 'I-x' behind 'O'.", warning.Message, StringComparison.Ordinal);
        Assert.Equal(new SourceLocation("train.conll", 5, 1), warning.Location);
    }

    [Fact]
    public void A_given_scheme_is_held_to()
    {
        var file = folder.Write("train.conll", "a B-x\nb E-x\n\nc S-x\n");

        Assert.Equal(["train.conll(2,1): FT1043", "train.conll(4,1): FT1043"], Errors(Plan(file) with { TagScheme = TagScheme.Bio }));
        Assert.Equal(["test.conll(1,1): FT1043"], Errors(Plan(folder.Write("bio.conll", "a B-x\n\nb O\n"), test: folder.Write("test.conll", "c S-x\n"))));
    }

    [Fact]
    public void Contradictions_unknown_types_and_spelling_are_told()
    {
        var train = folder.Write("train.conll", "Anna B-PER\n\nAnna B-per\n\nBob O\n");

        Read(Plan(train, train));

        Assert.Equal(["FT1020", "FT1021", "FT1022"], folder.Warnings.Select(warning => warning.Code));
        Assert.Contains("'Anna' (PER) here and 'Anna' (per) at train.conll(3,1)", folder.Warnings[1].Message, StringComparison.Ordinal);
        Assert.Equal(["test.conll(2,1): FT1018"], Errors(Plan(train, train, folder.Write("test.conll", "x O\ny B-LOC\n"))));
    }

    [Fact]
    public void Files_of_several_forms_make_one_data_set()
    {
        var conll = folder.Write("a.conll", "Anna I-PER\nBerg I-PER\n");
        var spans = folder.Write("b.jsonl", """{"text": "Bob came", "spans": [{"start": 0, "end": 3, "label": "PER"}]}""");

        Assert.Equal(["Anna|B-PER Berg|I-PER", "Bob|B-PER came|O"], Describe(Read(Plan(conll, conll) with { TrainData = [conll, spans] })));
        Assert.DoesNotContain(folder.Warnings, warning => warning.Code == "FT1044");
    }

    [Fact]
    public void Each_type_validates_with_its_share()
    {
        var file = folder.Write("train.conll", string.Concat(Enumerable.Range(0, 200).Select(row => $"w{row} {(row % 4 == 0 ? "B-often" : row % 50 == 1 ? "B-rare" : "O")}\n\n")));

        var data = Read(Plan(file));

        Assert.Equal(20, data.Validation.Count);
        Assert.Equal((5, 1), (data.Validation.Count(row => row.Tags.Contains(1)), data.Validation.Count(row => row.Tags.Contains(3))));
        Assert.Empty(folder.Warnings);
    }

    [Theory]
    [InlineData("swap:0.5,delete:0.3,typo:0.3,case:0.3")]
    [InlineData("swap:0.9")]
    public void Copies_have_the_same_entities_in_their_words(string augment)
    {
        var file = folder.Write("train.jsonl", """
            {"text": "We (Anna and I) fly from Yorkshire's coast to San Marino, then to New York.", "spans": [{"start": 4, "end": 8, "label": "PER"}, {"start": 25, "end": 34, "label": "LOC"}, {"start": 46, "end": 56, "label": "LOC"}, {"start": 66, "end": 74, "label": "LOC"}]}
            {"text": "Nothing to see here", "spans": []}
            """);
        var conll = folder.Write("words.conll", "Anna B-PER\nBerg I-PER\n, O\nBob B-PER\ncame O\nhome O\n");

        var data = Read(Plan(file, file) with { TrainData = [file, conll], Augment = augment, AugmentCopies = 5 });

        TaggedText[] copies = [.. data.TrainCopies];
        Assert.True(copies.Length > 9);
        foreach (var copy in copies)
        {
            var original = data.Train.Single(row => row.Origin == copy.Origin);
            Assert.NotEqual(original.Text, copy.Text);
            Assert.Equal(EntityTagSet.Entities(original.Tags).Select(entity => entity.Type), EntityTagSet.Entities(copy.Tags).Select(entity => entity.Type));
            Assert.Equal(copy.Words.Count, copy.Tags.Count);
            Assert.Equal(string.Concat(copy.Text.Where(letter => !char.IsWhiteSpace(letter))), string.Concat(copy.Words.Select(word => copy.Text.Substring(word.Start, word.Length))));
        }
    }

    [Fact]
    public void A_row_whose_entity_cuts_a_character_has_no_copies()
    {
        var file = folder.Write("train.jsonl", """{"text": "one two cafe\u0301 three", "spans": [{"start": 8, "end": 12, "label": "x"}]}""");

        Assert.Empty(Read(Plan(file, file) with { Augment = "swap:0.9" }).TrainCopies);
    }

    [Fact]
    public void Named_entities_of_a_published_data_set_are_read()
    {
        var (train, validation, test) = (Shared("wnut17/train.conll"), Shared("wnut17/validation.conll"), Shared("wnut17/test.conll"));

        var data = Read(Plan(train, validation, test));

        Assert.Equal(["corporation", "creative-work", "group", "location", "person", "product"], data.EntityTypes);
        Assert.Equal((3394, 1009, 1287), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(1975, data.Train.Sum(row => EntityTagSet.Entities(row.Tags).Count()));
        Assert.Equal((836, 1079), (data.Validation.Sum(row => EntityTagSet.Entities(row.Tags).Count()), data.Test.Sum(row => EntityTagSet.Entities(row.Tags).Count())));
    }

    [Fact]
    public void Slots_of_a_published_data_set_are_read_as_entities()
    {
        var (train, validation, test) = (Shared("snips/train.jsonl"), Shared("snips/validation.jsonl"), Shared("snips/test.jsonl"));

        var data = Read(Plan(train, validation, test));

        Assert.Equal((13084, 700, 700, 39), (data.Train.Count, data.Validation.Count, data.Test.Count, data.EntityTypes.Count));
        Assert.DoesNotContain(folder.Warnings, warning => warning.Code == "FT1044");
    }

    private static TrainingPlan Plan(DataFile train, DataFile? validation = null, DataFile? test = null) => DataFolder.Plan(train, validation, test) with { Task = FineTuneTask.TokenClassification };

    private static DataFile Shared(string name)
    {
        var path = RepositoryFiles.Shared($"data/{name}");
        Assert.SkipWhen(path is null, "the shared data sets are not beside this repository");
        return new DataFile(name, path!);
    }

    private static string[] Describe(TokenData data) =>
        [.. data.Train.Select(row => string.Join(' ', row.Words.Zip(row.Tags, (word, tag) => $"{row.Text.Substring(word.Start, word.Length)}|{data.Labels[tag]}")))];

    private TokenData Read(TrainingPlan plan) => TokenDataReader.Read(plan, folder.Warnings.Add);

    private string[] Errors(TrainingPlan plan) => [.. Assert.Throws<FineTuneException>(() => Read(plan)).Diagnostics.Select(error => $"{error.Location}: {error.Code}")];
}
