namespace FineTune.Core.Specification;

/// <summary>What a model is trained to do.</summary>
public enum FineTuneTask
{
    /// <summary>One label for each text.</summary>
    TextClassification,
}
