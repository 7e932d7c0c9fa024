using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;

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

    /// <summary>Reads the tokenizer of a model folder in Hugging Face layout.</summary>
    /// <param name="directory">A folder with <c>tokenizer.json</c>, <c>vocab.txt</c>, or <c>vocab.json</c> and <c>merges.txt</c>, and perhaps <c>tokenizer_config.json</c>.</param>
    /// <param name="settings">
    /// The settings for a manifest. <see cref="WriteFile"/> writes their files, also where the folder has them in another form.
    /// </param>
    /// <exception cref="FineTuneException">FT2050 to FT2054: files are missing, damaged or of a kind that is not supported.</exception>
    internal static TextTokenizer FromHuggingFaceFolder(string directory, out TokenizerSettings settings)
    {
        if (HuggingFaceTokenizerReader.FindByteLevel(directory) is { } byteLevel)
        {
            settings = byteLevel;
            return Create(settings, name => File.OpenRead(Path.Combine(directory, name)));
        }

        (settings, var vocabulary) = HuggingFaceTokenizerReader.Read(directory);
        return new WordPieceTextTokenizer(settings, vocabulary);
    }

    /// <summary>Creates the tokenizer that a manifest describes.</summary>
    /// <param name="settings">The manifest's settings.</param>
    /// <param name="openFile">Opens a file of the model by its name; the caller of the function closes it.</param>
    /// <exception cref="FineTuneException">FT2051, FT2052 or FT2053: the kind is not supported or the vocabulary is damaged.</exception>
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
                return new ByteLevelTextTokenizer(settings, openFile);
            default:
                throw new FineTuneException(
                    "FT2051",
                    $"The model asks for a tokenizer of kind '{settings.Kind}' with {settings.Files.Count} files; this version supports '{WordPieceKind}' with one vocabulary file and '{ByteLevelKind}' with two. Update the FineTune.Runtime package.");
        }
    }

    /// <summary>The ids of the words of <paramref name="text"/>: no special tokens are added, nothing is cut.</summary>
    internal abstract IReadOnlyList<int> EncodeWords(string text);

    /// <summary>The ids of <paramref name="text"/> between the classify token and the separator, cut to <paramref name="maxLength"/> ids.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is less than 2.</exception>
    internal abstract int[] Encode(string text, int maxLength);

    /// <summary>The number of ids of <paramref name="text"/>, special tokens included, before any cut.</summary>
    internal abstract int CountTokens(string text);

    /// <summary>Writes one of the files of <see cref="TokenizerSettings.Files"/>.</summary>
    internal abstract void WriteFile(string name, Stream output);
}
