using FineTune.Runtime.Words;

namespace FineTune.Runtime.Tests.Words;

public class TextWordsTests
{
    [Theory]
    [InlineData("I fly to San Marino.", "I|fly|to|San|Marino|.")]
    [InlineData("  (hello),\tworld!!\r\n", "(|hello|)|,|world|!|!")]
    [InlineData("U.S. AT&T don't 10.5% e-mail James'", "U.S|.|AT&T|don't|10.5|%|e-mail|James|'")]
    [InlineData("$10 C++ #tag @user http://a.b/?c=d", "$|10|C|+|+|#|tag|@|user|http://a.b/?c=d")]
    [InlineData("... — «Größe» ¿qué?", ".|.|.|—|«|Größe|»|¿|qué|?")]
    [InlineData("great\U0001F600! \U0001F1E9\U0001F1EA \u2764\uFE0F", "great\U0001F600|!|\U0001F1E9\U0001F1EA|\u2764\uFE0F")]
    [InlineData("!\u0301a b.\u0301", "!\u0301|a|b|.\u0301")]
    [InlineData("#\uFE0F\u20E3", "#\uFE0F\u20E3")]
    [InlineData("東京\u3000タワー。", "東京|タワー|。")]
    [InlineData("\uD800 \uDC00x", "\uD800|\uDC00x")]
    [InlineData("\u0301", "\u0301")]
    [InlineData(" \u00A0\t", "")]
    [InlineData("", "")]
    public void Words_are_what_white_space_separates_without_the_punctuation_around_them(string text, string words) =>
        Assert.Equal(words, string.Join("|", TextWords.Split(text).Select(word => text.Substring(word.Start, word.Length))));
}
