using System.Text;
using System.Text.Json;
using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>Reads a <see cref="ModelSpec"/> from a JSON file and keeps where each value stands.</summary>
internal static class SpecificationFile
{
    private const string NameKey = "name";
    private const string SchemaKey = "$schema";

    public static ModelSpec Read(string path)
    {
        var bytes = ReadBytes(path);
        try
        {
            return new Reader(path, bytes).Read();
        }
        catch (JsonException exception)
        {
            var place = new SourceLocation(path, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1);
            // The parser's message repeats the place in its own words.
            var message = exception.Message.Split([" LineNumber:"], StringSplitOptions.None)[0];
            throw SpecificationDiagnostics.UnreadableSpecification.Exception($"The specification is not valid JSON: {message}", place, exception);
        }
        catch (InvalidOperationException exception)
        {
            throw SpecificationDiagnostics.UnreadableSpecification.Exception("The specification is not valid UTF-8. Save the file in that encoding.", new SourceLocation(path), exception);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw SpecificationDiagnostics.UnreadableSpecification.Exception($"The specification cannot be read: {exception.Message}", new SourceLocation(path), exception);
        }
    }

    private sealed class Reader(string path, byte[] bytes)
    {
        private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, SourceLocation> _locations = new(StringComparer.OrdinalIgnoreCase);
        private readonly List<Diagnostic> _mistakes = [];

        public ModelSpec Read()
        {
            var start = bytes.Length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0;
            var json = new Utf8JsonReader(bytes.AsSpan(start), new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject)
            {
                throw SpecificationDiagnostics.UnreadableSpecification.Exception("The specification must be a JSON object, such as { \"trainData\": \"train.csv\" }.", LocationOf(json, start));
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                ReadProperty(ref json, start);
            }
            // Whatever follows the object is an error of the JSON.
            while (json.Read())
            {
            }
            if (_mistakes.Count > 0)
            {
                throw new FineTuneException(_mistakes);
            }

            var name = _values.TryGetValue(NameKey, out var given) ? given : Path.GetFileNameWithoutExtension(path);
            var origin = _locations.TryGetValue(NameKey, out var place) ? place : new SourceLocation(path, 1, 1);
            _values.Remove(NameKey);
            return new ModelSpec
            {
                Name = name,
                BaseDirectory = Path.GetDirectoryName(Path.GetFullPath(path))!,
                Origin = origin,
                Values = _values,
                ValueLocations = _locations,
            };
        }

        private void ReadProperty(ref Utf8JsonReader json, int start)
        {
            var name = json.GetString()!;
            var location = LocationOf(json, start);
            json.Read();
            var value = json.TokenType == JsonTokenType.StartArray ? ReadItems(ref json, name, start) : ReadText(ref json, name, start);
            if (value is null || name == SchemaKey)
            {
                return;
            }

            if (_values.ContainsKey(name))
            {
                _mistakes.Add(SpecificationDiagnostics.GivenTwice.With($"'{name}' is given twice. Remove one.", location));
            }

            _values[name] = value;
            _locations[name] = location;
        }

        private string ReadItems(ref Utf8JsonReader json, string name, int start)
        {
            var items = new List<string>();
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                var location = LocationOf(json, start);
                if (ReadText(ref json, name, start) is not { } item)
                {
                    continue;
                }

                if (item.Contains(';'))
                {
                    _mistakes.Add(SpecificationDiagnostics.MalformedValue.With($"'{item}' in '{name}' contains ';', which separates items.", location));
                }

                items.Add(item);
            }
            return string.Join(";", items);
        }

        /// <summary>One value as text; <see langword="null"/> for one that is not given.</summary>
        private string? ReadText(ref Utf8JsonReader json, string name, int start)
        {
            switch (json.TokenType)
            {
                case JsonTokenType.String:
                    return json.GetString();
                case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                    return Encoding.UTF8.GetString(json.ValueSpan.ToArray());
                case JsonTokenType.Null:
                    return null;
                default:
                    _mistakes.Add(SpecificationDiagnostics.MalformedValue.With($"'{name}' must be a text, a number or a list of these.", LocationOf(json, start)));
                    json.Skip();
                    return null;
            }
        }

        private SourceLocation LocationOf(in Utf8JsonReader json, int start)
        {
            var position = start + (int)json.TokenStartIndex;
            var line = 1 + bytes.Take(position).Count(value => value == '\n');
            var lineStart = position == 0 ? 0 : Array.LastIndexOf(bytes, (byte)'\n', position - 1) + 1;
            return new SourceLocation(path, line, 1 + Encoding.UTF8.GetCharCount(bytes, lineStart, position - lineStart));
        }
    }
}
