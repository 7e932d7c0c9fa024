using FineTune.Training.Models;
using FineTune.Training.Native;
using FineTune.Training.Optimization;
using FineTune.Training.Strategies;
using static TorchSharp.torch;

namespace FineTune.Training.Tests.Optimization;

/// <summary>The optimizer against AdamW written down value by value in double precision, with gradients that depend on the step only.</summary>
public sealed class AdamWTests
{
    private const int Steps = 30;
    private const double Rate = 1e-2;
    private const double Decay = 0.1;
    private const int Rows = 40;
    private const int Width = 11;

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public void Thirty_steps_are_those_of_the_formula(double maximumNorm, bool usesTableAsWhole)
    {
        using var parameters = Parameters();
        using var optimizer = new AdamW(parameters);
        var table = new PlainAdamW(parameters.Read("table"));
        var weight = new PlainAdamW(parameters.Read("weight"));

        for (var step = 1; step <= Steps; step++)
        {
            using var scope = NewDisposeScope();
            var (ids, ofRows, ofWeight) = Gradients(step);
            Loss(parameters, ids, ofRows, ofWeight, usesTableAsWhole && step > 10).backward();

            var ofTable = new float[Rows * Width];
            for (var i = 0; i < ofRows.Length; i++)
            {
                ofTable[((int)ids[i / Width] * Width) + (i % Width)] += ofRows[i];
            }

            var norm = Math.Sqrt(ofTable.Concat(ofWeight).Sum(value => (double)value * value));
            var scale = maximumNorm > 0 && norm > maximumNorm ? maximumNorm / (norm + 1e-6) : 1;
            table.Step(ofTable, scale, step);
            weight.Step(ofWeight, scale, step);

            Assert.Equal(norm, optimizer.ClipGradients(maximumNorm), 1e-6 * norm);
            optimizer.Step(Rate);
        }

        table.AssertEqual(parameters.Read("table"));
        weight.AssertEqual(parameters.Read("weight"));
    }

    [Fact]
    public void A_row_that_was_never_looked_up_is_current_when_it_is()
    {
        using var parameters = Parameters();
        using var optimizer = new AdamW(parameters);
        using var scope = NewDisposeScope();
        var before = parameters.Read("table")[(7 * Width)..(8 * Width)];
        using var ids = tensor(new long[] { 1 });
        for (var step = 0; step < 3; step++)
        {
            parameters.Lookup("table", ids).sum().backward();
            optimizer.Step(Rate);
        }

        using var late = tensor(new long[] { 7 });
        var inTraining = parameters.Lookup("table", late).detach().data<float>().ToArray();
        using var noGradients = no_grad();
        var inEvaluation = parameters.Lookup("table", tensor(new long[] { 8 }));

        var factor = Math.Pow(1 - (Rate * Decay), 3);
        Assert.Equal(before.Select(value => value * factor), inTraining.Select(value => (double)value), (left, right) => Math.Abs(left - right) < 1e-6);
        Assert.Equal(parameters.Read("table")[(8 * Width)..(9 * Width)], inEvaluation.data<float>().ToArray());
    }

    [Fact]
    public void The_gradient_of_a_table_is_where_torch_has_it()
    {
        using var parameters = Parameters();
        using var scope = NewDisposeScope();
        var (ids, ofRows, ofWeight) = Gradients(1);

        Loss(parameters, ids, ofRows, ofWeight, usesTableAsWhole: false).backward();
        var gradient = parameters["table"].grad!.clone();
        var plain = parameters["table"].detach().clone().requires_grad_();
        plain.index_select(0, tensor(ids)).mul(tensor(ofRows, [ids.Length, Width])).sum().backward();

        Assert.True(gradient.allclose(plain.grad!, rtol: 1e-6, atol: 1e-7));
    }

    private static ParameterSet Parameters()
    {
        LibTorch.Load();
        ParameterDefinition[] definitions = [new("weight", [5, Width], ParameterInitialization.Normal), new("table", [Rows, Width], ParameterInitialization.Normal), new("other", [3], ParameterInitialization.Normal)];
        var parameters = new ParameterSet(definitions, definitions.ToDictionary(definition => definition.Name, _ => new ParameterGroup(1, Decay, Trainable: true)), CPU);
        foreach (var definition in definitions)
        {
            ParameterInitializer.Initialize(parameters, definition, 0.5, seed: 3);
        }

        return parameters;
    }

    /// <summary>Of the table's rows, only those below 30 are looked up, some of them more than once.</summary>
    private static (long[] Ids, float[] OfRows, float[] OfWeight) Gradients(int step)
    {
        var random = new RandomStream(step, "gradients");
        return (
            [.. Enumerable.Range(0, 9).Select(_ => (long)random.NextInt(Math.Min(30, 3 * step)))],
            [.. Enumerable.Range(0, 9 * Width).Select(_ => (float)random.NextNormal())],
            [.. Enumerable.Range(0, 5 * Width).Select(_ => (float)random.NextNormal())]);
    }

    private static Tensor Loss(ParameterSet parameters, long[] ids, float[] ofRows, float[] ofWeight, bool usesTableAsWhole)
    {
        var rows = parameters.Lookup("table", tensor(ids)).mul(tensor(ofRows, [ids.Length, Width])).sum();
        var weight = parameters["weight"].mul(tensor(ofWeight, [5, Width])).sum();
        return usesTableAsWhole ? rows.add(weight).add(parameters["table"].mul(zeros(1)).sum()) : rows.add(weight);
    }

    private sealed class PlainAdamW(float[] start)
    {
        private readonly double[] values = Array.ConvertAll(start, value => (double)value);
        private readonly double[] means = new double[start.Length];
        private readonly double[] squares = new double[start.Length];

        public void Step(float[] gradients, double scale, int step)
        {
            for (var i = 0; i < values.Length; i++)
            {
                var gradient = gradients[i] * scale;
                means[i] = (0.9 * means[i]) + (0.1 * gradient);
                squares[i] = (0.999 * squares[i]) + (0.001 * gradient * gradient);
                var (mean, square) = (means[i] / (1 - Math.Pow(0.9, step)), squares[i] / (1 - Math.Pow(0.999, step)));
                values[i] -= Rate * ((Decay * values[i]) + (mean / (Math.Sqrt(square) + 1e-8)));
            }
        }

        public void AssertEqual(float[] actual)
            => Assert.Equal(values, actual.Select(value => (double)value), (left, right) => Math.Abs(left - right) < 2e-6);
    }
}
