using FineTune.Training.Models;
using FineTune.Training.Native;
using static TorchSharp.torch;

namespace FineTune.Training.Optimization;

/// <summary>
/// The memory of a group, divided so that threads can share the work. The division depends on the parameters only, and so do all results. Of a table whose rows are looked up, only rows that ever were
/// are visited.
/// </summary>
internal sealed unsafe class BufferParts
{
    /// <summary>Values of a part.</summary>
    private const int PartSize = 1 << 16;

    private readonly List<Part> parts = [];
    private readonly ParameterBuffer buffer;
    private readonly float* gradients;

    private BufferParts(ParameterBuffer buffer)
    {
        this.buffer = buffer;
        gradients = TensorMemory.Of(buffer.Gradients!);
        var start = 0L;
        foreach (var table in buffer.Tables)
        {
            AddRange(start, table.Offset);
            var rows = Math.Max(1, PartSize / table.Width);
            for (var row = 0; row < table.Count; row += rows)
            {
                parts.Add(new Part(table, row, Math.Min(rows, table.Count - row)));
            }

            start = table.Offset + ((long)table.Count * table.Width);
        }

        AddRange(start, buffer.Values.numel());
    }

    /// <summary>Divides a group that is trained, in the processor's memory.</summary>
    public static BufferParts Of(ParameterBuffer buffer) => new(buffer);

    /// <summary>The sum of the squares of all gradients.</summary>
    public double SumOfSquares()
    {
        var sums = new double[parts.Count];
        LibTorchThreads.For(parts.Count, index =>
        {
            foreach (var (start, count, hasGradients) in parts[index].Ranges())
            {
                sums[index] += hasGradients ? AdamWStep.SumOfSquares(gradients + start, count) : 0;
            }
        });
        return sums.Sum();
    }

    /// <summary>Moves the parameters and sets the gradients to zero.</summary>
    /// <param name="step">How.</param>
    /// <param name="mean">The running means of the gradients. [count]</param>
    /// <param name="square">The running means of their squares. [count]</param>
    public void Apply(AdamWStep step, Tensor mean, Tensor square)
    {
        var values = TensorMemory.Of(buffer.Values);
        var means = TensorMemory.Of(mean);
        var squares = TensorMemory.Of(square);
        LibTorchThreads.For(parts.Count, index =>
        {
            foreach (var (start, count, hasGradients) in parts[index].Ranges())
            {
                if (hasGradients)
                {
                    step.Apply(values + start, gradients + start, means + start, squares + start, count);
                }
                else
                {
                    step.ApplyWithoutGradients(values + start, means + start, squares + start, count);
                }
            }
        });

        foreach (var table in buffer.Tables)
        {
            table.EndStep(step.Decay);
        }
    }

    private void AddRange(long start, long end)
    {
        for (; start < end; start += PartSize)
        {
            parts.Add(new Part(null, start, Math.Min(PartSize, end - start)));
        }
    }

    /// <summary>Values, or rows of a table.</summary>
    private readonly record struct Part(TableRows? Table, long Start, long Count)
    {
        /// <summary>The values to visit, as places in the group's memory.</summary>
        public IEnumerable<(long Start, long Count, bool HasGradients)> Ranges()
        {
            if (Table is null)
            {
                yield return (Start, Count, true);
                yield break;
            }

            for (var row = (int)Start; row < Start + Count; row++)
            {
                if (Table.IsUsed(row))
                {
                    yield return (Table.Offset + ((long)row * Table.Width), Table.Width, Table.HasGradient(row));
                }
            }
        }
    }
}
