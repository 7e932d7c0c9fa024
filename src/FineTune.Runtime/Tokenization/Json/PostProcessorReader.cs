using FineTune.Runtime.Tokenization.Pipeline;

namespace FineTune.Runtime.Tokenization.Json;

/// <summary>Reads the <c>post_processor</c> of a <c>tokenizer.json</c>: special tokens around texts, and whether blanks are left out of ranges.</summary>
internal static class PostProcessorReader
{
    private const string Supported = "BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing";

    private static readonly TemplatePart First = new(TemplateContent.First, 0, 0);
    private static readonly TemplatePart Second = new(TemplateContent.Second, 0, 1);

    /// <summary>Reads a post-processor; without one no special tokens are added.</summary>
    /// <param name="postProcessor">The part of the file.</param>
    /// <param name="vocabulary">The tokens whose ranges may be trimmed.</param>
    internal static (SpecialTokenTemplate Template, BlankTrimming? Trimming) Read(JsonPart? postProcessor, IReadOnlyDictionary<string, int> vocabulary)
    {
        if (postProcessor is not { } part)
        {
            return (new SpecialTokenTemplate([First], [First, Second]), null);
        }

        JsonPart[] steps = part.Type == "Sequence" ? [.. part.Require("processors").Items()] : [part];
        SpecialTokenTemplate? template = null;
        BlankTrimming? trimming = null;
        foreach (var step in steps)
        {
            trimming = step.Type is "ByteLevel" or "RobertaProcessing" && step.Boolean("trim_offsets", true)
                ? new BlankTrimming(vocabulary, step.Boolean("add_prefix_space", true))
                : trimming;
            if (step.Type != "ByteLevel")
            {
                template = template is null ? ReadTemplate(step) : throw part.Unsupported("adds special tokens twice", Supported);
            }
        }

        return (template ?? new SpecialTokenTemplate([First], [First, Second]), trimming);
    }

    private static SpecialTokenTemplate ReadTemplate(JsonPart part)
    {
        switch (part.Type)
        {
            case "BertProcessing":
                var (classify, separator) = (Special(part, "cls", 0), Special(part, "sep", 0));
                return new SpecialTokenTemplate([classify, First, separator], [classify, First, separator, Second, separator with { SegmentId = 1 }]);
            case "RobertaProcessing":
                var (start, end) = (Special(part, "cls", 0), Special(part, "sep", 0));
                return new SpecialTokenTemplate([start, First, end], [start, First, end, end, Second with { SegmentId = 0 }, end]);
            case "TemplateProcessing":
                var ids = part.Require("special_tokens").Entries().ToDictionary(entry => entry.Name, entry => entry.Part.Require("ids").Items().Select(id => id.AsNumber()).ToArray());
                return new SpecialTokenTemplate(ReadParts(part.Require("single"), ids), ReadParts(part.Require("pair"), ids));
            default:
                throw part.Unsupported($"is a '{part.Type}'", Supported);
        }
    }

    private static TemplatePart Special(JsonPart part, string name, int segmentId)
        => part.Require(name).Items() is [_, var id] ? new TemplatePart(TemplateContent.SpecialToken, id.AsNumber(), segmentId) : throw part.Require(name).Damaged("is not a token and its id");

    private static TemplatePart[] ReadParts(JsonPart template, Dictionary<string, int[]> ids) => [.. template.Items().SelectMany(item => ReadPart(item, ids))];

    private static IEnumerable<TemplatePart> ReadPart(JsonPart item, Dictionary<string, int[]> ids)
    {
        if (item.Find("Sequence") is { } sequence)
        {
            return [new TemplatePart(sequence.Text("id") == "B" ? TemplateContent.Second : TemplateContent.First, 0, sequence.Number("type_id"))];
        }

        var special = item.Require("SpecialToken");
        var segmentId = special.Number("type_id");
        return ids.TryGetValue(special.Text("id"), out var tokens)
            ? tokens.Select(id => new TemplatePart(TemplateContent.SpecialToken, id, segmentId))
            : throw special.Damaged($"names '{special.Text("id")}', which 'special_tokens' does not have");
    }
}
