using System.Globalization;
using System.Text;
using FineTune.Core.Specification;

namespace FineTune.Build.Generation;

/// <summary>Makes C# identifiers from text that users chose for other purposes.</summary>
internal static class Identifiers
{
    /// <summary>
    /// One identifier for each label, in their order and all different: words are joined and begin with a capital (<c>not satisfied</c> → <c>NotSatisfied</c>);
    /// a leading digit gets an underscore; a label without letters and digits becomes <c>Label</c> and its index; equal ones get <c>_2</c>, <c>_3</c>, ….
    /// </summary>
    public static IReadOnlyList<string> ForLabels(IReadOnlyList<string> labels)
    {
        var wished = labels.Select((label, index) => Pascal(label) is { Length: > 0 } name ? name : $"Label{index}").ToList();
        var taken = new HashSet<string>(wished, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. wished.Select(name => seen.Add(name) ? name : Numbered(name))];

        string Numbered(string name)
        {
            var number = 2;
            while (!taken.Add($"{name}_{number}"))
            {
                number++;
            }

            return $"{name}_{number}";
        }
    }

    /// <summary>A namespace: what is not allowed in an identifier becomes an underscore, keywords get an <c>@</c>.</summary>
    public static string ForNamespace(string name)
        => string.Join(".", name.Split('.').Select(part => part.Trim()).Where(part => part.Length > 0).Select(part =>
        {
            var identifier = new string([.. part.Select(character => IsPart(character) ? character : '_')]);
            identifier = IsStart(identifier[0]) ? identifier : "_" + identifier;
            return CSharpName.IsKeyword(identifier) ? "@" + identifier : identifier;
        }));

    private static string Pascal(string text)
    {
        var result = new StringBuilder(text.Length);
        var startsWord = true;
        foreach (var character in text)
        {
            if (character == '_' || !IsPart(character))
            {
                startsWord = true;
                continue;
            }

            if (result.Length == 0 && !IsStart(character))
            {
                if (CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.DecimalDigitNumber)
                {
                    continue;
                }

                result.Append('_');
            }

            result.Append(startsWord ? char.ToUpperInvariant(character) : character);
            startsWord = false;
        }

        return result.ToString();
    }

    private static bool IsStart(char character) => character == '_' || char.IsLetter(character) || CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.LetterNumber;

    private static bool IsPart(char character) => IsStart(character) || CharUnicodeInfo.GetUnicodeCategory(character)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
