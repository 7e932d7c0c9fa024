using FineTune.Core.Specification;
using FineTune.Training.Checkpoints;
using FineTune.Training.Models;
using FineTune.Training.Strategies;

namespace FineTune.Tool.Commands;

/// <summary>A part of a base model and how a plan's strategy would train it.</summary>
/// <param name="Name">Embeddings, a layer, or what lies above the layers.</param>
/// <param name="Parameters">How many parameters it has.</param>
/// <param name="RateFactor">Factor of the learning rate; 0 when it is not trained.</param>
/// <param name="WeightDecay">Weight decay of its matrices.</param>
/// <param name="Trainable">Whether it is trained.</param>
internal sealed record BaseModelPart(string Name, long Parameters, double RateFactor, double WeightDecay, bool Trainable)
{
    /// <summary>Pretraining's own head is not used for classification and so is not counted.</summary>
    private const string PretrainingHead = "cls.";

    /// <summary>The parts from the input up.</summary>
    public static IReadOnlyList<BaseModelPart> Read(string directory, TrainingPlan plan)
    {
        var config = BertConfig.Read(Path.Combine(directory, "config.json"));
        using var file = SafetensorsFile.Open(Path.Combine(directory, "model.safetensors"));
        var weights = file.Weights.Values.Where(weight => !weight.Name.StartsWith(PretrainingHead, StringComparison.Ordinal)).ToList();
        var groups = ParameterGroups.Of(plan, weights.Select(weight => weight.Name), config.LayerCount);
        return
        [
            .. from weight in weights
               let place = ParameterPlace.Of(weight.Name)
               orderby place.Kind, place.Layer
               group weight by place into part
               let partGroups = part.Select(weight => groups[weight.Name]).ToList()
               select new BaseModelPart(
                   NameOf(part.Key),
                   part.Sum(weight => weight.ElementCount),
                   partGroups.Max(trained => trained.RateFactor),
                   partGroups.Max(trained => trained.WeightDecay),
                   partGroups.Exists(trained => trained.Trainable)),
        ];
    }

    private static string NameOf(ParameterPlace place) => place.Kind switch
    {
        ParameterPlaceKind.Embeddings => "embeddings",
        ParameterPlaceKind.Layer => $"layer {place.Layer}",
        _ => "pooler",
    };
}
