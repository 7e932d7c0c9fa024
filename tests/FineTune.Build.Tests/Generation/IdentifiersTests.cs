using FineTune.Build.Generation;

namespace FineTune.Build.Tests.Generation;

public sealed class IdentifiersTests
{
    [Theory]
    [InlineData("positive", "Positive")]
    [InlineData("not satisfied", "NotSatisfied")]
    [InlineData("order-status/late", "OrderStatusLate")]
    [InlineData("snake_case", "SnakeCase")]
    [InlineData("HUM", "HUM")]
    [InlineData("f1Score", "F1Score")]
    [InlineData("5 stars", "_5Stars")]
    [InlineData("class", "Class")]
    [InlineData("ärger", "Ärger")]
    [InlineData("a\u0308rger", "A\u0308rger")]
    [InlineData("\u0308x", "X")]
    [InlineData("退货", "退货")]
    [InlineData("C++", "C")]
    [InlineData("💥 boom", "Boom")]
    [InlineData("🙂", "Label0")]
    [InlineData("", "Label0")]
    [InlineData("---", "Label0")]
    public void A_label_becomes_an_identifier(string label, string expected) => Assert.Equal([expected], Identifiers.ForLabels([label]));

    [Fact]
    public void Identifiers_of_different_labels_differ()
        => Assert.Equal(["C", "C_2", "C_3", "Label3", "Label4"], Identifiers.ForLabels(["C", "C++", "C#", "+", "-"]));

    [Theory]
    [InlineData("Shop.Models", "Shop.Models")]
    [InlineData("my-app", "my_app")]
    [InlineData("3d.tools", "_3d.tools")]
    [InlineData("Shop.class", "Shop.@class")]
    [InlineData("a..b", "a.b")]
    public void A_root_namespace_becomes_a_namespace(string name, string expected) => Assert.Equal(expected, Identifiers.ForNamespace(name));
}
