namespace FineTune.Training.Tests.Remote;

/// <summary>A request as <see cref="TestServer"/> got it; header names in lower case.</summary>
internal sealed record TestRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers);
