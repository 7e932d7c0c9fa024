using FineTune.Runtime.Tokenization;
using FineTune.Training.Models;

namespace FineTune.Pretraining;

/// <summary>Sequences in which some tokens are hidden, and what was there (Devlin et al., 2019: 15 %; of those 80 % masked, 10 % random, 10 % unchanged).</summary>
/// <param name="Inputs">The sequences as the model sees them.</param>
/// <param name="Positions">The hidden positions in the padded batch, row by row.</param>
/// <param name="Targets">The token ids that were there.</param>
internal sealed record MaskedSequences(IReadOnlyList<int[]> Inputs, long[] Positions, long[] Targets)
{
    private const double Share = 0.15;

    /// <summary>Hides tokens of each sequence, special tokens excepted.</summary>
    public static MaskedSequences Of(IReadOnlyList<int[]> sequences, TextTokenizer tokenizer, RandomStream random)
    {
        var width = sequences.Max(sequence => sequence.Length);
        var inputs = new List<int[]>(sequences.Count);
        var positions = new List<long>();
        var targets = new List<long>();
        foreach (var sequence in sequences)
        {
            int[] input = [.. sequence];
            for (var i = 1; i < sequence.Length - 1; i++)
            {
                if (random.NextDouble() >= Share)
                {
                    continue;
                }

                positions.Add(((long)inputs.Count * width) + i);
                targets.Add(sequence[i]);
                input[i] = random.NextDouble() switch
                {
                    < 0.8 => tokenizer.MaskId,
                    < 0.9 => random.NextInt(tokenizer.VocabularySize),
                    _ => sequence[i],
                };
            }

            inputs.Add(input);
        }

        return new(inputs, [.. positions], [.. targets]);
    }
}
