using FineTune.Training.Data;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>Always answers the most frequent training label, the first of equally frequent ones.</summary>
internal sealed class MajorityBaseline : IBaseline
{
    public string Name => "majority";


    public IReadOnlyList<int> Answer(IReadOnlyList<LabelledText> train, IReadOnlyList<string> texts, int labelCount, CancellationToken cancellation)
    {
        var frequencies = new int[labelCount];
        foreach (var row in train)
        {
            frequencies[row.Label]++;
        }

        var majority = Array.IndexOf(frequencies, frequencies.Max());
        return [.. texts.Select(_ => majority)];
    }
}
