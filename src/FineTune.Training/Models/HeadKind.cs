namespace FineTune.Training.Models;

/// <summary>What stands on top of an encoder. Each architecture builds its heads as Hugging Face's classes do.</summary>
internal enum HeadKind
{
    /// <summary>Numbers for each row: <c>…ForSequenceClassification</c>.</summary>
    Sequence,

    /// <summary>Numbers for each token: <c>…ForTokenClassification</c>.</summary>
    Token,

    /// <summary>A number for each token of the vocabulary, for each token: <c>…ForMaskedLM</c>.</summary>
    MaskedLanguage,
}
