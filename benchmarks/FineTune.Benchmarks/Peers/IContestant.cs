namespace FineTune.Benchmarks.Peers;

/// <summary>A way to train the model, that goes on where its last turn ended.</summary>
internal interface IContestant : IDisposable
{
    string Name { get; }

    /// <summary>Does some optimizer steps.</summary>
    /// <returns>Seconds.</returns>
    double Train(int steps);
}
