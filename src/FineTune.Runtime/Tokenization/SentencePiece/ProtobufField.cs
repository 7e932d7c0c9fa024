namespace FineTune.Runtime.Tokenization.SentencePiece;

/// <summary>A field of a protobuf message.</summary>
/// <param name="Number">The field's number.</param>
/// <param name="Value">The value of a whole number.</param>
/// <param name="Bytes">The bytes of a text, a message or a number of fixed length.</param>
internal readonly record struct ProtobufField(int Number, ulong Value, byte[] Bytes);
