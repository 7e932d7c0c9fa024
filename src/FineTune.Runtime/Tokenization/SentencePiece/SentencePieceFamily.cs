namespace FineTune.Runtime.Tokenization.SentencePiece;

/// <summary>
/// Whose conventions a SentencePiece model is used with: which ids its pieces have, what happens to text before, and which special tokens stand around it.
/// The name is <see cref="Core.Manifests.TokenizerSettings.Family"/>.
/// </summary>
internal enum SentencePieceFamily
{
    /// <summary>ALBERT: quotes, accents and case are made uniform; numbers are never one piece with a comma.</summary>
    Albert,

    /// <summary>CamemBERT: four tokens stand before the pieces.</summary>
    Camembert,

    /// <summary>DeBERTa v2 and v3, mDeBERTa: the mask stands after the pieces.</summary>
    DebertaV2,

    /// <summary>Llama: only a beginning is added.</summary>
    Llama,

    /// <summary>T5: only an end is added, and 100 tokens for hidden spans stand after the pieces.</summary>
    T5,

    /// <summary>XLM-RoBERTa: four tokens stand in place of the first three pieces.</summary>
    XlmRoberta,
}
