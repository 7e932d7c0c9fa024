using System.Globalization;
using System.Text.Json.Nodes;
using FineTune.Core.Serialization;
using FsCheck;
using FsCheck.Xunit;

namespace FineTune.Core.Tests.Serialization;

public class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{ "b" : 1, "a": [ true , null, "x" ] }""", """{"a":[true,null,"x"],"b":1}""")]
    [InlineData("""{"é":1,"z":2,"Z":3,"10":4,"9":5}""", """{"10":4,"9":5,"Z":3,"z":2,"é":1}""")]
    [InlineData("""[1.0, 1e2, 0.10, 5E-5, 1e-7, 1e21, -0.0, 123456789012345680000, 9007199254740993, 0.1]""", """[1,100,0.1,0.00005,1e-7,1e+21,0,123456789012345680000,9007199254740993,0.1]""")]
    [InlineData("""["\u00e9\u0007\n\/\"\\ <>&'"]""", """["é\u0007\n/\"\\ <>&'"]""")]
    public void Equal_content_has_one_form(string json, string expected) =>
        Assert.Equal(expected, CanonicalJson.Write(JsonNode.Parse(json)));

    [Fact]
    public void Half_a_surrogate_pair_stays_distinct() =>
        Assert.NotEqual(CanonicalJson.Write(JsonValue.Create("\ud800")), CanonicalJson.Write(JsonValue.Create("\ud801")));

    [Fact]
    public void A_number_has_one_form_whatever_its_type() =>
        Assert.Equal("[7,7,7,7,7]", CanonicalJson.Write(new JsonArray(JsonValue.Create(7), JsonValue.Create(7L), JsonValue.Create(7.0), JsonValue.Create(7m), JsonValue.Create(7f))));

    [Property(MaxTest = 1000)]
    public bool A_number_keeps_its_value(NormalFloat number) =>
        double.Parse(CanonicalJson.Number(number.Get), CultureInfo.InvariantCulture) == number.Get;

    [Property(MaxTest = 1000)]
    public bool A_number_has_no_more_digits_than_it_needs(NormalFloat number) =>
        Digits(CanonicalJson.Number(number.Get)) <= Digits(number.Get.ToString("R", CultureInfo.InvariantCulture));

    [Property]
    public bool The_order_of_keys_does_not_matter(Dictionary<NonNull<string>, int> pairs)
    {
        var forward = new JsonObject(pairs.Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key.Get, pair.Value)));
        var backward = new JsonObject(pairs.Reverse().Select(pair => new KeyValuePair<string, JsonNode?>(pair.Key.Get, pair.Value)));
        return CanonicalJson.Write(forward) == CanonicalJson.Write(backward);
    }

    [Property]
    public bool A_text_is_read_again_as_it_was(NonNull<string> text) =>
        text.Get.Any(char.IsSurrogate) || (string?)JsonNode.Parse(CanonicalJson.Write(JsonValue.Create(text.Get))) == text.Get;

    private static int Digits(string number) => number.Split('e', 'E')[0].Where(char.IsDigit).SkipWhile(digit => digit == '0').Reverse().SkipWhile(digit => digit == '0').Count();
}
