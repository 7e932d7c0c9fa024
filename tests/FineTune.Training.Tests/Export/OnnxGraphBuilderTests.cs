using FineTune.Training.Export;
using FineTune.Training.Onnx;

namespace FineTune.Training.Tests.Export;

public sealed class OnnxGraphBuilderTests
{
    [Fact]
    public void A_name_is_made_once()
    {
        var graph = new OnnxGraphBuilder("test", 20, 9);
        var input = graph.IntegerInput("input", "rows");

        Assert.Throws<ArgumentException>(() => graph.Node("Neg", "input", [input]));
    }

    [Fact]
    public void A_node_reads_only_what_has_been_made()
    {
        var graph = new OnnxGraphBuilder("test", 20, 9);

        Assert.Throws<ArgumentException>(() => graph.Node("Neg", "output", ["input"]));
    }

    [Fact]
    public void Values_must_fill_their_shape()
    {
        var graph = new OnnxGraphBuilder("test", 20, 9);

        Assert.Throws<ArgumentException>(() => graph.Weight("weight", [2, 2], [1f, 2f, 3f]));
    }

    [Fact]
    public void A_zero_attribute_is_written()
    {
        var graph = new OnnxGraphBuilder("test", 20, 9);
        var input = graph.IntegerInput("input", "rows", 2);
        graph.Node("Gather", "output", [input, graph.ScalarInteger("index", 0)], OnnxAttribute.Integer("axis", 0));
        using var file = new MemoryStream();

        graph.Write(file, "1.0.0");

        var model = ModelProto.Parser.ParseFrom(file.ToArray());
        Assert.True(Assert.Single(Assert.Single(model.Graph.Node).Attribute).HasI);
        Assert.Equal(["rows", ""], model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(dimension => dimension.DimParam));
        Assert.Equal(2, model.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue);
    }
}
