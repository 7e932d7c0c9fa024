using System.Numerics;
using System.Runtime.CompilerServices;

namespace FineTune.Training.Models.Attention;

/// <summary>Products of matrices that are small enough for the processor's nearest caches, such as those of one head of one row: a library's call would take as long as the product.</summary>
internal static unsafe class SmallProducts
{
    /// <summary>Rows that are computed together, so that what is loaded of B is used as often.</summary>
    private const int Rows = 4;

    /// <summary>C = A B</summary>
    /// <param name="a">A. [rows, inner]</param>
    /// <param name="aRow">From a row of A to the next.</param>
    /// <param name="aColumn">From a column of A to the next: rows and columns may be exchanged.</param>
    /// <param name="b">B. [inner, columns]</param>
    /// <param name="bRow">From a row of B to the next.</param>
    /// <param name="c">C. [rows, columns]</param>
    /// <param name="cRow">From a row of C to the next.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="columns">Columns of B, a multiple of a vector's length.</param>
    /// <param name="inner">Columns of A.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* a, long aRow, long aColumn, float* b, long bRow, float* c, long cRow, int rows, int columns, int inner)
    {
        var row = 0;
        for (; row <= rows - Rows; row += Rows, a += Rows * aRow, c += Rows * cRow)
        {
            var column = 0;
            for (; column <= columns - (2 * Vector<float>.Count); column += 2 * Vector<float>.Count)
            {
                FourRows(a, aRow, aColumn, b + column, bRow, c + column, cRow, inner);
            }

            if (column < columns)
            {
                FourRowsOfOneVector(a, aRow, aColumn, b + column, bRow, c + column, cRow, inner);
            }
        }

        for (; row < rows; row++, a += aRow, c += cRow)
        {
            for (var column = 0; column < columns; column += Vector<float>.Count)
            {
                OneRow(a, aColumn, b + column, bRow, c + column, inner);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(float* a, long aRow, long aColumn, float* b, long bRow, float* c, long cRow, int inner)
    {
        Vector<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        var place = 0L;
        for (var i = 0; i < inner; i++, place += aColumn, b += bRow)
        {
            Vector<float> left = Vector.Load(b), right = Vector.Load(b + Vector<float>.Count);
            var factor = new Vector<float>(a[place]);
            c00 = Vector.FusedMultiplyAdd(factor, left, c00);
            c01 = Vector.FusedMultiplyAdd(factor, right, c01);
            factor = new Vector<float>(a1[place]);
            c10 = Vector.FusedMultiplyAdd(factor, left, c10);
            c11 = Vector.FusedMultiplyAdd(factor, right, c11);
            factor = new Vector<float>(a2[place]);
            c20 = Vector.FusedMultiplyAdd(factor, left, c20);
            c21 = Vector.FusedMultiplyAdd(factor, right, c21);
            factor = new Vector<float>(a3[place]);
            c30 = Vector.FusedMultiplyAdd(factor, left, c30);
            c31 = Vector.FusedMultiplyAdd(factor, right, c31);
        }

        Vector.Store(c00, c);
        Vector.Store(c01, c + Vector<float>.Count);
        c += cRow;
        Vector.Store(c10, c);
        Vector.Store(c11, c + Vector<float>.Count);
        c += cRow;
        Vector.Store(c20, c);
        Vector.Store(c21, c + Vector<float>.Count);
        c += cRow;
        Vector.Store(c30, c);
        Vector.Store(c31, c + Vector<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRowsOfOneVector(float* a, long aRow, long aColumn, float* b, long bRow, float* c, long cRow, int inner)
    {
        Vector<float> c0 = default, c1 = default, c2 = default, c3 = default;
        float* a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
        var place = 0L;
        for (var i = 0; i < inner; i++, place += aColumn, b += bRow)
        {
            var column = Vector.Load(b);
            c0 = Vector.FusedMultiplyAdd(new Vector<float>(a[place]), column, c0);
            c1 = Vector.FusedMultiplyAdd(new Vector<float>(a1[place]), column, c1);
            c2 = Vector.FusedMultiplyAdd(new Vector<float>(a2[place]), column, c2);
            c3 = Vector.FusedMultiplyAdd(new Vector<float>(a3[place]), column, c3);
        }

        Vector.Store(c0, c);
        Vector.Store(c1, c + cRow);
        Vector.Store(c2, c + (2 * cRow));
        Vector.Store(c3, c + (3 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(float* a, long aColumn, float* b, long bRow, float* c, int inner)
    {
        var sum = Vector<float>.Zero;
        for (var i = 0; i < inner; i++, a += aColumn, b += bRow)
        {
            sum = Vector.FusedMultiplyAdd(new Vector<float>(*a), Vector.Load(b), sum);
        }

        Vector.Store(sum, c);
    }
}
