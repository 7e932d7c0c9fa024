namespace FineTune.Core.Specification;

/// <summary>Which parameters are trained, and how fast.</summary>
public enum Strategy
{
    /// <summary>Every parameter, with one learning rate.</summary>
    Full,

    /// <summary>Only the head, the pooler and the top encoder layers; the rest stays as it was pretrained.</summary>
    Frozen,

    /// <summary>Every parameter, with a rate that decays from the head down to the embeddings.</summary>
    LayerwiseDecay,
}
