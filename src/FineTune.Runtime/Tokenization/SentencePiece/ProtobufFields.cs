namespace FineTune.Runtime.Tokenization.SentencePiece;

/// <summary>Reads protobuf messages field by field. One small message is all that is read, which is no reason for a library in each app.</summary>
internal static class ProtobufFields
{
    /// <summary>The fields of a message in their order.</summary>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    internal static IEnumerable<ProtobufField> Read(byte[] message)
    {
        for (var position = 0; position < message.Length;)
        {
            var key = ReadNumber(message, ref position);
            var (value, length) = (0UL, 0UL);
            switch (key & 7)
            {
                case 0:
                    value = ReadNumber(message, ref position);
                    break;
                case 1:
                    length = 8;
                    break;
                case 2:
                    length = ReadNumber(message, ref position);
                    break;
                case 5:
                    length = 4;
                    break;
                default:
                    throw new FormatException($"at byte {position} is no field of protobuf.");
            }

            if (length > (ulong)(message.Length - position))
            {
                throw new FormatException($"it ends inside the field at byte {position}.");
            }

            yield return new ProtobufField((int)(key >> 3), value, message.AsSpan(position, (int)length).ToArray());
            position += (int)length;
        }
    }

    private static ulong ReadNumber(byte[] message, ref int position)
    {
        var number = 0UL;
        for (var shift = 0; shift < 64 && position < message.Length; shift += 7)
        {
            var part = message[position++];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return number;
            }
        }

        throw new FormatException($"it ends inside the number at byte {position}.");
    }
}
