namespace FineTune.Core.Specification;

/// <summary>How a model gets into an app.</summary>
public enum Deployment
{
    /// <summary><see cref="Embed"/>, and <see cref="File"/> for a model that is too large for that.</summary>
    Auto,

    /// <summary>As a manifest resource of the project's assembly.</summary>
    Embed,

    /// <summary>As a manifest resource of an assembly of its own, which is made again only when the model changes.</summary>
    Assembly,

    /// <summary>As a file beside the app.</summary>
    File,
}
