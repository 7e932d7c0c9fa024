#if NETSTANDARD2_0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FineTune.Runtime.Compatibility;

/// <summary>Guards that .NET Standard 2.0 lacks, under the names that .NET gives them.</summary>
internal static class GuardExtensions
{
    extension(ArgumentNullException)
    {
        public static void ThrowIfNull([NotNull] object? argument, [CallerArgumentExpression(nameof(argument))] string? parameterName = null)
        {
            if (argument is null)
            {
                throw new ArgumentNullException(parameterName);
            }
        }
    }

    extension(ArgumentOutOfRangeException)
    {
        public static void ThrowIfLessThan(int value, int other, [CallerArgumentExpression(nameof(value))] string? parameterName = null)
        {
            if (value < other)
            {
                throw new ArgumentOutOfRangeException(parameterName, value, FormattableString.Invariant($"It must be at least {other}."));
            }
        }
    }

    extension(ObjectDisposedException)
    {
        public static void ThrowIf([DoesNotReturnIf(true)] bool condition, object instance)
        {
            if (condition)
            {
                throw new ObjectDisposedException(instance.GetType().FullName);
            }
        }
    }
}
#endif
