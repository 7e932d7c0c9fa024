using System.Globalization;
using Microsoft.Build.Framework;

namespace FineTune.Build.Worker;

/// <summary>
/// The processor cores that MSBuild lends to a training, so that the rest of a parallel build (<c>-m</c>) starts less beside it. They are given back with
/// <see cref="Dispose"/>. An engine that lends none has nothing to give back.
/// </summary>
/// <remarks>
/// A training uses every core, however many are lent: another number of threads adds numbers in another order, and the same inputs would give other bytes, depending
/// on what else was built at that moment. So a training that gets no core beside the one that every task has waits for the next that is given back. It holds none that
/// somebody else could wait for, and so nobody waits in a circle.
/// </remarks>
internal sealed class BuildCores : IDisposable
{
    /// <summary>MSBuild's own limit of what it lends; with one core there is nothing to wait for.</summary>
    private const string Limit = "MSBUILDCORELIMIT";

    private readonly IBuildEngine9 engine;
    private int borrowed;

    private BuildCores(IBuildEngine9 engine) => this.engine = engine;

    /// <summary>The cores of this machine that MSBuild lends.</summary>
    public static int OfMachine => int.TryParse(Environment.GetEnvironmentVariable(Limit), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0
        ? Math.Min(limit, Environment.ProcessorCount)
        : Environment.ProcessorCount;

    /// <summary>Borrows up to <paramref name="wanted"/> cores, and waits while others have all of them; <see langword="null"/> if <paramref name="engine"/> lends none.</summary>
    /// <param name="engine">The build.</param>
    /// <param name="wanted">How many cores, at least one.</param>
    /// <param name="waits">Is called before waiting.</param>
    public static BuildCores? Borrow(IBuildEngine engine, int wanted, Action waits)
    {
        if (engine is not IBuildEngine9 lender)
        {
            return null;
        }

        var cores = new BuildCores(lender);
        try
        {
            // The first request does not wait: one core is there for every task.
            cores.borrowed = lender.RequestCores(wanted);
            if (cores.borrowed == 1 && wanted > 1)
            {
                waits();
                cores.borrowed += lender.RequestCores(wanted - 1);
            }

            return cores;
        }
        catch (NotImplementedException)
        {
            // A task host of another release.
            return null;
        }
        catch
        {
            // Waiting ends with an exception of MSBuild's when the build is cancelled.
            cores.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (borrowed > 0)
        {
            engine.ReleaseCores(borrowed);
            borrowed = 0;
        }
    }
}
