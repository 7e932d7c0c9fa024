namespace FineTune.Training.Models;

/// <summary>The values of a parameter that no weight file holds.</summary>
internal enum ParameterInitialization
{
    /// <summary>Normally distributed around 0.</summary>
    Normal,

    /// <summary>0.</summary>
    Zeros,

    /// <summary>1.</summary>
    Ones,
}
