using FineTune.Build.Deploying;
using FineTune.Build.Files;
using FineTune.Core.Specification;

namespace FineTune.Build.Generation;

/// <summary>Where an app finds its model, in words and in C#.</summary>
/// <param name="Deployment">How the model gets into the app.</param>
/// <param name="ProjectAssembly">The name of the project's assembly.</param>
/// <param name="Model">The model's name.</param>
internal sealed record ModelPlace(Deployment Deployment, string ProjectAssembly, string Model)
{
    /// <summary>In the project's own assembly.</summary>
    public static ModelPlace Embedded { get; } = new(Deployment.Embed, string.Empty, string.Empty);

    private ModelAssembly Assembly => new(ProjectAssembly, Model);

    /// <summary>For documentation comments.</summary>
    public string Description => Deployment switch
    {
        Deployment.Assembly => $"embedded in the assembly <c>{Assembly.Name}</c>",
        Deployment.File => $"the file <c>{ModelFiles.DeployedFile(ProjectAssembly, Model)}</c> beside the app",
        _ => "embedded in this assembly",
    };

    /// <summary>The call that loads the model, without the type that has the method.</summary>
    /// <param name="classType">The generated class.</param>
    /// <param name="resourceName">An expression for the resource's name.</param>
    public string LoadCall(string classType, string resourceName) => Deployment switch
    {
        Deployment.Assembly => $"LoadResource(typeof(global::{Assembly.TypeName}).Assembly, {resourceName})",
        Deployment.File => $"Load(global::System.IO.Path.Combine(global::System.AppContext.BaseDirectory, {ModelApi.InCode(ModelFiles.DeployedFile(ProjectAssembly, Model))}))",
        _ => $"LoadResource(typeof({classType}).Assembly, {resourceName})",
    };
}
