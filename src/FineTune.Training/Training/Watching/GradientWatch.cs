using System.Globalization;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;
using FineTune.Training.Models;
using FineTune.Training.Strategies;
using static TorchSharp.torch;

namespace FineTune.Training.Training.Watching;

/// <summary>
/// FT4011 and FT4012: gradients that vanish on their way down, or explode. Per-layer norms are taken of every twentieth step only, so that watching costs next to
/// nothing; they begin anew when an interrupted training goes on.
/// </summary>
internal sealed class GradientWatch(TrainingPlan plan, Action<Diagnostic> warn) : ITrainingObserver
{
    private const int StepsBetweenSamples = 20;
    private const int FewestSamples = 3;

    /// <summary>Share of the top layer's gradient below which the lowest trained layer learns nothing.</summary>
    private const double VanishingShare = 1e-4;

    /// <summary>A norm far above those of any training that goes well, which lie between 0.1 and 30.</summary>
    private const double ExplodingNorm = 100;

    private readonly List<IReadOnlyDictionary<int, double>> samples = [];
    private readonly List<double> norms = [];

    /// <inheritdoc/>
    public void OnGradients(int number, ParameterSet parameters)
    {
        if (number % StepsBetweenSamples != 0)
        {
            return;
        }

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var layers = parameters.Definitions
            .Where(definition => parameters.IsTrainable(definition.Name) && ParameterPlace.Decays(definition.Name) && ParameterPlace.Of(definition.Name).Layer >= 0)
            .GroupBy(definition => ParameterPlace.Of(definition.Name).Layer)
            .Select(layer => (Layer: layer.Key, Count: layer.Sum(definition => definition.Count), Norm: stack(layer.Select(definition => parameters[definition.Name].grad!.norm())).norm()))
            .ToList();
        if (layers.Count == 0)
        {
            return;
        }

        // One transfer for all layers: on a graphics processor each would wait for it.
        var values = stack(layers.Select(layer => layer.Norm)).cpu().data<float>().ToArray();
        samples.Add(layers.Zip(values).ToDictionary(layer => layer.First.Layer, layer => layer.Second / Math.Sqrt(layer.First.Count)));
    }

    /// <inheritdoc/>
    public void OnStep(TrainingStep step) => norms.Add(step.GradientNorm);

    /// <inheritdoc/>
    public void OnEnd()
    {
        if (samples.Count < FewestSamples)
        {
            return;
        }

        var (lowest, highest) = (samples[0].Keys.Min(), samples[0].Keys.Max());
        var share = Median(samples.Select(sample => sample[lowest] / sample[highest]));
        if (lowest != highest && share < VanishingShare)
        {
            warn(new Diagnostic("FT4011", DiagnosticSeverity.Warning, string.Create(
                CultureInfo.InvariantCulture,
                $"The gradients vanish: those of layer {lowest} are {share:0.0e+0} of layer {highest}'s (root mean square, median of {samples.Count} steps), so the lower layers do not learn. Set Strategy=Frozen with TrainableLayers={Math.Max(1, (highest - lowest) / 2)} to train only what learns, or ReinitializeLayers=1 if the top layer is what blocks them.")));
        }

        var exploded = norms.Count(norm => norm > ExplodingNorm);
        if (exploded > norms.Count / 10)
        {
            var largest = samples.SelectMany(sample => sample).MaxBy(layer => layer.Value).Key;
            warn(new Diagnostic("FT4012", DiagnosticSeverity.Warning, string.Create(
                CultureInfo.InvariantCulture,
                $"The gradients explode: their norm was above {ExplodingNorm} in {exploded} of {norms.Count} steps (largest {norms.Max():0.0e+0}, most in layer {largest}). Set LearningRate={plan.LearningRate / 4:0.##e+0}{(plan.WarmupSteps == 0 ? ", WarmupSteps=0.1" : "")}{(plan.MaxGradientNorm is 0 or > 1 ? ", MaxGradientNorm=1" : "")}.")));
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
