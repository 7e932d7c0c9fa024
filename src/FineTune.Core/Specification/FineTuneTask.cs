namespace FineTune.Core.Specification;

/// <summary>What a model is trained to do.</summary>
public enum FineTuneTask
{
    /// <summary>One label for each text, or pair of texts.</summary>
    TextClassification,

    /// <summary>Any number of labels for each text or pair of texts, also none.</summary>
    MultiLabelClassification,

    /// <summary>A number for each text, or pair of texts.</summary>
    TextRegression,

    /// <summary>Entities in each text: words with their types.</summary>
    TokenClassification,

    /// <summary>Hidden words of each text: training goes on as the base model's pretraining did, on texts without labels.</summary>
    MaskedLanguageModeling,
}
