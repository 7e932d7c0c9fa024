using System.Xml.Linq;
using FineTune.Core.Specification;

namespace FineTune.Core.Tests.Specification;

/// <summary>Writes build/build/FineTune.Build.FineTuneModel.xaml from the options: what IDEs know of the metadata of a FineTuneModel item.</summary>
internal static class PropertyPageDocument
{
    private static readonly XNamespace Schema = "http://schemas.microsoft.com/build/2009/properties";

    private static readonly Dictionary<PlanOptionScope, string> Categories = new()
    {
        [PlanOptionScope.Training] = "Training",
        [PlanOptionScope.Export] = "Export",
        [PlanOptionScope.Gate] = "Quality",
        [PlanOptionScope.Api] = "Generated code",
        [PlanOptionScope.Machine] = "Machine",
    };

    public static string Write()
    {
        var rule = new XElement(
            Schema + "Rule",
            new XAttribute("Name", "FineTuneModel"),
            new XAttribute("DisplayName", "Fine-tuned model"),
            new XAttribute("PageTemplate", "generic"),
            new XAttribute("Description", "A model that the build fine-tunes, tests and embeds."),
            new XElement(Schema + "Rule.DataSource", new XElement(
                Schema + "DataSource",
                new XAttribute("Persistence", "ProjectFile"),
                new XAttribute("ItemType", "FineTuneModel"),
                new XAttribute("HasConfigurationCondition", "False"),
                new XAttribute("SourceOfDefaultValue", "AfterContext"))),
            new XElement(Schema + "Rule.Categories", PlanOptions.All.Select(option => option.Scope).Distinct().Select(scope => new XElement(
                Schema + "Category",
                new XAttribute("Name", scope.ToString()),
                new XAttribute("DisplayName", Categories[scope])))),
            PlanOptions.All.Select(Property));
        var root = new XElement(
            Schema + "ProjectSchemaDefinitions",
            new XComment(" Generated from TrainingPlan by the tests of FineTune.Core, as docs/options.md is. "),
            // An item's name is no file, so it is no input of the check whether a project is up to date.
            new XElement(Schema + "ItemType", new XAttribute("Name", "FineTuneModel"), new XAttribute("DisplayName", "Fine-tuned model"), new XAttribute("UpToDateCheckInput", "False")),
            rule);
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + root + "\n";
    }

    private static XElement Property(PlanOption option)
    {
        var element = new XElement(
            Schema + Kind(option),
            new XAttribute("Name", option.MetadataName),
            new XAttribute("DisplayName", Words(option.MetadataName)),
            new XAttribute("Description", Description(option)),
            new XAttribute("Category", option.Scope.ToString()));
        if (Kind(option) == "EnumProperty")
        {
            element.Add(option.AllowedValues.Select(value => new XElement(Schema + "EnumValue", new XAttribute("Name", value), new XAttribute("DisplayName", Words(value)))));
        }

        return element;
    }

    private static string Kind(PlanOption option)
        => option.ValueType == typeof(bool) ? "BoolProperty"
            : option.AllowedValues.Count > 0 ? "EnumProperty"
            : option.ValueType == typeof(int) ? "IntProperty"
            : "StringProperty";

    private static string Description(PlanOption option)
    {
        var value = option.Default ?? option.DefaultDescription;
        return value is null ? option.Description : $"{option.Description} Default: {value}.";
    }

    /// <summary><c>Learning rate</c>.</summary>
    private static string Words(string name)
        => string.Concat(name.Select((letter, index) => index > 0 && char.IsUpper(letter) && !char.IsUpper(name[index - 1]) ? " " + char.ToLowerInvariant(letter) : letter.ToString()));
}
