namespace Microsoft.Build.Framework;

/// <summary>
/// Tells MSBuild that a task may run inside the process of a multi-threaded build (<c>-mt</c>): it uses neither the console nor the current
/// directory. MSBuild looks for the attribute by name, so that a package can carry its own and still load in versions that do not have it.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
