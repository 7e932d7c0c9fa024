namespace FineTune.Training.Models;

/// <summary>The nonlinearities that models may name.</summary>
internal static class Activations
{
    /// <summary>x · Φ(x), exactly.</summary>
    public const string Gelu = "gelu";

    /// <summary>The hyperbolic tangent.</summary>
    public const string Tanh = "tanh";

    /// <summary>max(x, 0).</summary>
    public const string Relu = "relu";

    /// <summary>The names, as Hugging Face's <c>hidden_act</c> has them. The last two are one function: gelu with its tanh approximation.</summary>
    public static IReadOnlyList<string> Names { get; } = [Gelu, Relu, Tanh, "gelu_new", "gelu_pytorch_tanh"];
}
