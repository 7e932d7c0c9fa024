using System.Text;
using FineTune.Core.Diagnostics;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization.SentencePiece;

/// <summary>What a SentencePiece model says: the protobuf message <c>ModelProto</c> of sentencepiece_model.proto.</summary>
internal sealed class SentencePieceFile
{
    private const int Unigram = 1;
    private const int BytePair = 2;

    private readonly List<Piece> _pieces = [];
    private int _kind = Unigram;

    private SentencePieceFile()
    {
    }

    /// <summary>The pieces in the order of their ids.</summary>
    internal IReadOnlyList<Piece> Pieces => _pieces;

    /// <summary>The id of the piece for unknown text.</summary>
    internal int UnknownId { get; private set; } = -1;

    /// <summary>Whether the model is one of byte pairs; else it is a unigram model.</summary>
    internal bool IsBytePair => _kind == BytePair;

    /// <summary>Whether characters that no piece covers become the pieces of their bytes.</summary>
    internal bool FallsBackToBytes { get; private set; }

    /// <summary>What characters are replaced by first.</summary>
    internal CharacterMap Map { get; private set; } = new([]);

    /// <summary>Whether text is read as if it began with a blank.</summary>
    internal bool AddsPrefix { get; private set; } = true;

    /// <summary>Whether of neighbouring blanks one is left, and none at the ends.</summary>
    internal bool RemovesExtraSpaces { get; private set; } = true;

    /// <summary>Reads a model.</summary>
    /// <exception cref="FineTuneException">FT2054: the file is damaged; FT2055: it has a setting that is not supported.</exception>
    internal static SentencePieceFile Read(byte[] bytes, string file)
    {
        try
        {
            var model = new SentencePieceFile();
            foreach (var (field, part) in ProtobufFields.Read(bytes).Where(field => field.Number is >= 1 and <= 3).Select(field => (field.Number, ProtobufFields.Read(field.Bytes).ToList())))
            {
                switch (field)
                {
                    case 1:
                        model.AddPiece(part);
                        break;
                    case 2:
                        model.ReadTrainer(part, file);
                        break;
                    default:
                        model.ReadNormalizer(part, file);
                        break;
                }
            }

            return model.UnknownId < 0 ? throw new FormatException("it has no piece for unknown text.") : model;
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or ArgumentException)
        {
            throw new FineTuneException("FT2054", $"The file is not a whole SentencePiece model: {exception.Message} Take it anew from where the model came from.", new SourceLocation(file), exception);
        }
    }

    private void AddPiece(List<ProtobufField> fields)
    {
        var kind = (PieceKind)fields.Where(field => field.Number == 3).Select(field => (int)field.Value).DefaultIfEmpty((int)PieceKind.Normal).Last();
        var score = fields.Where(field => field.Number == 2).Select(field => BitConverter.ToSingle(field.Bytes, 0)).DefaultIfEmpty(0).Last();
        UnknownId = kind == PieceKind.Unknown ? _pieces.Count : UnknownId;
        _pieces.Add(new Piece(Encoding.UTF8.GetString(fields.First(field => field.Number == 1).Bytes), score, kind));
    }

    private void ReadTrainer(List<ProtobufField> fields, string file)
    {
        foreach (var field in fields)
        {
            switch (field.Number)
            {
                case 3:
                    _kind = (int)field.Value;
                    Require(_kind is Unigram or BytePair, $"is of model type {_kind}", file);
                    break;
                case 24:
                    Require(field.Value == 0, "puts the mark of blanks after words (treat_whitespace_as_suffix)", file);
                    break;
                case 35:
                    FallsBackToBytes = field.Value != 0;
                    break;
                default:
                    break;
            }
        }
    }

    private void ReadNormalizer(List<ProtobufField> fields, string file)
    {
        foreach (var field in fields)
        {
            switch (field.Number)
            {
                case 2:
                    Map = new CharacterMap(field.Bytes);
                    break;
                case 3:
                    AddsPrefix = field.Value != 0;
                    break;
                case 4:
                    RemovesExtraSpaces = field.Value != 0;
                    break;
                case 5:
                    Require(field.Value != 0, "does not mark blanks (escape_whitespaces)", file);
                    break;
                default:
                    break;
            }
        }
    }

    private static void Require(bool isSupported, string found, string file)
    {
        if (!isSupported)
        {
            throw new FineTuneException("FT2055", $"The SentencePiece model {found}, which this version does not do. Supported: unigram and byte-pair models that mark the blanks before words.", new SourceLocation(file));
        }
    }
}
