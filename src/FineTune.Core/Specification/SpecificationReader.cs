using FineTune.Core.Diagnostics;
using FineTune.Core.Gates;

namespace FineTune.Core.Specification;

/// <summary>Turns one <see cref="ModelSpec"/> into a plan and collects all of its mistakes on the way.</summary>
internal sealed class SpecificationReader(ModelSpec spec, Action<Diagnostic> report)
{
    private readonly List<Diagnostic> _mistakes = [];
    private readonly HashSet<string> _malformed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Given> _given = new(StringComparer.Ordinal);

    public TrainingPlan Read()
    {
        var plan = new TrainingPlan { Name = spec.Name, Origin = spec.Origin };
        if (!CSharpName.IsIdentifier(spec.Name))
        {
            _mistakes.Add(SpecificationDiagnostics.InvalidName.With($"'{spec.Name}' cannot be a model's name, because classes and files are named after it. Use letters, digits and '_', no digit at the start, and no keyword of C#.", spec.Origin));
        }

        CollectGivenOptions();
        foreach (var option in PlanOptions.All)
        {
            if (_given.TryGetValue(option.MetadataName, out var given))
            {
                ReadInto(plan, option, given);
            }
        }
        CheckTogether(plan);
        return _mistakes.Count == 0 ? plan : throw new FineTuneException(_mistakes);
    }

    private void CollectGivenOptions()
    {
        foreach (var pair in spec.Values.Where(pair => !string.IsNullOrWhiteSpace(pair.Value)))
        {
            var location = spec.ValueLocations.TryGetValue(pair.Key, out var place) ? place : spec.Origin;
            var name = pair.Key.TrimStart('-');
            if (PlanOptions.Find(name) is { } option)
            {
                AddGiven(option, new Given(pair.Key, pair.Value.Trim(), location));
                SplitTextColumns(option, location);
            }
            else if (ForeignOptions.Advice.TryGetValue(name, out var advice))
            {
                report(SpecificationDiagnostics.OptionIgnored.With($"'{pair.Key}' is ignored. {advice}", location));
            }
            else
            {
                _mistakes.Add(SpecificationDiagnostics.UnknownOption.With(DescribeUnknown(pair.Key), location));
            }
        }
    }

    private void AddGiven(PlanOption option, Given given)
    {
        if (_given.TryGetValue(option.MetadataName, out var first))
        {
            _mistakes.Add(SpecificationDiagnostics.GivenTwice.With($"{option.MetadataName} is given twice, as '{first.Name}' and as '{given.Name}'. Remove one.", given.Location));
            return;
        }
        _given.Add(option.MetadataName, given);
        if (option.Aliases.Contains(given.Name.TrimStart('-'), StringComparer.OrdinalIgnoreCase))
        {
            report(SpecificationDiagnostics.AliasUsed.With($"'{given.Name}' is called {option.MetadataName} here.", given.Location));
        }
    }

    /// <summary>Hugging Face's <c>text_column_names</c> names both columns of a pair.</summary>
    private void SplitTextColumns(PlanOption option, SourceLocation? location)
    {
        if (option.MetadataName == nameof(TrainingPlan.TextColumn)
            && _given[option.MetadataName] is { Text: var text } given
            && given.Name.TrimStart('-').Equals("text_column_names", StringComparison.OrdinalIgnoreCase)
            && text.Split(',') is [var first, var second])
        {
            _given[option.MetadataName] = given with { Text = first.Trim() };
            AddGiven(PlanOptions.Find(nameof(TrainingPlan.TextPairColumn))!, new Given(given.Name, second.Trim(), location));
        }
    }

    private static string DescribeUnknown(string name) => PlanOptions.Nearest(name) is { } nearest
        ? $"There is no option '{name}'. Did you mean {nearest}?"
        : $"There is no option '{name}'. The options are {string.Join(", ", PlanOptions.All.Select(option => option.MetadataName))}.";

    private void ReadInto(TrainingPlan plan, PlanOption option, Given given)
    {
        try
        {
            option.SetValueIn(plan, ReadValue(plan, option, given));
        }
        catch (FineTuneException mistake)
        {
            _malformed.Add(option.MetadataName);
            _mistakes.AddRange(mistake.Diagnostics);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _mistakes.Add(SpecificationDiagnostics.UnreadableInput.With($"{option.MetadataName}: '{given.Text}' cannot be read: {exception.Message}", given.Location));
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            // What the platform does not accept as a path.
            _mistakes.Add(SpecificationDiagnostics.MalformedValue.With($"{option.MetadataName}: '{given.Text}' is not a path: {exception.Message}", given.Location));
        }
    }

    private object ReadValue(TrainingPlan plan, PlanOption option, Given given)
    {
        if (option.IsFileList)
        {
            return DataFilePatterns.Expand(option, _malformed.Contains(nameof(TrainingPlan.Task)) ? null : plan.Task, given.Text, spec.BaseDirectory, given.Location, _mistakes);
        }

        var value = OptionValue.Parse(option, WithUnit(option, given), given.Location);
        switch (option.MetadataName)
        {
            case nameof(TrainingPlan.BestMetric):
                return ReadMetric(plan.Task, given);
            case nameof(TrainingPlan.BaseModel):
                return ReadBaseModel(given);
            case nameof(TrainingPlan.Labels):
                CheckLabels(plan.Task, (IReadOnlyList<string>)value, given);
                break;
            case nameof(TrainingPlan.LabelColumns):
                CheckDistinct("LabelColumns", (IReadOnlyList<string>)value, given);
                break;
            case nameof(TrainingPlan.WarmupSteps):
                CheckWarmup((double)value, given);
                break;
            case nameof(TrainingPlan.Augment):
                return TextAugmentation.Parse(given.Text, given.Location).ToString();
            case nameof(TrainingPlan.Require) or nameof(TrainingPlan.Warn):
                Gate.Parse(given.Text, given.Location);
                break;
            case nameof(TrainingPlan.Device):
                return ReadDevice(given);
            case nameof(TrainingPlan.Namespace):
                CheckName(option, given, CSharpName.IsNamespace, "a namespace, such as Shop.Models");
                break;
            case nameof(TrainingPlan.ClassName):
                CheckName(option, given, CSharpName.IsIdentifier, "the name of a class, such as TopicModel");
                break;
        }
        return value;
    }

    /// <summary>Hugging Face's <c>eval_steps</c> and <c>save_steps</c> are numbers of steps.</summary>
    private static string WithUnit(PlanOption option, Given given)
        => option.ValueType == typeof(TrainingInterval) && given.Name.EndsWith("steps", StringComparison.OrdinalIgnoreCase) && given.Text.All(char.IsDigit) ? $"{given.Text} steps" : given.Text;

    private string ReadMetric(FineTuneTask task, Given given)
    {
        var metrics = TaskMetrics.Of(task);
        if (metrics.Find(given.Text) is { } name)
        {
            return name;
        }

        // A task that could not be read contradicts nothing.
        return _malformed.Contains(nameof(TrainingPlan.Task))
            ? given.Text
            : throw SpecificationDiagnostics.ValueNotAllowed.Exception($"BestMetric cannot be '{given.Text}' with Task {task}.{metrics.Advice(given.Text)}", given.Location);
    }

    private string ReadBaseModel(Given given)
    {
        if (given.Text.StartsWith(BaseModelFolder.BuiltInPrefix, StringComparison.OrdinalIgnoreCase) || given.Text.StartsWith(BaseModelFolder.ItemPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return given.Text;
        }

        if (BaseModelPackage.IsNamedBy(given.Text))
        {
            BaseModelPackage.Parse(given.Text, given.Location);
            return given.Text;
        }

        var colon = given.Text.IndexOf(':');
        // One letter before the colon is a Windows drive.
        if (colon > 1 && given.Text.Take(colon).All(char.IsLetter))
        {
            throw SpecificationDiagnostics.UnsupportedBaseModel.Exception($"BaseModel cannot come from '{given.Text.Substring(0, colon + 1)}'. Give builtin:tiny, package:Id for a NuGet package, or a folder in Hugging Face layout.", given.Location);
        }

        var path = Path.DirectorySeparatorChar == '/' ? given.Text.Replace('\\', '/') : given.Text;
        return Path.GetFullPath(Path.Combine(spec.BaseDirectory, path)).TrimEnd(Path.DirectorySeparatorChar);
    }

    private static string ReadDevice(Given given)
    {
        var device = given.Text.ToLowerInvariant();
        if (device is not ("auto" or "cpu" or "cuda") && !(device.StartsWith("cuda:", StringComparison.Ordinal) && device.Length is > 5 and <= 8 && device.Skip(5).All(digit => digit is >= '0' and <= '9')))
        {
            throw SpecificationDiagnostics.ValueNotAllowed.Exception($"Device cannot be '{given.Text}'. It can be Auto, Cpu, Cuda, or Cuda:1 for the second one.", given.Location);
        }

        return char.ToUpperInvariant(device[0]) + device.Substring(1);
    }

    private static void CheckLabels(FineTuneTask task, IReadOnlyList<string> labels, Given given)
    {
        CheckDistinct("Labels", labels, given);
        if (task == FineTuneTask.TextClassification && labels.Count < 2)
        {
            throw SpecificationDiagnostics.MalformedValue.Exception("Labels must name at least two labels, separated by ';'.", given.Location);
        }

        if (task == FineTuneTask.TokenClassification && labels.FirstOrDefault(label => label == "O" || (label.Length > 2 && label[1] == '-' && "BIESLU".Contains(label[0]))) is { } tag)
        {
            throw SpecificationDiagnostics.MalformedValue.Exception($"Labels must name types of entities, such as PER;LOC; '{tag}' is a tag. Leave out O and the beginnings such as B-.", given.Location);
        }
    }

    private static void CheckDistinct(string optionName, IReadOnlyList<string> names, Given given)
    {
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw SpecificationDiagnostics.MalformedValue.Exception($"{optionName} names '{twice.Key}' twice.", given.Location);
        }
    }

    private static void CheckWarmup(double value, Given given)
    {
        if (value > 1 && value != Math.Floor(value))
        {
            throw SpecificationDiagnostics.MalformedValue.Exception($"WarmupSteps must be a whole number of steps or a share below 1; '{given.Text}' is neither.", given.Location);
        }
    }

    private static void CheckName(PlanOption option, Given given, Func<string, bool> isName, string form)
    {
        if (!isName(given.Text))
        {
            throw SpecificationDiagnostics.InvalidName.Exception($"{option.MetadataName} must be {form}; '{given.Text}' is not.", given.Location);
        }
    }

    private void CheckTogether(TrainingPlan plan)
    {
        if (!_given.ContainsKey(nameof(TrainingPlan.TrainData)))
        {
            _mistakes.Add(SpecificationDiagnostics.MissingTrainData.With($"The model '{spec.Name}' has no TrainData. Name a file with {ContentOf(plan.Task)}: {string.Join(", ", DataFilePatterns.ExtensionsOf(plan.Task))}.", spec.Origin));
        }

        // A task that could not be read contradicts nothing.
        if (!_malformed.Contains(nameof(TrainingPlan.Task)))
        {
            CheckTask(plan);
            CheckCondition(nameof(TrainingPlan.Require), plan.Require, plan);
            CheckCondition(nameof(TrainingPlan.Warn), plan.Warn, plan);
        }

        // Neither does a strategy.
        if (!_malformed.Contains(nameof(TrainingPlan.Strategy)))
        {
            CheckStrategy(nameof(TrainingPlan.LayerDecay), Strategy.LayerwiseDecay, plan);
            CheckStrategy(nameof(TrainingPlan.TrainableLayers), Strategy.Frozen, plan);
            CheckStrategy(nameof(TrainingPlan.TrainableEmbeddings), Strategy.Frozen, plan);
            CheckStrategy(nameof(TrainingPlan.UnfreezeEvery), Strategy.Frozen, plan);
            CheckReinitialization(plan);
        }

        CheckEarlyStopping(plan);
        CheckLabelOfBestMetric(plan);
        CheckLabelColumns();
        if (_given.TryGetValue(nameof(TrainingPlan.ValidationSplit), out var split) && _given.ContainsKey(nameof(TrainingPlan.ValidationData)))
        {
            _mistakes.Add(SpecificationDiagnostics.Contradiction.With("ValidationSplit has no effect beside ValidationData. Remove one.", split.Location));
        }

        // Nor does an augmentation.
        if (!_malformed.Contains(nameof(TrainingPlan.Augment)))
        {
            CheckAugmentation(TextAugmentation.Parse(plan.Augment));
        }

        WarnOfSharedFiles(plan.TrainData, nameof(TrainingPlan.TrainData), plan.ValidationData, nameof(TrainingPlan.ValidationData));
        WarnOfSharedFiles(plan.TrainData, nameof(TrainingPlan.TrainData), plan.TestData, nameof(TrainingPlan.TestData));
        WarnOfSharedFiles(plan.ValidationData, nameof(TrainingPlan.ValidationData), plan.TestData, nameof(TrainingPlan.TestData));
    }

    private void CheckStrategy(string optionName, Strategy needed, TrainingPlan plan)
    {
        if (_given.TryGetValue(optionName, out var given) && plan.Strategy != needed)
        {
            _mistakes.Add(SpecificationDiagnostics.Contradiction.With($"{optionName} has no effect with Strategy {plan.Strategy}. Set Strategy to {needed}, or remove {optionName}.", given.Location));
        }
    }

    private void CheckReinitialization(TrainingPlan plan)
    {
        if (_given.TryGetValue(nameof(TrainingPlan.ReinitializeLayers), out var given) && plan.Strategy == Strategy.Frozen && plan.ReinitializeLayers > plan.TrainableLayers)
        {
            _mistakes.Add(SpecificationDiagnostics.Contradiction.With($"ReinitializeLayers {plan.ReinitializeLayers} is more than the {plan.TrainableLayers} layers that Strategy Frozen trains: random weights would stay random. Set TrainableLayers to at least {plan.ReinitializeLayers}, or ReinitializeLayers to at most {plan.TrainableLayers}.", given.Location));
        }
    }

    private void CheckEarlyStopping(TrainingPlan plan)
    {
        if (_given.TryGetValue(nameof(TrainingPlan.MinimumImprovement), out var given) && plan.EarlyStopping == 0 && !_malformed.Contains(nameof(TrainingPlan.EarlyStopping)))
        {
            _mistakes.Add(SpecificationDiagnostics.Contradiction.With("MinimumImprovement has no effect without EarlyStopping. Set EarlyStopping to the number of evaluations to wait for something better, or remove MinimumImprovement.", given.Location));
        }
    }

    private void CheckLabelOfBestMetric(TrainingPlan plan)
    {
        if (TaskMetrics.LabelOf(plan.BestMetric) is { } label && UnknownLabel(label, plan) is { } advice)
        {
            _mistakes.Add(SpecificationDiagnostics.ValueNotAllowed.With($"BestMetric names the label '{label}', {advice}", _given[nameof(TrainingPlan.BestMetric)].Location));
        }
    }

    private static string? UnknownLabel(string label, TrainingPlan plan)
    {
        var (labels, option) = plan.Labels.Count > 0 ? (plan.Labels, nameof(TrainingPlan.Labels)) : (plan.LabelColumns, nameof(TrainingPlan.LabelColumns));
        return labels.Count > 0 && !labels.Contains(label) ? $"which is not among {option}.{NameSuggestion.Question(label, labels)}" : null;
    }

    private void CheckTask(TrainingPlan plan)
    {
        foreach (var option in PlanOptions.All.Where(option => !option.AppliesTo(plan.Task) && _given.ContainsKey(option.MetadataName)))
        {
            var tasks = option.Tasks.Count == 1 ? option.Tasks[0].ToString() : $"{string.Join(", ", option.Tasks.Take(option.Tasks.Count - 1))} or {option.Tasks[option.Tasks.Count - 1]}";
            _mistakes.Add(SpecificationDiagnostics.Contradiction.With($"{option.MetadataName} has no effect with Task {plan.Task}. Remove {option.MetadataName}, or set Task to {tasks}.", _given[option.MetadataName].Location));
        }
    }

    private void CheckCondition(string optionName, string? text, TrainingPlan plan)
    {
        if (text is null)
        {
            return;
        }

        var (metrics, location) = (TaskMetrics.Of(plan.Task), _given[optionName].Location);
        foreach (var metric in Gate.Parse(text).Conditions.Select(condition => condition.Metric).Distinct())
        {
            if (!metrics.IsMeasured(metric))
            {
                _mistakes.Add(SpecificationDiagnostics.UnknownMetric.With($"{optionName} names the metric '{metric}', which {plan.Task} does not have.{metrics.AdviceForCondition(metric)}", location));
            }
            else if (TaskMetrics.LabelOf(metric) is { } label && UnknownLabel(label, plan) is { } advice)
            {
                _mistakes.Add(SpecificationDiagnostics.UnknownMetric.With($"{optionName} names the label '{label}', {advice}", location));
            }
        }
    }

    private void CheckLabelColumns()
    {
        if (!_given.ContainsKey(nameof(TrainingPlan.LabelColumns)))
        {
            return;
        }

        foreach (var name in new[] { nameof(TrainingPlan.LabelColumn), nameof(TrainingPlan.LabelSeparator), nameof(TrainingPlan.Labels) }.Where(_given.ContainsKey))
        {
            _mistakes.Add(SpecificationDiagnostics.Contradiction.With($"{name} has no effect beside LabelColumns, which names the columns and with them the labels and their order. Remove one.", _given[name].Location));
        }
    }

    private static string ContentOf(FineTuneTask task) => task switch
    {
        FineTuneTask.TextRegression => "texts and numbers",
        FineTuneTask.TokenClassification => "words and tags, or texts and spans",
        FineTuneTask.MaskedLanguageModeling => "texts",
        _ => "texts and labels",
    };

    private void CheckAugmentation(TextAugmentation augmentation)
    {
        if (_given.TryGetValue(nameof(TrainingPlan.AugmentCopies), out var copies) && augmentation.Steps.Count == 0)
        {
            _mistakes.Add(SpecificationDiagnostics.Contradiction.With("AugmentCopies has no effect without Augment. Set Augment, such as swap:0.1, or remove AugmentCopies.", copies.Location));
        }

        var usesSynonyms = augmentation.Uses(AugmentationOperation.Synonym);
        if (_given.TryGetValue(nameof(TrainingPlan.Synonyms), out var synonyms) && !usesSynonyms)
        {
            _mistakes.Add(SpecificationDiagnostics.Contradiction.With("Synonyms has no effect without the operation 'synonym'. Add synonym:0.1 to Augment, or remove Synonyms.", synonyms.Location));
        }
        else if (synonyms is null && usesSynonyms)
        {
            _mistakes.Add(SpecificationDiagnostics.Contradiction.With("The operation 'synonym' of Augment needs a file with words and their replacements. Name it with Synonyms, or remove the operation.", _given[nameof(TrainingPlan.Augment)].Location));
        }
    }

    private void WarnOfSharedFiles(IReadOnlyList<DataFile> first, string firstName, IReadOnlyList<DataFile> second, string secondName)
    {
        foreach (var file in second.Where(file => first.Any(other => other.FullPath == file.FullPath)))
        {
            report(SpecificationDiagnostics.SharedDataFile.With($"'{file.DisplayPath}' is in {firstName} and in {secondName}, so what is measured on it says little about new texts.", _given[secondName].Location));
        }
    }

    private sealed record Given(string Name, string Text, SourceLocation? Location);
}
