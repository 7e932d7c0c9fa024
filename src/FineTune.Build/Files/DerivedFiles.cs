namespace FineTune.Build.Files;

/// <summary>The files that were derived for models which the project no longer has: they would be found by whoever looks below <c>obj</c>, and mean nothing.</summary>
internal static class DerivedFiles
{
    // Every model that was looked at has one, also a model that missed its conditions.
    private const string PlanSuffix = ".plan.json";

    private static readonly string[] Suffixes =
    [
        ".ftmodel", "Model.g.cs", ".label-cache.json", ".labels.json", ".train.json", ".restore.json", ".verify.json", PlanSuffix, ".verified.json", ".deployment",
        ".FineTuneTrain.stamp", ".FineTuneGenerateApi.stamp",
    ];

    /// <summary>Deletes what was derived for other models than <paramref name="names"/>, in a folder that is the build's own.</summary>
    /// <exception cref="IOException">A file cannot be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be deleted.</exception>
    public static void RemoveAllBut(IEnumerable<string> names, string intermediateDirectory)
    {
        var kept = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        foreach (var plan in Directory.GetFiles(intermediateDirectory, "*" + PlanSuffix))
        {
            var name = Path.GetFileName(plan).Substring(0, Path.GetFileName(plan).Length - PlanSuffix.Length);
            if (!kept.Contains(name))
            {
                foreach (var suffix in Suffixes)
                {
                    File.Delete(Path.Combine(intermediateDirectory, name + suffix));
                }
            }
        }
    }
}
