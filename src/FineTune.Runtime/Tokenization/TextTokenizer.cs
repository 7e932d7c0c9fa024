using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization.Json;
using FineTune.Runtime.Tokenization.SentencePiece;

namespace FineTune.Runtime.Tokenization;

/// <summary>
/// Turns text into token ids, equal to those of the tokenizer that the model was pretrained with. Training and apps share it.
/// Instances are immutable and may be used by several threads at once.
/// </summary>
internal abstract class TextTokenizer
{
    /// <summary>The <see cref="TokenizerSettings.Kind"/> of BERT's tokenizer.</summary>
    internal const string WordPieceKind = "WordPiece";

    /// <summary>The <see cref="TokenizerSettings.Kind"/> of RoBERTa's tokenizer.</summary>
    internal const string ByteLevelKind = "ByteLevelBytePair";

    /// <summary>The <see cref="TokenizerSettings.Kind"/> of a tokenizer that a <c>tokenizer.json</c> describes.</summary>
    internal const string JsonKind = "HuggingFaceJson";

    /// <summary>The <see cref="TokenizerSettings.Kind"/> of a tokenizer that is a SentencePiece model alone.</summary>
    internal const string SentencePieceKind = "SentencePiece";

    private readonly SpecialTokenTemplate _template;

    private protected TextTokenizer(SpecialTokenTemplate template) => _template = template;

    /// <summary>The number of token ids.</summary>
    internal abstract int VocabularySize { get; }

    /// <summary>The id that fills a batch.</summary>
    internal abstract int PaddingId { get; }

    /// <summary>The id before each input.</summary>
    internal abstract int ClassifyId { get; }

    /// <summary>The id after each segment.</summary>
    internal abstract int SeparatorId { get; }

    /// <summary>The id of unknown words.</summary>
    internal abstract int UnknownId { get; }

    /// <summary>The id that hides a word in masked-language-model training; -1 where the vocabulary has none.</summary>
    internal abstract int MaskId { get; }

    /// <summary>A token as the vocabulary writes it.</summary>
    /// <param name="id">Its id; one that no token has, of a vocabulary with gaps, is written <c>[id]</c>.</param>
    internal abstract string TokenOf(int id);

    /// <summary>Reads the tokenizer of a model folder in Hugging Face layout.</summary>
    /// <param name="directory">
    /// A folder with <c>tokenizer.json</c>, <c>vocab.txt</c>, <c>vocab.json</c> and <c>merges.txt</c>, or a SentencePiece model, and perhaps <c>tokenizer_config.json</c>.
    /// </param>
    /// <param name="settings">
    /// The settings for a manifest. <see cref="WriteFile"/> writes their files, also where the folder has them in another form.
    /// </param>
    /// <exception cref="FineTuneException">FT2050 to FT2056: files are missing, damaged or of a kind that is not supported.</exception>
    internal static TextTokenizer FromHuggingFaceFolder(string directory, out TokenizerSettings settings)
        => HuggingFaceTokenizerReader.Read(directory, out settings);

    /// <summary>Creates the tokenizer that a manifest describes.</summary>
    /// <param name="settings">The manifest's settings.</param>
    /// <param name="openFile">Opens a file of the model by its name; the caller of the function closes it.</param>
    /// <exception cref="FineTuneException">FT2051 to FT2056: the kind is not supported or a file is damaged.</exception>
    internal static TextTokenizer Create(TokenizerSettings settings, Func<string, Stream> openFile)
    {
        switch (settings.Kind, settings.Files.Count)
        {
            case (WordPieceKind, 1):
                using (var stream = openFile(settings.Files[0]))
                {
                    return new WordPieceTextTokenizer(settings, Vocabulary.Read(stream, settings.Files[0]));
                }

            case (ByteLevelKind, 2):
                return ByteLevelTextTokenizer.Create(settings, ReadFiles(settings, openFile));
            case (JsonKind, 1):
                var files = ReadFiles(settings, openFile);
                return new PipelineTextTokenizer(TokenizerJsonReader.Read(files[settings.Files[0]], settings.Files[0], settings), settings, files, settings.Files[0]);
            case (SentencePieceKind, 1):
                return SentencePieceTextTokenizer.Create(settings, ReadFiles(settings, openFile), settings.Files[0]);
            default:
                throw new FineTuneException(
                    "FT2051",
                    $"The model asks for a tokenizer of kind '{settings.Kind}' with {settings.Files.Count} files; this version supports '{WordPieceKind}', '{JsonKind}' and '{SentencePieceKind}' with one file and '{ByteLevelKind}' with two. Update the FineTune.Runtime package.");
        }
    }

    /// <summary>The number of special tokens around one text.</summary>
    internal int SingleSpecialTokenCount => _template.SingleSpecialTokenCount;

    /// <summary>The number of special tokens around a pair of texts.</summary>
    internal int PairSpecialTokenCount => _template.PairSpecialTokenCount;

    /// <summary>The place of a text's first token among the ids of an input.</summary>
    internal int TextStart => _template.TextStart;

    /// <summary>The ids of some tokens of a text between special tokens.</summary>
    /// <param name="tokens">The tokens of the text.</param>
    /// <param name="start">The first one.</param>
    /// <param name="count">Their number.</param>
    internal int[] Encode(IReadOnlyList<TextToken> tokens, int start, int count) => _template.Encode([.. tokens.Skip(start).Take(count)], int.MaxValue);

    /// <summary>The tokens of <paramref name="text"/> with their places in it: no special tokens are added, nothing is cut.</summary>
    internal IReadOnlyList<TextToken> Tokenize(string text) => Tokenize(text, int.MaxValue);

    /// <summary>The ids of <paramref name="text"/> between special tokens, cut to <paramref name="maxLength"/> ids.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than <see cref="SingleSpecialTokenCount"/>.</exception>
    internal int[] Encode(string text, int maxLength) => _template.Encode(Tokenize(text, maxLength), maxLength);

    /// <summary>
    /// The ids of two texts between special tokens. What is longer than <paramref name="maxLength"/> ids is cut from the longer text first, as
    /// <c>longest_first</c> of the tokenizers library does.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than <see cref="PairSpecialTokenCount"/>.</exception>
    internal EncodedPair EncodePair(string first, string second, int maxLength)
        => _template.Encode(Tokenize(first, maxLength), Tokenize(second, maxLength), maxLength);

    /// <summary>The number of ids of <paramref name="text"/>, special tokens included, before any cut.</summary>
    internal int CountTokens(string text) => Tokenize(text, int.MaxValue).Count + SingleSpecialTokenCount;

    /// <summary>The number of ids of a pair of texts, special tokens included, before any cut.</summary>
    internal int CountTokens(string first, string second)
        => Tokenize(first, int.MaxValue).Count + Tokenize(second, int.MaxValue).Count + PairSpecialTokenCount;

    /// <summary>Writes one of the files of <see cref="TokenizerSettings.Files"/>.</summary>
    internal abstract void WriteFile(string name, Stream output);

    /// <summary>
    /// The tokens of <paramref name="text"/>, up to the word with which there are <paramref name="enough"/>: where both texts of a pair are longer than that,
    /// the tokenizers library compares these numbers to find which is longer.
    /// </summary>
    private protected abstract List<TextToken> Tokenize(string text, int enough);

    /// <summary>What stands for an id that no token has.</summary>
    private protected static string Unnamed(int id) => FormattableString.Invariant($"[{id}]");

    private static Dictionary<string, byte[]> ReadFiles(TokenizerSettings settings, Func<string, Stream> openFile)
        => settings.Files.ToDictionary(
            name => name,
            name =>
            {
                using var file = openFile(name);
                using var copy = new MemoryStream();
                file.CopyTo(copy);
                return copy.ToArray();
            },
            StringComparer.Ordinal);
}
