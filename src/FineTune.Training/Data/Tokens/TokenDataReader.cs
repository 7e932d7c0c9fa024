using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Data.Augmentation;

namespace FineTune.Training.Data.Tokens;

/// <summary>Reads and checks all data of a token plan.</summary>
internal static class TokenDataReader
{
    /// <summary>Reads all files, brings their tags into BIO, and splits validation rows off where the plan has no file for them.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="report">Takes the warnings.</param>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static TokenData Read(TrainingPlan plan, Action<Diagnostic> report)
    {
        var errors = new DataErrors();
        var files = new TokenFiles(plan, errors);
        var train = files.Read(plan.TrainData);
        var validation = files.Read(plan.ValidationData);
        var test = files.Read(plan.TestData);
        var synonyms = new SynonymFiles(errors).Read(plan.Synonyms);
        errors.ThrowIfAny();
        if (train.Count == 0)
        {
            throw new FineTuneException("FT1012", "The plan has no training data. Set TrainData.", plan.Origin);
        }

        var warnings = new DataWarnings(report);
        var scheme = plan.TagScheme == TagScheme.Auto ? TagSequences.Detect(train.Where(row => !row.HasSpans).Select(row => row.Tags)) : plan.TagScheme;
        CheckScheme(plan, scheme, [.. train, .. validation, .. test], errors);
        errors.ThrowIfAny();
        CheckDivided([.. train, .. validation, .. test], warnings);
        var invalid = new List<(string Description, SourceLocation Place)>();
        (train, validation, test) = (Bio(train), Bio(validation), Bio(test));
        if (invalid.Count > 0)
        {
            warnings.Warn("FT1044", $"{(invalid.Count == 1 ? "One tag breaks" : $"{invalid.Count} tags break")} the scheme {scheme}, the first {invalid[0].Description}. They are read as conlleval reads them: a word that does not go on with the entity before it begins one. Correct them, or set TagScheme if the data have another: {DataWarnings.Places(invalid.Select(tag => tag.Place))}.", invalid[0].Place);
        }

        var types = TypesOf(plan, train);
        LabelChecks.CheckUnknown(types, Typed(train), Typed([.. validation, .. test]), errors);
        if (!Typed(train).Any())
        {
            errors.Add("FT1017", "No word of the training data is in an entity, so there is nothing to learn. Add rows with other tags than O, or check LabelColumn.", train[0].Origin);
        }

        errors.ThrowIfAny();

        warnings.CheckHeaders(files, name => types.Contains(name, StringComparer.Ordinal));
        warnings.CheckSpelling(types, Typed([.. train, .. validation, .. test]));
        warnings.CheckUnused(types, Typed(train).Select(entity => entity.Label), plan.Origin);
        warnings.CheckContradictions(train, Describe);
        warnings.CheckLeaks(train, validation, test);

        var (trainRows, validationRows) = (Indexed(train, types), Indexed(validation, types));
        if (plan.ValidationData.Count == 0)
        {
            (trainRows, validationRows) = IterativeSplit.Split(trainRows, TypesIn, types.Count, plan.ValidationSplit, plan.Seed);
            if (validationRows.Count == 0)
            {
                throw StratifiedSplit.NothingToValidate("There are no two different texts", train[0].Origin);
            }

            warnings.CheckSplit(types, trainRows.SelectMany(row => TypesIn(row).Select(type => (type, row.Origin))), validationRows.SelectMany(TypesIn));
        }

        return new TokenData
        {
            Labels = EntityTagSet.TagsOf(types),
            EntityTypes = types,
            Train = trainRows,
            TrainCopies = Augmenter.Of(plan, synonyms).CopiesOf(trainRows),
            Validation = validationRows,
            Test = Indexed(test, types),
        };

        List<TaggedRow> Bio(List<TaggedRow> rows) => ToBio(rows, scheme, (row, word) => invalid.Add((InContext(row.Tags, word), row.PlaceOf(word))));
    }

    /// <summary>Reads the test rows alone.</summary>
    /// <param name="plan">The plan, with the types.</param>
    /// <exception cref="FineTuneException">Something is wrong with the data; holds up to <see cref="DataErrors.Limit"/> errors with their places.</exception>
    public static IReadOnlyList<TaggedText> ReadTest(TrainingPlan plan)
    {
        var errors = new DataErrors();
        var rows = new TokenFiles(plan, errors).Read(plan.TestData);
        errors.ThrowIfAny();
        var scheme = plan.TagScheme == TagScheme.Auto ? TagSequences.Detect(rows.Where(row => !row.HasSpans).Select(row => row.Tags)) : plan.TagScheme;
        CheckScheme(plan, scheme, rows, errors);
        rows = ToBio(rows, scheme, (_, _) => { });
        LabelChecks.CheckUnknown(plan.Labels, [], Typed(rows), errors);
        errors.ThrowIfAny();
        return Indexed(rows, plan.Labels);
    }

    /// <summary>The types of entities alone, as <see cref="Read"/> would give them; reads no file when the plan names them.</summary>
    /// <exception cref="FineTuneException">A training file cannot be read, or has no entities.</exception>
    public static IReadOnlyList<string> ReadTypes(TrainingPlan plan)
    {
        var errors = new DataErrors();
        var types = TypesOf(plan, plan.Labels.Count > 0 ? [] : new TokenFiles(plan, errors).Read(plan.TrainData));
        errors.ThrowIfAny();
        return types.Count > 0 ? types : throw new FineTuneException("FT1012", "The training data has no entities.", plan.Origin);
    }

    private static IReadOnlyList<string> TypesOf(TrainingPlan plan, List<TaggedRow> train)
        => plan.Labels.Count > 0 ? plan.Labels : LabelChecks.Sorted(train.SelectMany(row => row.Tags).Where(tag => !tag.IsOutside).Select(tag => tag.Type));

    private static List<TaggedRow> ToBio(List<TaggedRow> rows, TagScheme scheme, Action<TaggedRow, int> reportInvalid)
        => [.. rows.Select(row => row.HasSpans ? row : row with { Tags = TagSequences.ToBio(row.Tags, scheme, word => reportInvalid(row, word)) })];

    private static IReadOnlyList<TaggedText> Indexed(List<TaggedRow> rows, IReadOnlyList<string> types)
    {
        var indices = LabelChecks.Indices(types);
        return [.. rows.Select(row => new TaggedText(row.Text, row.Words, [.. row.Tags.Select(tag => EntityTagSet.IndexOf(tag, indices))], row.Origin))];
    }

    private static IEnumerable<int> TypesIn(TaggedText row) => EntityTagSet.Entities(row.Tags).Select(entity => entity.Type);

    private static IEnumerable<(string Label, SourceLocation Origin)> Typed(IReadOnlyList<TaggedRow> rows)
        => rows.SelectMany(row => row.Tags.Select((tag, word) => (tag, word)).Where(pair => pair.tag.Prefix == 'B').Select(pair => (pair.tag.Type, row.PlaceOf(pair.word))));

    private static string InContext(IReadOnlyList<WordTag> tags, int word) => word == 0 ? $"'{tags[0]}' at the beginning" : $"'{tags[word]}' behind '{tags[word - 1]}'";

    private static string Describe(TaggedRow row)
    {
        var entities = new List<string>();
        for (var word = 0; word < row.Tags.Count; word++)
        {
            if (row.Tags[word].Prefix == 'B')
            {
                var last = word;
                while (last + 1 < row.Tags.Count && row.Tags[last + 1].Prefix == 'I')
                {
                    last++;
                }

                entities.Add($"'{row.Text[row.Words[word].Start..row.Words[last].End]}' ({row.Tags[word].Type})");
            }
        }

        return entities.Count == 0 ? "no entities" : string.Join(", ", entities);
    }

    private static void CheckScheme(TrainingPlan plan, TagScheme scheme, IEnumerable<TaggedRow> rows, DataErrors errors)
    {
        if (scheme == TagScheme.Bioes)
        {
            return;
        }

        foreach (var row in rows)
        {
            var word = row.Tags.TakeWhile(tag => tag.Prefix is not ('E' or 'S')).Count();
            if (word < row.Tags.Count)
            {
                errors.Add("FT1043", $"'{row.Tags[word]}' is no tag of the scheme {scheme}{(plan.TagScheme == TagScheme.Auto ? ", which the training data have" : string.Empty)}. Set TagScheme to Bioes if all files have it.", row.PlaceOf(word));
            }
        }
    }

    private static void CheckDivided(IEnumerable<TaggedRow> rows, DataWarnings warnings)
    {
        TaggedRow[] divided = [.. rows.Where(row => row.DividedWords > 0)];
        if (divided.Length > 0)
        {
            warnings.Warn("FT1049", $"Spans begin or end inside of {divided.Sum(row => row.DividedWords)} words in {divided.Length} rows, such as here. These words are divided for training, but the app tags whole words. Move the ends of the spans to those of words if that was meant: {DataWarnings.Places(divided.Select(row => row.Origin))}.", divided[0].Origin);
        }
    }
}
