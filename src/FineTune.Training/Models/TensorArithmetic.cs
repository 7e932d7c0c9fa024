using TorchSharp;
using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>
/// Arithmetic with numbers that is safe from the garbage collector. TorchSharp hands the native part of a <see cref="Scalar"/> to libtorch without keeping the object alive, so
/// that a collection at the wrong moment frees it during the call ("Exception raised from toFloat"); its operators and every overload with an implicit
/// number are affected, <c>tensor + tensor</c> included. Here each number is held until the call is over.
/// </summary>
internal static class TensorArithmetic
{
    private static readonly Scalar One = 1.ToScalar();

    /// <summary>left + right</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>tensor + number</summary>
    public static Tensor Plus(this Tensor tensor, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.add(scalar);
    }

    /// <summary>tensor × number</summary>
    public static Tensor Times(this Tensor tensor, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.mul(scalar);
    }

    /// <summary>The tensor with <paramref name="number"/> where <paramref name="mask"/> is true.</summary>
    public static Tensor Fill(this Tensor tensor, Tensor mask, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.masked_fill(mask, scalar);
    }

    /// <summary>tensor ← tensor × number</summary>
    public static Tensor TimesInPlace(this Tensor tensor, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.mul_(scalar);
    }

    /// <summary>tensor ← tensor + number</summary>
    public static Tensor PlusInPlace(this Tensor tensor, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.add_(scalar);
    }

    /// <summary>tensor ← tensor + number × other</summary>
    public static Tensor PlusInPlace(this Tensor tensor, Tensor other, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.add_(other, scalar);
    }

    /// <summary>tensor ← tensor + number × left × right</summary>
    public static Tensor PlusProductInPlace(this Tensor tensor, Tensor left, Tensor right, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.addcmul_(left, right, scalar);
    }

    /// <summary>tensor ← tensor + number × dividend ÷ divisor</summary>
    public static Tensor PlusQuotientInPlace(this Tensor tensor, Tensor dividend, Tensor divisor, double number)
    {
        using var scalar = number.ToScalar();
        return tensor.addcdiv_(dividend, divisor, scalar);
    }
}
