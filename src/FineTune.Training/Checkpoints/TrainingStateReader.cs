using System.Text.Json.Nodes;

namespace FineTune.Training.Checkpoints;

/// <summary>Gives one <see cref="ITrainingState"/> back.</summary>
/// <param name="name">The state's name.</param>
/// <param name="values">Its numbers and texts.</param>
/// <param name="file">The file with its arrays.</param>
internal sealed class TrainingStateReader(string name, JsonObject values, IWeightFile file)
{
    /// <summary>Numbers and texts.</summary>
    public JsonObject Values => values;

    /// <summary>Whether there is such an array.</summary>
    public bool Has(string key) => file.Weights.ContainsKey($"{name}.{key}");

    /// <summary>Reads an array.</summary>
    public float[] Read(string key)
    {
        var full = $"{name}.{key}";
        var array = new float[file.Weights[full].ElementCount];
        file.ReadFloat32(full, array);
        return array;
    }
}
