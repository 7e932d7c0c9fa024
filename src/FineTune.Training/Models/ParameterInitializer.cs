namespace FineTune.Training.Models;

/// <summary>Values for parameters that no weight file holds.</summary>
internal static class ParameterInitializer
{
    /// <summary>Sets one parameter. Its random numbers depend on seed and name only, not on other parameters or the data.</summary>
    public static void Initialize(ParameterSet parameters, ParameterDefinition definition, double range, int seed)
    {
        var values = new float[definition.Count];
        switch (definition.Initialization)
        {
            case ParameterInitialization.Ones:
                Array.Fill(values, 1f);
                break;
            case ParameterInitialization.Normal:
                var random = new RandomStream(seed, definition.Name);
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)(random.NextNormal(definition.Cutoff) * (definition.StandardDeviation ?? range));
                }

                break;
        }

        parameters.Write(definition.Name, values);
    }
}
