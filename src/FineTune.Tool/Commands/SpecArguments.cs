using System.CommandLine;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Tool.Commands;

/// <summary>
/// The three ways in which a command is told what to train: a project's item, a specification file, or one option for each property of
/// <see cref="TrainingPlan"/>. Options may be added to the other two and then win.
/// </summary>
internal sealed class SpecArguments
{
    /// <summary>Where to train, when nobody says it on the command line or in the specification.</summary>
    private const string DeviceVariable = "FINETUNE_DEVICE";

    private readonly Option<string> _specFile = new("--spec") { Description = "A JSON file with the options, in camelCase.", HelpName = "FILE" };
    private readonly Option<string> _project = new("--project") { Description = "A project with FineTuneModel items.", HelpName = "FILE" };
    private readonly Option<string> _model = new("--model") { Description = "Which item of the project, when it has several.", HelpName = "NAME" };
    private readonly Option<string> _name = new("--name") { Description = "The model's name.", HelpName = "NAME" };
    private readonly IReadOnlyList<(PlanOption Plan, Option<string[]> Syntax)> _options = [.. PlanOptions.All.Select(plan => (plan, CreateOption(plan)))];
    private readonly IReadOnlyList<(string Alias, Option<string> Syntax)> _aliases = [.. PlanOptions.All.SelectMany(CreateAliases)];
    private readonly IReadOnlyList<(string Name, Option<string> Syntax)> _foreign = [.. ForeignOptions.Advice.Keys.Select(name => (name, CreateForeign(name)))];

    public void AddTo(Command command)
    {
        foreach (var option in (IEnumerable<Option>)[_specFile, _project, _model, _name, .. _options.Select(option => option.Syntax), .. _aliases.Select(alias => alias.Syntax), .. _foreign.Select(option => option.Syntax)])
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_specFile) is not null && result.GetResult(_project) is not null)
            {
                result.AddError("--spec and --project exclude each other.");
            }

            if (result.GetResult(_model) is not null && result.GetResult(_project) is null)
            {
                result.AddError("--model names an item of a --project.");
            }
        });
    }

    /// <summary>What the user wrote, wherever it was written.</summary>
    /// <exception cref="FineTuneException">The file or the project cannot be read, or the project has no such item.</exception>
    public RequestedModel Read(ParseResult arguments) => WithOptions(arguments, arguments.GetValue(_project) is { } project
        ? ProjectItems.Read(Path.GetFullPath(project), arguments.GetValue(_model))
        : ReadWithoutProject(arguments));

    /// <summary>As <see cref="Read"/>, but a project of which no model is chosen gives all that it has.</summary>
    /// <exception cref="FineTuneException">The file or the project cannot be read, or the project has no such item.</exception>
    public IReadOnlyList<RequestedModel> ReadAll(ParseResult arguments)
    {
        IReadOnlyList<RequestedModel> models = arguments.GetValue(_project) is { } project
            ? ProjectItems.ReadAll(Path.GetFullPath(project), arguments.GetValue(_model))
            : [ReadWithoutProject(arguments)];
        return [.. models.Select(model => WithOptions(arguments, model))];
    }

    private RequestedModel ReadWithoutProject(ParseResult arguments) => arguments.GetValue(_specFile) is { } file
        ? new RequestedModel(ModelSpec.FromJsonFile(Path.GetFullPath(file)), Path.GetFullPath(file))
        : new RequestedModel(new ModelSpec { Name = "Model", BaseDirectory = Environment.CurrentDirectory, Values = new Dictionary<string, string>() }, Environment.CurrentDirectory);

    private RequestedModel WithOptions(ParseResult arguments, RequestedModel model) => model with { Spec = WithOptions(arguments, model.Spec) };

    /// <summary>Options given on the command line win over what <paramref name="spec"/> says.</summary>
    private ModelSpec WithOptions(ParseResult arguments, ModelSpec spec)
    {
        var values = spec.Values.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        foreach (var (plan, syntax) in _options)
        {
            if (arguments.GetValue(syntax) is { Length: > 0 } given)
            {
                RemoveOtherSpellings(values, plan);
                values[plan.MetadataName] = string.Join(';', IsPath(plan) ? given.Select(path => FromCurrentDirectory(path, spec.BaseDirectory)) : given);
            }
        }

        foreach (var (alias, syntax) in _aliases)
        {
            if (arguments.GetValue(syntax) is { } given)
            {
                RemoveOtherSpellings(values, PlanOptions.Find(alias)!);
                values[alias] = given;
            }
        }

        foreach (var (name, syntax) in _foreign.Where(option => arguments.GetResult(option.Syntax) is { Implicit: false }))
        {
            // Some of them are switches without a value.
            values[name] = arguments.GetValue(syntax) ?? bool.TrueString;
        }

        if (!values.Keys.Any(name => PlanOptions.Find(name)?.MetadataName == nameof(TrainingPlan.Device)) && Environment.GetEnvironmentVariable(DeviceVariable) is { Length: > 0 } device)
        {
            values[nameof(TrainingPlan.Device)] = device;
        }

        return spec with { Name = arguments.GetValue(_name) ?? spec.Name, Values = values };
    }

    private static void RemoveOtherSpellings(Dictionary<string, string> values, PlanOption option)
    {
        foreach (var name in values.Keys.Where(name => PlanOptions.Find(name) == option).ToList())
        {
            values.Remove(name);
        }
    }

    private static bool IsPath(PlanOption option) => option.IsFileList || option.MetadataName == nameof(TrainingPlan.BaseModel);

    /// <summary>Paths on the command line start at the current directory, those of a specification at its own folder.</summary>
    private static string FromCurrentDirectory(string paths, string baseDirectory)
        => string.Equals(baseDirectory, Environment.CurrentDirectory, StringComparison.Ordinal)
            ? paths
            : string.Join(';', paths.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(path
                => path.Contains(':', StringComparison.Ordinal) ? path : Path.GetRelativePath(baseDirectory, Path.GetFullPath(path))));

    private static Option<string[]> CreateOption(PlanOption plan) => new(plan.CommandLineName)
    {
        Description = plan.Description + (plan.Default is { } value ? $" [default: {value}]" : plan.DefaultDescription is { } words ? $" [default: {words}]" : ""),
        HelpName = plan.AllowedValues.Count > 0 ? string.Join('|', plan.AllowedValues) : plan.IsFileList ? "FILES" : plan.IntervalUnits.Count > 0 ? "INTERVAL" : plan.ValueType == typeof(string) || plan.IsList ? "TEXT" : "NUMBER",
        Arity = plan.IsList ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
        AllowMultipleArgumentsPerToken = plan.IsList,
        CustomParser = result => [.. result.Tokens.Select(token => token.Value)],
    };

    /// <summary>Other tools' names work too, unlisted; the plan's resolution says once what ours are.</summary>
    private static IEnumerable<(string, Option<string>)> CreateAliases(PlanOption plan)
        => plan.Aliases.Select(alias => (alias, new Option<string>("--" + alias) { Hidden = true }));

    /// <summary>Options of other tools that have no counterpart are understood too: the plan's resolution says what takes their place.</summary>
    private static Option<string> CreateForeign(string name) => new("--" + name) { Hidden = true, Arity = ArgumentArity.ZeroOrOne };
}
