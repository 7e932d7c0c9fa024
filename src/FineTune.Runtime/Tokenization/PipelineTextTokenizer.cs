using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization;

/// <summary>A tokenizer that is described by its steps.</summary>
internal sealed class PipelineTextTokenizer : TextTokenizer
{
    private readonly TokenizationPipeline _pipeline;
    private readonly IReadOnlyDictionary<string, byte[]> _files;
    private readonly Lazy<Dictionary<int, string>> _tokens;

    /// <summary>Creates the tokenizer.</summary>
    /// <param name="pipeline">The steps.</param>
    /// <param name="settings">The names of the special tokens.</param>
    /// <param name="files">The files that the pipeline was made of, for <see cref="WriteFile"/>.</param>
    /// <param name="file">The file for messages.</param>
    /// <exception cref="FineTuneException">FT2053: there is no token that fills a batch.</exception>
    internal PipelineTextTokenizer(TokenizationPipeline pipeline, TokenizerSettings settings, IReadOnlyDictionary<string, byte[]> files, string file)
        : base(pipeline.Template)
    {
        (_pipeline, _files) = (pipeline, files);
        _tokens = new Lazy<Dictionary<int, string>>(() => NameTokens(pipeline));
        VocabularySize = pipeline.Model.Vocabulary.Values.Concat(pipeline.AddedIds.Values).DefaultIfEmpty(-1).Max() + 1;
        PaddingId = Require(settings.PaddingToken, pipeline.Find, file);
        ClassifyId = pipeline.Find(settings.ClassifyToken) ?? -1;
        SeparatorId = pipeline.Find(settings.SeparatorToken) ?? -1;
        UnknownId = pipeline.Find(settings.UnknownToken) ?? -1;
        MaskId = pipeline.Find(settings.MaskToken) ?? -1;
    }

    /// <inheritdoc/>
    internal override int VocabularySize { get; }

    /// <inheritdoc/>
    internal override int PaddingId { get; }

    /// <inheritdoc/>
    internal override int ClassifyId { get; }

    /// <inheritdoc/>
    internal override int SeparatorId { get; }

    /// <inheritdoc/>
    internal override int UnknownId { get; }

    /// <inheritdoc/>
    internal override int MaskId { get; }

    /// <inheritdoc/>
    internal override string TokenOf(int id) => _tokens.Value.TryGetValue(id, out var token) ? token : Unnamed(id);

    /// <summary>The id of a special token that has to be there.</summary>
    /// <exception cref="FineTuneException">FT2053: it is not.</exception>
    internal static int Require(string token, Func<string, int?> find, string file) => find(token)
        ?? throw new FineTuneException("FT2053", $"The vocabulary lacks the special token '{token}'. Take {file}, and the files beside it, anew from where the model came from.", new SourceLocation(file));

    /// <inheritdoc/>
    internal override void WriteFile(string name, Stream output)
    {
        var bytes = _files[name];
        output.Write(bytes, 0, bytes.Length);
    }

    private protected override List<TextToken> Tokenize(string text, int enough)
    {
        List<TextToken> tokens = [];
        foreach (var (part, added) in Parts(text))
        {
            if (added is not null)
            {
                var token = new TextToken(added.Id, part[0].Start, part[part.Count - 1].End);
                tokens.Add(_pipeline.Trimming?.TrimAdded(text, token, part.ToString(), tokens.Count == 0) ?? token);
                continue;
            }

            foreach (var piece in _pipeline.PreTokenizer(part))
            {
                AddTokens(text, piece, tokens);
                if (tokens.Count >= enough)
                {
                    return tokens;
                }
            }
        }

        return tokens;
    }

    private static Dictionary<int, string> NameTokens(TokenizationPipeline pipeline)
    {
        var tokens = new Dictionary<int, string>();
        foreach (var (token, id) in pipeline.Model.Vocabulary.Concat(pipeline.AddedIds).Select(pair => (pair.Key, pair.Value)))
        {
            tokens[id] = token;
        }

        return tokens;
    }

    private IEnumerable<(AlignedText Text, AddedToken? Token)> Parts(string text)
    {
        foreach (var (raw, token) in _pipeline.RawTokens.Split(AlignedText.From(text, 0, text.Length)))
        {
            if (token is not null)
            {
                yield return (raw, token);
                continue;
            }

            foreach (var part in _pipeline.NormalizedTokens.Split(_pipeline.Normalizer(raw)))
            {
                yield return part;
            }
        }
    }

    private void AddTokens(string text, AlignedText piece, List<TextToken> tokens)
    {
        foreach (var (id, start, end) in _pipeline.Model.Tokenize(piece))
        {
            var token = new TextToken(id, piece[start].Start, piece[end - 1].End);
            tokens.Add(_pipeline.Trimming?.Trim(text, token, tokens.Count == 0) ?? token);
        }
    }
}
