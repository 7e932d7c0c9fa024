namespace FineTune.Training.Remote;

/// <summary>The remote cache works, but what it holds is not what it announces.</summary>
internal sealed class RemoteDamageException(string message) : Exception(message);
