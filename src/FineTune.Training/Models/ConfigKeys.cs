using System.Text.Json;
using FineTune.Core.Diagnostics;

namespace FineTune.Training.Models;

/// <summary>The keys of a Hugging Face <c>config.json</c>. A missing key or an impossible value names the key.</summary>
internal sealed class ConfigKeys : IDisposable
{
    private readonly JsonDocument document;
    private readonly JsonElement root;

    private ConfigKeys(JsonDocument document, JsonElement root, SourceLocation location)
    {
        this.document = document;
        this.root = root;
        Location = location;
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="FineTuneException">FT2020: it cannot be read, or is no JSON object.</exception>
    public static ConfigKeys Read(string path)
    {
        var document = Parse(path);
        return new(document, document.RootElement, new SourceLocation(path));
    }

    /// <summary>The file.</summary>
    public SourceLocation Location { get; }

    /// <summary>Whether the key is there, and not null.</summary>
    public bool Has(string key) => root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether the key is there, with a text.</summary>
    public bool IsText(string key) => Has(key) && root.GetProperty(key).ValueKind == JsonValueKind.String;

    /// <summary>A text; <paramref name="fallback"/> without the key.</summary>
    public string Text(string key, string fallback)
    {
        if (!Has(key))
        {
            return fallback;
        }

        var value = root.GetProperty(key);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Impossible(key, value, "a text");
    }

    /// <summary>A whole number; <paramref name="fallback"/> without the key, an error without both.</summary>
    public int Count(string key, int? fallback = null, int minimum = 1)
    {
        if (!Has(key))
        {
            return fallback ?? throw new FineTuneException("FT2021", $"The key '{key}' is missing. Without it the model's shape is unknown; restore the original config.json.", Location);
        }

        var value = root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= minimum
            ? number
            : throw Impossible(key, value, $"a whole number of at least {minimum}");
    }

    /// <summary>A number; <paramref name="fallback"/> without the key.</summary>
    public double Number(string key, double fallback, double minimum, double maximum)
    {
        if (!Has(key))
        {
            return fallback;
        }

        var value = root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= minimum && number <= maximum
            ? number
            : throw Impossible(key, value, $"a number from {minimum} to {maximum}");
    }

    /// <summary>A dropout probability; <paramref name="fallback"/> without the key.</summary>
    public double Probability(string key, double fallback) => Number(key, fallback, minimum: 0, maximum: 0.999);

    /// <summary>The name of an activation; <paramref name="fallback"/> without the key.</summary>
    /// <exception cref="FineTuneException">FT2022: this release does not know it.</exception>
    public string Activation(string key, string fallback)
    {
        var activation = Text(key, fallback);
        return Activations.Names.Contains(activation)
            ? activation
            : throw new FineTuneException("FT2022", $"The base model uses the activation '{activation}' (key '{key}'); supported are {string.Join(", ", Activations.Names)}. Choose another base model.", Location);
    }

    /// <summary>True or false; <paramref name="fallback"/> without the key.</summary>
    public bool Flag(string key, bool fallback)
    {
        if (!Has(key))
        {
            return fallback;
        }

        var value = root.GetProperty(key);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Impossible(key, value, "true or false");
    }

    /// <summary>Several texts; <see langword="null"/> without the key.</summary>
    public IReadOnlyList<string>? Texts(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        var value = root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
            : throw Impossible(key, value, "a list of texts");
    }

    /// <summary>The keys of an object under a key; <see langword="null"/> without the key. Valid as long as these.</summary>
    public ConfigKeys? Section(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        var value = root.GetProperty(key);
        return value.ValueKind == JsonValueKind.Object ? new(document, value, Location) : throw Impossible(key, value, "an object");
    }

    /// <summary>Refuses what this release does not compute.</summary>
    /// <exception cref="FineTuneException">FT2022, unless <paramref name="isSupported"/>.</exception>
    public void Require(string key, bool isSupported, string supported)
    {
        if (!isSupported)
        {
            throw new FineTuneException("FT2022", $"The base model's '{key}' is {root.GetProperty(key).GetRawText()}; this release supports {supported}. Choose another base model.", Location);
        }
    }

    /// <summary>Checks that the key is absent, or has the one value that this release supports.</summary>
    /// <exception cref="FineTuneException">FT2022: it has another.</exception>
    public void Require(string key, string supported)
    {
        var value = Text(key, supported);
        if (value != supported)
        {
            throw new FineTuneException("FT2022", $"The base model's '{key}' is '{value}'; this release supports '{supported}'. Choose another base model.", Location);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => document.Dispose();

    private FineTuneException Impossible(string key, JsonElement value, string expected)
        => new("FT2021", $"The key '{key}' is {value.GetRawText()}; expected is {expected}. The file is damaged or was edited; restore the original config.json.", Location);

    private static JsonDocument Parse(string path)
    {
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw new FineTuneException("FT2020", "The file holds no JSON object. A Hugging Face config.json is expected; download the base model again.", new SourceLocation(path, 1, 1));
        }
        catch (JsonException exception)
        {
            var location = new SourceLocation(path, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1);
            throw new FineTuneException("FT2020", "The file is not valid JSON. A Hugging Face config.json is expected; download the base model again.", location, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FineTuneException("FT2020", $"The base model's configuration cannot be read: {exception.Message} The folder must hold config.json, the weights (model.safetensors) and the tokenizer's files.", new SourceLocation(path), exception);
        }
    }
}
