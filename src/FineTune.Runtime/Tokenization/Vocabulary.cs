using System.Text;
using FineTune.Core.Diagnostics;

namespace FineTune.Runtime.Tokenization;

/// <summary>The tokens of a WordPiece vocabulary; the position is the id.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly string _file;

    /// <summary>Creates a vocabulary.</summary>
    /// <param name="tokens">The tokens in the order of their ids.</param>
    /// <param name="file">The file for messages.</param>
    /// <exception cref="FineTuneException">FT2052: the vocabulary is empty or names a token twice.</exception>
    internal Vocabulary(IReadOnlyList<string> tokens, string file)
    {
        _file = file;
        Tokens = tokens;
        _ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
        {
            if (_ids.TryGetValue(tokens[id], out var earlier))
            {
                throw new FineTuneException(
                    "FT2052",
                    $"The vocabulary names the token '{tokens[id]}' twice, as {earlier} and as {id}. The file is damaged; take it anew from where the model came from.",
                    new SourceLocation(file, id + 1));
            }

            _ids.Add(tokens[id], id);
        }

        if (tokens.Count == 0)
        {
            throw new FineTuneException("FT2052", "The vocabulary is empty. Take the file anew from where the model came from.", new SourceLocation(file));
        }
    }

    /// <summary>The tokens in the order of their ids.</summary>
    internal IReadOnlyList<string> Tokens { get; }

    /// <summary>Reads a file with one token per line.</summary>
    internal static Vocabulary Read(Stream stream, string file)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        List<string> tokens = [];
        while (reader.ReadLine() is { } line)
        {
            tokens.Add(line);
        }

        return new Vocabulary(tokens, file);
    }

    /// <summary>The id of a token; <see langword="null"/> where there is none.</summary>
    internal int? Find(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The id of a token that has to be there.</summary>
    /// <exception cref="FineTuneException">FT2053: the vocabulary lacks it.</exception>
    internal int Require(string token) => Find(token) ?? throw new FineTuneException(
        "FT2053",
        $"The vocabulary has no token '{token}', which the tokenizer needs. Name the special tokens of this vocabulary in tokenizer_config.json, or take the vocabulary that belongs to the model.",
        new SourceLocation(_file));

    /// <summary>The file's text, one token per line.</summary>
    internal Stream OpenText()
    {
        var stream = new MemoryStream();
        using (var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" })
        {
            foreach (var token in Tokens)
            {
                writer.WriteLine(token);
            }
        }

        stream.Position = 0;
        return stream;
    }
}
