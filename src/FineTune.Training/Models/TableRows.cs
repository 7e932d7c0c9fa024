using System.Numerics;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>
/// Which rows of a table a training has looked up. Most of a vocabulary occurs in no row of the data, so most gradients of its table are zero forever: an optimizer that knows it
/// need not touch these rows. All that a step does to them is weight decay, and that waits until somebody reads them.
/// </summary>
internal sealed unsafe class TableRows
{
    private readonly float* values;
    private readonly bool[] used;
    private readonly int[] gradientSteps;
    private int step = 1;

    /// <summary>A table of which no row was looked up yet.</summary>
    /// <param name="offset">The table's place in its group's memory.</param>
    /// <param name="table">The values, in the processor's memory. [count, width]</param>
    public TableRows(long offset, Tensor table)
    {
        Offset = offset;
        Width = checked((int)table.shape[1]);
        used = new bool[table.shape[0]];
        gradientSteps = new int[used.Length];
        values = TensorMemory.Of(table);
    }

    /// <summary>The table's place in its group's memory, in values.</summary>
    public long Offset { get; }

    /// <summary>Number of rows.</summary>
    public int Count => used.Length;

    /// <summary>Values of a row.</summary>
    public int Width { get; }

    /// <summary>What the rows that were never looked up must still be multiplied by.</summary>
    public double DueDecay { get; private set; } = 1;

    /// <summary>Whether a row was ever looked up.</summary>
    public bool IsUsed(int row) => used[row];

    /// <summary>Whether a row got a gradient since the last step of the optimizer.</summary>
    public bool HasGradient(int row) => gradientSteps[row] == step;

    /// <summary>Notes that rows are looked up by a training, and makes them current.</summary>
    public void Use(ReadOnlySpan<long> rows)
    {
        foreach (var row in rows)
        {
            // A wrong number is reported by the look-up itself.
            if ((ulong)row < (ulong)used.Length && !used[row])
            {
                Decay((int)row);
                used[row] = true;
            }
        }
    }

    /// <summary>Adds to the gradients of rows that were looked up.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="gradient">For each of them its gradient, one after the other.</param>
    /// <param name="gradients">The gradients of all rows.</param>
    public void AddGradients(ReadOnlySpan<long> rows, float* gradient, float* gradients)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var row = (int)rows[i];
            gradientSteps[row] = step;
            var sum = new Span<float>(gradients + ((long)row * Width), Width);
            var summand = new ReadOnlySpan<float>(gradient + ((long)i * Width), Width);
            var vectors = Width - (Width % Vector<float>.Count);
            for (var j = 0; j < vectors; j += Vector<float>.Count)
            {
                (new Vector<float>(sum[j..]) + new Vector<float>(summand[j..])).CopyTo(sum[j..]);
            }

            for (var j = vectors; j < Width; j++)
            {
                sum[j] += summand[j];
            }
        }
    }

    /// <summary>A step of the optimizer is over: gradients are zero, and rows that were never looked up owe its weight decay.</summary>
    /// <param name="decay">What the step multiplies all values by.</param>
    public void EndStep(float decay)
    {
        step++;
        DueDecay *= decay;
    }

    /// <summary>Makes all rows current.</summary>
    public void Settle()
    {
        if (DueDecay != 1)
        {
            for (var row = 0; row < used.Length; row++)
            {
                if (!used[row])
                {
                    Decay(row);
                }
            }

            DueDecay = 1;
        }
    }

    /// <summary>The rows that were looked up: 1, and 0 for the others.</summary>
    public float[] Save() => Array.ConvertAll(used, isUsed => isUsed ? 1f : 0f);

    /// <summary>Takes on what <see cref="Save"/> and <see cref="DueDecay"/> returned.</summary>
    public void Load(float[] saved, double dueDecay)
    {
        Array.ConvertAll(saved, value => value != 0).CopyTo(used, 0);
        DueDecay = dueDecay;
    }

    private void Decay(int row)
    {
        var factor = (float)DueDecay;
        foreach (ref var value in new Span<float>(values + ((long)row * Width), Width))
        {
            value *= factor;
        }
    }
}
