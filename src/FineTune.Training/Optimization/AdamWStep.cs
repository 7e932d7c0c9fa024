using System.Numerics;
using System.Runtime.CompilerServices;

namespace FineTune.Training.Optimization;

/// <summary>The arithmetic of one AdamW step for values that lie one after the other in memory.</summary>
/// <param name="GradientScale">Multiplies the gradients first: clipping.</param>
/// <param name="Decay">Multiplies the values: weight decay.</param>
/// <param name="Rate">The learning rate, corrected for the bias of the running means of gradients.</param>
/// <param name="SquareCorrection">Corrects the bias of the roots of the running means of squares.</param>
internal readonly unsafe record struct AdamWStep(float GradientScale, float Decay, float Rate, float SquareCorrection)
{
    public const double Beta1 = 0.9;
    public const double Beta2 = 0.999;
    public const double Epsilon = 1e-8;

    private const float NewMean = (float)(1 - Beta1);
    private const float NewSquare = (float)(1 - Beta2);

    /// <summary>Values that are summed in single precision before the sum is added to one in double precision.</summary>
    private const int SummedAtOnce = 1024;

    /// <summary>Moves values and sets their gradients to zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply(float* values, float* gradients, float* means, float* squares, long count)
    {
        var vectors = count - (count % Vector<float>.Count);
        for (var i = 0L; i < vectors; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(gradients + i) * GradientScale;
            var mean = (Vector.Load(means + i) * (float)Beta1) + (gradient * NewMean);
            var square = (Vector.Load(squares + i) * (float)Beta2) + (gradient * gradient * NewSquare);
            var deviation = (Vector.SquareRoot(square) * SquareCorrection) + new Vector<float>((float)Epsilon);
            Vector.Store((Vector.Load(values + i) * Decay) - (mean * Rate / deviation), values + i);
            Vector.Store(mean, means + i);
            Vector.Store(square, squares + i);
            Vector.Store(Vector<float>.Zero, gradients + i);
        }

        for (var i = vectors; i < count; i++)
        {
            var gradient = gradients[i] * GradientScale;
            means[i] = (means[i] * (float)Beta1) + (gradient * NewMean);
            squares[i] = (squares[i] * (float)Beta2) + (gradient * gradient * NewSquare);
            values[i] = (values[i] * Decay) - (means[i] * Rate / ((MathF.Sqrt(squares[i]) * SquareCorrection) + (float)Epsilon));
            gradients[i] = 0;
        }
    }

    /// <summary>Moves values whose gradients are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void ApplyWithoutGradients(float* values, float* means, float* squares, long count)
    {
        var vectors = count - (count % Vector<float>.Count);
        for (var i = 0L; i < vectors; i += Vector<float>.Count)
        {
            var mean = Vector.Load(means + i) * (float)Beta1;
            var square = Vector.Load(squares + i) * (float)Beta2;
            var deviation = (Vector.SquareRoot(square) * SquareCorrection) + new Vector<float>((float)Epsilon);
            Vector.Store((Vector.Load(values + i) * Decay) - (mean * Rate / deviation), values + i);
            Vector.Store(mean, means + i);
            Vector.Store(square, squares + i);
        }

        for (var i = vectors; i < count; i++)
        {
            means[i] *= (float)Beta1;
            squares[i] *= (float)Beta2;
            values[i] = (values[i] * Decay) - (means[i] * Rate / ((MathF.Sqrt(squares[i]) * SquareCorrection) + (float)Epsilon));
        }
    }

    /// <summary>The sum of the squares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(float* values, long count)
    {
        var total = 0.0;
        for (var start = 0L; start < count; start += SummedAtOnce)
        {
            var end = Math.Min(count, start + SummedAtOnce);
            Vector<float> first = default, second = default;
            var i = start;
            for (; i + (2 * Vector<float>.Count) <= end; i += 2 * Vector<float>.Count)
            {
                var (left, right) = (Vector.Load(values + i), Vector.Load(values + i + Vector<float>.Count));
                first += left * left;
                second += right * right;
            }

            var sum = Vector.Sum(first + second);
            for (; i < end; i++)
            {
                sum += values[i] * values[i];
            }

            total += sum;
        }

        return total;
    }
}
