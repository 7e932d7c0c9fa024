using System.Text.Json;
using FineTune.Core.Diagnostics;
using FineTune.Core.Manifests;
using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization.Json;

/// <summary>Reads a <c>tokenizer.json</c>, the form in which the tokenizers library saves all of a tokenizer.</summary>
internal static class TokenizerJsonReader
{
    /// <summary>Reads the steps of a tokenizer.</summary>
    /// <exception cref="FineTuneException">FT2054: the file is damaged; FT2055, FT2056: it has a part that is not supported.</exception>
    internal static TokenizationPipeline Read(byte[] json, string file, TokenizerSettings settings)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(JsonPart.Root(document.RootElement, file), settings);
        }
        catch (JsonException exception)
        {
            throw new FineTuneException("FT2054", "The file is not valid JSON. Take it anew from where the model came from.", new SourceLocation(file), exception);
        }
    }

    /// <summary>Reads the steps of a tokenizer.</summary>
    /// <exception cref="FineTuneException">FT2054: the file is damaged; FT2055, FT2056: it has a part that is not supported.</exception>
    internal static TokenizationPipeline Read(JsonPart root, TokenizerSettings settings)
    {
        var model = ModelReader.Read(root.Require("model"));
        var normalizer = NormalizerReader.Read(root.Find("normalizer"), settings);
        var added = ReadAddedTokens(root, model);
        var (template, trimming) = PostProcessorReader.Read(root.Find("post_processor"), model.Vocabulary);
        return new TokenizationPipeline
        {
            RawTokens = new AddedTokens([.. added.Where(token => !token.IsNormalized).Select(token => (token.Content, token))]),
            Normalizer = normalizer,
            NormalizedTokens = new AddedTokens([.. added.Where(token => token.IsNormalized).Select(token => (normalizer(AlignedText.From(token.Content, 0, token.Content.Length)).ToString(), token))]),
            PreTokenizer = PreTokenizerReader.Read(root.Find("pre_tokenizer")),
            Model = model,
            Template = template,
            Trimming = trimming,
            AddedIds = added.ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal),
        };
    }

    // Of tokens with one text the last counts. A token that the model has keeps the model's id.
    private static List<AddedToken> ReadAddedTokens(JsonPart root, SubwordModel model)
    {
        var tokens = new Dictionary<string, AddedToken>(StringComparer.Ordinal);
        foreach (var part in root.Find("added_tokens")?.Items() ?? [])
        {
            var content = part.Text("content");
            if (content.Length > 0)
            {
                tokens[content] = new AddedToken(
                    content,
                    model.Find(content) ?? part.Number("id"),
                    part.Boolean("single_word", false),
                    part.Boolean("lstrip", false),
                    part.Boolean("rstrip", false),
                    part.Boolean("normalized", false));
            }
        }

        return [.. tokens.Values];
    }
}
