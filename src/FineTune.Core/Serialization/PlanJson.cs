using System.Text.Json;
using System.Text.Json.Nodes;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Core.Serialization;

/// <summary>The JSON form of a plan, derived from <see cref="PlanOptions"/> so that a new option needs nothing here.</summary>
internal static class PlanJson
{
    public static JsonObject Write(TrainingPlan plan)
    {
        var properties = new JsonObject { ["name"] = plan.Name, ["origin"] = WriteLocation(plan.Origin) };
        foreach (var option in PlanOptions.All)
        {
            properties[option.JsonName] = WriteValue(option.ValueIn(plan));
        }

        return properties.WithoutNulls();
    }

    public static TrainingPlan Read(JsonElement element)
    {
        var plan = new TrainingPlan { Name = element.Text("name"), Origin = ReadLocation(element.Optional("origin")) };
        foreach (var option in PlanOptions.All)
        {
            if (element.Optional(option.JsonName) is { } value)
            {
                option.SetValueIn(plan, ReadValue(option, value));
            }
        }
        return plan;
    }

    public static JsonNode? WriteValue(object? value) => value switch
    {
        null => null,
        string text => JsonValue.Create(text),
        int whole => JsonValue.Create(whole),
        double number => JsonValue.Create(number),
        bool flag => JsonValue.Create(flag),
        TrainingInterval interval => JsonValue.Create(interval.ToString()),
        Enum name => JsonValue.Create(name.ToString()),
        IReadOnlyList<string> texts => JsonWriting.Texts(texts),
        IReadOnlyList<DataFile> files => JsonWriting.List(files, file => new JsonObject { ["displayPath"] = file.DisplayPath, ["fullPath"] = file.FullPath }),
        _ => throw new NotSupportedException($"An option of type {value.GetType()} has no JSON form."),
    };

    public static JsonObject? WriteLocation(SourceLocation? location) => location is null ? null : new JsonObject
    {
        ["file"] = location.File,
        ["line"] = location.Line,
        ["column"] = location.Column,
    };

    public static SourceLocation? ReadLocation(JsonElement? element) =>
        element is { } location ? new SourceLocation(location.Text("file"), location.Whole("line"), location.Whole("column")) : null;

    private static object ReadValue(PlanOption option, JsonElement value)
    {
        if (option.ValueType == typeof(int))
        {
            return value.GetInt32();
        }

        if (option.ValueType == typeof(double))
        {
            return value.GetDouble();
        }

        if (option.ValueType == typeof(bool))
        {
            return value.GetBoolean();
        }

        if (option.ValueType == typeof(TrainingInterval))
        {
            return TrainingInterval.TryParse(value.GetString()!) ?? throw new FormatException($"'{option.JsonName}' is no interval");
        }

        if (option.ValueType.IsEnum)
        {
            return Enum.Parse(option.ValueType, value.GetString()!);
        }

        if (option.IsFileList)
        {
            return value.List(file => new DataFile(file.Text("displayPath"), file.Text("fullPath")));
        }

        return option.IsList ? value.Texts() : value.GetString()!;
    }
}
