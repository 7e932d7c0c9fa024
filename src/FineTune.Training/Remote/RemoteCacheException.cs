namespace FineTune.Training.Remote;

/// <summary>The remote cache cannot be used, and is not asked again in this run.</summary>
/// <param name="message">What happened, as the rest of a sentence that begins with the cache: <c>answers 503</c>.</param>
/// <param name="isTransient">Whether it failed at once and may work a moment later.</param>
/// <param name="innerException">What led to it.</param>
internal sealed class RemoteCacheException(string message, bool isTransient = false, Exception? innerException = null) : Exception(message, innerException)
{
    public bool IsTransient => isTransient;
}
