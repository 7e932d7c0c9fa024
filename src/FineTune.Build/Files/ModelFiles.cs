namespace FineTune.Build.Files;

/// <summary>Names of the files that the build derives for a model; build/FineTune.Build.targets uses the same.</summary>
internal static class ModelFiles
{
    /// <summary>The model that is embedded.</summary>
    public static string Model(string intermediateDirectory, string name) => Path.Combine(intermediateDirectory, name + ".ftmodel");

    /// <summary>The resolved plan, for people and logs.</summary>
    public static string Plan(string intermediateDirectory, string name) => Path.Combine(intermediateDirectory, name + ".plan.json");

    /// <summary>The generated source file.</summary>
    public static string Source(string intermediateDirectory, string name) => Path.Combine(intermediateDirectory, name + "Model.g.cs");

    /// <summary>What <c>FineTuneMode=Verify</c> measured.</summary>
    public static string VerifiedMetrics(string intermediateDirectory, string name) => Path.Combine(intermediateDirectory, name + ".verified.json");

    /// <summary>The remembered labels.</summary>
    public static string Labels(string intermediateDirectory, string name) => Path.Combine(intermediateDirectory, name + ".label-cache.json");

    /// <summary>The stamp of <paramref name="task"/>.</summary>
    public static string Stamp(string intermediateDirectory, string name, string task) => Path.Combine(intermediateDirectory, $"{name}.{task}.stamp");

    /// <summary>How the model gets into the app.</summary>
    public static string Deployment(string intermediateDirectory, string name) => Path.Combine(intermediateDirectory, name + ".deployment");

    /// <summary>The name of the model beside an app.</summary>
    public static string DeployedFile(string projectAssembly, string name) => $"{projectAssembly}.{name}.ftmodel";

    /// <summary>The name under which the model is embedded.</summary>
    public static string Resource(string name) => $"FineTune.{name}.ftmodel";
}
