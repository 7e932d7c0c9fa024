namespace FineTune.Core.Specification;

/// <summary>How a model gets into an app.</summary>
public enum Deployment
{
    /// <summary><see cref="Embed"/>, <see cref="File"/> for a model that is too large for that, and <see cref="None"/> for one that other models of the project start from.</summary>
    Auto,

    /// <summary>As a manifest resource of the project's assembly.</summary>
    Embed,

    /// <summary>As a manifest resource of an assembly of its own, which is made again only when the model changes.</summary>
    Assembly,

    /// <summary>As a file beside the app.</summary>
    File,

    /// <summary>Not at all: it is trained and judged, and other models start from it.</summary>
    None,
}
