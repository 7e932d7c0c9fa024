using FineTune.Core.Manifests;

namespace FineTune.Training.Strategies;

/// <summary>What a strategy means for each part of a model.</summary>
internal static class ModelParts
{
    /// <summary>The parts from the input up.</summary>
    /// <param name="parameters">Names and numbers of values of all parameters.</param>
    /// <param name="groupOf">The group of a parameter.</param>
    /// <param name="isTrained">Whether a parameter is trained.</param>
    public static IReadOnlyList<TrainedPart> Of(IEnumerable<(string Name, long Count)> parameters, Func<string, ParameterGroup> groupOf, Func<string, bool> isTrained) =>
    [
        .. from parameter in parameters
           let place = ParameterPlace.Of(parameter.Name)
           orderby place.Kind, place.Layer
           group parameter by place into part
           let partGroups = part.Select(parameter => groupOf(parameter.Name)).ToList()
           let trained = part.Any(parameter => isTrained(parameter.Name))
           select new TrainedPart(
               NameOf(part.Key),
               part.Sum(parameter => parameter.Count),
               trained ? partGroups.Max(each => each.RateFactor) : 0,
               trained ? partGroups.Max(each => each.WeightDecay) : 0,
               trained),
    ];

    /// <summary>The name of the part that a parameter belongs to.</summary>
    public static string NameOf(string parameter) => NameOf(ParameterPlace.Of(parameter));

    private static string NameOf(ParameterPlace place) => place.Kind switch
    {
        ParameterPlaceKind.Embeddings => "embeddings",
        ParameterPlaceKind.Layer => $"layer {place.Layer}",
        _ => "head",
    };
}
