using System.Globalization;
using FineTune.Build.Files;
using FineTune.Build.Items;
using FineTune.Core.Diagnostics;
using FineTune.Core.Specification;

namespace FineTune.Build.Deploying;

/// <summary>Decides how a model gets into the app, and remembers it below <c>obj</c> for the targets and for the generated code.</summary>
internal static class ModelDeployment
{
    /// <summary>In megabytes: the compilers fail a little above two billion bytes, and the assembly holds more than the model.</summary>
    public const double LargestEmbedded = 1900;

    private const double BytesPerMegabyte = 1e6;

    /// <summary>How a model is to be deployed. One that others start from is a step on the way, unless it says how the app gets it.</summary>
    public static Deployment Wanted(TrainingPlan plan, ModelSet models) => plan.Deploy == Deployment.Auto && models.IsBase(plan.Name) ? Deployment.None : plan.Deploy;

    /// <summary>What <paramref name="wanted"/> means for a model of this size.</summary>
    /// <exception cref="FineTuneException">FT6110: the model is too large to be embedded as wanted.</exception>
    public static Deployment Decide(Deployment wanted, string name, long bytes, double largestEmbedded)
    {
        var megabytes = bytes / BytesPerMegabyte;
        return (wanted, megabytes > largestEmbedded) switch
        {
            (Deployment.Auto, true) => Deployment.File,
            (Deployment.Auto, false) => Deployment.Embed,
            (Deployment.Embed or Deployment.Assembly, true) => throw new FineTuneException("FT6110", string.Format(
                CultureInfo.InvariantCulture,
                "The model '{0}' has {1:N0} MB, and an assembly can hold {2:N0} MB of it. Set Deploy=\"File\" (or leave it to Auto), which puts the model beside the app.",
                name,
                megabytes,
                largestEmbedded)),
            _ => wanted,
        };
    }

    /// <summary>The limit that a project sets, in megabytes.</summary>
    /// <exception cref="FineTuneException">FT6110: it is no number.</exception>
    public static double ReadLimit(string? setting)
        => string.IsNullOrWhiteSpace(setting) ? LargestEmbedded
            : double.TryParse(setting, NumberStyles.Float, CultureInfo.InvariantCulture, out var megabytes) && megabytes >= 0 ? megabytes
            : throw new FineTuneException("FT6110", $"FineTuneMaxEmbeddedSize is '{setting}', which is no number of megabytes.");

    /// <summary>How the model that lies below <c>obj</c> is deployed; before there is one, it is as good as embedded.</summary>
    public static Deployment Read(string intermediateDirectory, string name)
    {
        var file = ModelFiles.Deployment(intermediateDirectory, name);
        return File.Exists(file) && Enum.TryParse<Deployment>(File.ReadAllText(file), out var deployment) ? deployment : Deployment.Embed;
    }

    /// <summary>Remembers how the model is deployed.</summary>
    public static void Write(string intermediateDirectory, string name, Deployment deployment)
        => FileUpdate.WriteText(ModelFiles.Deployment(intermediateDirectory, name), deployment.ToString());
}
