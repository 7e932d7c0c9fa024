using System.Text.Json;
using FineTune.Core.Diagnostics;

namespace FineTune.Runtime.Tokenization.Json;

/// <summary>A part of a <c>tokenizer.json</c>, and where it stands, for messages.</summary>
internal readonly struct JsonPart
{
    private readonly JsonElement _element;
    private readonly string _path;
    private readonly string _file;

    private JsonPart(JsonElement element, string path, string file) => (_element, _path, _file) = (element, path, file);

    /// <summary>The file's name.</summary>
    internal string File => _file;

    /// <summary>The name of the part's kind.</summary>
    internal string Type => Text("type");

    /// <summary>The whole file.</summary>
    internal static JsonPart Root(JsonElement element, string file) => new(element, "", file);

    /// <summary>The part of a name; <see langword="null"/> where it is absent or null.</summary>
    internal JsonPart? Find(string name) => _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
        ? new JsonPart(value, _path.Length == 0 ? name : $"{_path}.{name}", _file)
        : null;

    /// <summary>The part of a name.</summary>
    internal JsonPart Require(string name) => Find(name) ?? throw Damaged($"has no '{name}'");

    /// <summary>The text of a name.</summary>
    internal string Text(string name) => Require(name).AsText();

    /// <summary>This part as text.</summary>
    internal string AsText() => _element.ValueKind == JsonValueKind.String ? _element.GetString()! : throw Damaged("is no text");

    /// <summary>The whole number of a name.</summary>
    internal int Number(string name) => Require(name).AsNumber();

    /// <summary>This part as a whole number.</summary>
    internal int AsNumber() => _element.ValueKind == JsonValueKind.Number && _element.TryGetInt32(out var value) ? value : throw Damaged("is no whole number");

    /// <summary>This part as a number.</summary>
    internal double AsReal() => _element.ValueKind == JsonValueKind.Number ? _element.GetDouble() : throw Damaged("is no number");

    /// <summary>The truth value of a name.</summary>
    internal bool Boolean(string name, bool otherwise) => Find(name) is { } part
        ? part._element.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => throw part.Damaged("is neither true nor false") }
        : otherwise;

    /// <summary>Whether this part is a list.</summary>
    internal bool IsList => _element.ValueKind == JsonValueKind.Array;

    /// <summary>The parts of a list.</summary>
    internal IReadOnlyList<JsonPart> Items()
    {
        if (!IsList)
        {
            throw Damaged("is no list");
        }

        List<JsonPart> items = new(_element.GetArrayLength());
        foreach (var item in _element.EnumerateArray())
        {
            items.Add(new JsonPart(item, $"{_path}[{items.Count}]", _file));
        }

        return items;
    }

    /// <summary>The names of an object with their parts.</summary>
    internal IEnumerable<(string Name, JsonPart Part)> Entries()
    {
        if (_element.ValueKind != JsonValueKind.Object)
        {
            throw Damaged("is no object");
        }

        foreach (var entry in _element.EnumerateObject())
        {
            yield return (entry.Name, new JsonPart(entry.Value, $"{_path}.{entry.Name}", _file));
        }
    }

    /// <summary>An error that names what this version does not do.</summary>
    internal FineTuneException Unsupported(string found, string supported)
        => new("FT2055", $"The tokenizer's {_path} {found}, which this version does not do. Supported: {supported}.", new SourceLocation(_file));

    /// <summary>An error that says what is wrong with the file.</summary>
    internal FineTuneException Damaged(string why)
        => new("FT2054", $"'{(_path.Length == 0 ? "The file" : _path)}' {why}. Take the file anew from where the model came from, or save the tokenizer again with tokenizer.save_pretrained.", new SourceLocation(_file));
}
