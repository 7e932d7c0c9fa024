namespace FineTune.Core.Inputs;

/// <summary>One input that is not what it was.</summary>
/// <param name="Subject">Which: an option, the path of a data file, or <c>base model</c>.</param>
/// <param name="Description">What became of it: <c>5e-5 → 3e-5</c>, <c>12 rows added, 3 changed</c>.</param>
/// <param name="Trains">Whether it calls for another training; otherwise an export and an evaluation are enough.</param>
internal sealed record InputChange(string Subject, string Description, bool Trains)
{
    /// <summary>In one line, for people.</summary>
    public override string ToString() => Description.Contains(" → ") && !Subject.Contains('.') ? $"{Subject} {Description}" : $"{Subject}: {Description}";
}
