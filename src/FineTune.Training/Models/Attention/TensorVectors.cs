using static TorchSharp.torch;

namespace FineTune.Training.Models.Attention;

/// <summary>A matrix as blocks of 32-bit floats: where they lie, or copies of bfloat16.</summary>
internal sealed unsafe class TensorVectors : IDisposable
{
    private readonly Tensor tensor;
    private readonly byte* start;
    private readonly long row;
    private readonly bool isFloat32;

    /// <summary>Opens a matrix; one whose columns do not lie side by side is copied, and so can only be read.</summary>
    public TensorVectors(Tensor matrix)
    {
        tensor = matrix.stride(1) == 1 ? matrix.alias() : matrix.contiguous();
        start = TensorMemory.Bytes(tensor);
        row = tensor.stride(0);
        isFloat32 = tensor.dtype == ScalarType.Float32;
    }

    /// <summary>The values of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="free">Memory for a copy; is moved behind it.</param>
    public HeadVectors Read(VectorBlock block, ref float* free)
    {
        var vectors = Reserve(block, ref free);
        if (!isFloat32)
        {
            for (var i = 0L; i < block.Rows; i++)
            {
                BFloat16Memory.Widen((ushort*)start + Place(block, i), vectors.Start + (i * vectors.Row), block.Columns);
            }
        }

        return vectors;
    }

    /// <summary>A place to write the values of a block to, before <see cref="Write"/>.</summary>
    /// <param name="block">The block.</param>
    /// <param name="free">Memory for a copy; is moved behind it.</param>
    public HeadVectors Reserve(VectorBlock block, ref float* free)
    {
        if (isFloat32)
        {
            return new HeadVectors((float*)start + Place(block, 0), row);
        }

        var vectors = new HeadVectors(free, block.Columns);
        free += block.Count;
        return vectors;
    }

    /// <summary>Sets the values of a block.</summary>
    public void Write(VectorBlock block, HeadVectors vectors)
    {
        for (var i = 0L; !isFloat32 && i < block.Rows; i++)
        {
            BFloat16Memory.Narrow(vectors.Start + (i * vectors.Row), (ushort*)start + Place(block, i), block.Columns);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => tensor.Dispose();

    private long Place(VectorBlock block, long vector) => ((block.FirstRow + vector) * row) + block.FirstColumn;
}
