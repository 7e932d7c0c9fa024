using System.Text;
using FineTune.Training.Data.Augmentation;

namespace FineTune.Training.Tests.Data.Augmentation;

/// <summary>Texts with spans as tests write them: <c>I fly to [San Marino] on [Monday], [[Delta] Airlines]</c>. The label of a span is its number in the order of the opening brackets.</summary>
internal static class SpannedText
{
    public static AugmentedText Read(string marked)
    {
        var text = new StringBuilder();
        var spans = new List<TextSpan>();
        var open = new Stack<int>();
        foreach (var character in marked)
        {
            switch (character)
            {
                case '[':
                    open.Push(spans.Count);
                    spans.Add(new TextSpan(text.Length, text.Length, $"span {spans.Count}"));
                    break;
                case ']':
                    var index = open.Pop();
                    spans[index] = spans[index] with { End = text.Length };
                    break;
                default:
                    text.Append(character);
                    break;
            }
        }

        return new AugmentedText(text.ToString(), spans);
    }

    public static string Write(AugmentedText text)
    {
        var marked = new StringBuilder();
        for (var position = 0; position <= text.Text.Length; position++)
        {
            marked.Append(']', text.Spans.Count(span => span.End == position));
            marked.Append('[', text.Spans.Count(span => span.Start == position));
            marked.Append(text.Text.AsSpan(position, Math.Min(1, text.Text.Length - position)));
        }

        return marked.ToString();
    }
}
