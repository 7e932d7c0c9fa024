using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace FineTune.Training.Models.Attention;

/// <summary>Matrices side by side as blocks of 32-bit floats: where they lie, or copies of bfloat16.</summary>
internal sealed unsafe class TensorVectors : IDisposable
{
    private readonly Matrix[] matrices;
    private readonly bool isFloat32;

    /// <summary>Opens matrices; one whose columns do not lie side by side is copied, and so can only be read.</summary>
    public TensorVectors(params IReadOnlyList<Tensor> matrices)
    {
        this.matrices = [.. matrices.Select(matrix => new Matrix(matrix.stride(1) == 1 ? matrix.alias() : matrix.contiguous()))];
        isFloat32 = matrices[0].dtype == ScalarType.Float32;
    }

    /// <summary>The values of a block.</summary>
    /// <param name="block">The block; its columns are counted through all matrices.</param>
    /// <param name="free">Memory for a copy; is moved behind it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public HeadVectors Read(VectorBlock block, ref float* free)
    {
        var vectors = Reserve(block, ref free);
        if (!isFloat32)
        {
            var start = (ushort*)Find(block, out var matrix);
            for (var i = 0L; i < block.Rows; i++)
            {
                BFloat16Memory.Widen(start + (i * matrix.Row), vectors.Start + (i * vectors.Row), block.Columns);
            }
        }

        return vectors;
    }

    /// <summary>A place to write the values of a block to, before <see cref="Write"/>.</summary>
    /// <param name="block">The block; its columns are counted through all matrices.</param>
    /// <param name="free">Memory for a copy; is moved behind it.</param>
    public HeadVectors Reserve(VectorBlock block, ref float* free)
    {
        if (isFloat32)
        {
            return new HeadVectors((float*)Find(block, out var matrix), matrix.Row);
        }

        var vectors = new HeadVectors(free, block.Columns);
        free += block.Count;
        return vectors;
    }

    /// <summary>Sets the values of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(VectorBlock block, HeadVectors vectors)
    {
        if (!isFloat32)
        {
            var start = (ushort*)Find(block, out var matrix);
            for (var i = 0L; i < block.Rows; i++)
            {
                BFloat16Memory.Narrow(vectors.Start + (i * vectors.Row), start + (i * matrix.Row), block.Columns);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in matrices)
        {
            matrix.Tensor.Dispose();
        }
    }

    private byte* Find(VectorBlock block, out Matrix matrix)
    {
        long column = block.FirstColumn;
        var index = 0;
        for (; column >= matrices[index].Columns; index++)
        {
            column -= matrices[index].Columns;
        }

        matrix = matrices[index];
        return matrix.Start + (((block.FirstRow * matrix.Row) + column) * (isFloat32 ? sizeof(float) : sizeof(ushort)));
    }

    private sealed class Matrix(Tensor tensor)
    {
        public Tensor Tensor { get; } = tensor;

        public byte* Start { get; } = TensorMemory.Bytes(tensor);

        public long Row { get; } = tensor.stride(0);

        public long Columns { get; } = tensor.shape[1];
    }
}
