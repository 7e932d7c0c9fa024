#if NETSTANDARD2_0
namespace FineTune.Core.Compatibility;

/// <summary>Members that .NET Standard 2.0 lacks, under the names that .NET gives them.</summary>
internal static class StringExtensions
{
    public static bool Contains(this string text, char character) => text.IndexOf(character) >= 0;

    public static bool StartsWith(this string text, char character) => text.Length > 0 && text[0] == character;

    public static bool EndsWith(this string text, char character) => text.Length > 0 && text[text.Length - 1] == character;
}
#endif
