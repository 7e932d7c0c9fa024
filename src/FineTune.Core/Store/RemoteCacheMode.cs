namespace FineTune.Core.Store;

/// <summary>What a build may do with the remote cache.</summary>
public enum RemoteCacheMode
{
    /// <summary>Fetch models only. The default: whoever writes decides what others ship, which is for a build server.</summary>
    Read,

    /// <summary>Fetch models, and put there what was trained.</summary>
    ReadWrite,
}
