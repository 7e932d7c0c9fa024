namespace FineTune.Training.Remote;

/// <summary>The content of a file in a remote cache while it is read.</summary>
/// <param name="Stream">The bytes.</param>
/// <param name="Length">How many there are, where the storage says so.</param>
/// <param name="Owner">What ends with the reading, beside the stream.</param>
internal sealed record RemoteContent(Stream Stream, long? Length, IDisposable? Owner = null) : IDisposable
{
    public void Dispose()
    {
        Stream.Dispose();
        Owner?.Dispose();
    }
}
