using System.Text.Json;
using FineTune.Core.Diagnostics;

namespace FineTune.Core.Specification;

/// <summary>Options that count layers, held against the base model.</summary>
public static class LayerOptions
{
    /// <summary>Checks that no option names more layers than the base model's <c>config.json</c> has. A file that does not say how many there are is left to whoever loads the model.</summary>
    /// <exception cref="FineTuneException">FT0017: an option names too many layers.</exception>
    public static void Check(TrainingPlan plan, string baseModelDirectory)
    {
        if (LayerCount(Path.Combine(baseModelDirectory, "config.json")) is not { } layers)
        {
            return;
        }

        List<Diagnostic> mistakes = [];
        if (plan.Strategy == Strategy.Frozen && plan.TrainableLayers > layers)
        {
            mistakes.Add(TooMany(nameof(TrainingPlan.TrainableLayers), plan.TrainableLayers));
        }

        if (plan.ReinitializeLayers > layers)
        {
            mistakes.Add(TooMany(nameof(TrainingPlan.ReinitializeLayers), plan.ReinitializeLayers));
        }

        if (mistakes.Count > 0)
        {
            throw new FineTuneException(mistakes);
        }

        Diagnostic TooMany(string option, int value) => SpecificationDiagnostics.TooManyLayers.With($"{option} is {value}, but the base model has {layers} layers. Set it to at most {layers}.", plan.Origin);
    }

    // What families call the number of layers with parameters of their own: ALBERT applies its groups again and again, and DistilBERT has names of its own.
    private static readonly string[] LayerKeys = ["num_hidden_groups", "num_hidden_layers", "n_layers"];

    private static int? LayerCount(string configFile)
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(configFile));
            return config.RootElement.ValueKind != JsonValueKind.Object ? null
                : LayerKeys.Select(key => config.RootElement.TryGetProperty(key, out var count) && count.TryGetInt32(out var layers) ? layers : (int?)null).FirstOrDefault(count => count is not null);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // What is wrong with the file is said in full by the code that loads the model.
            return null;
        }
    }
}
