using FineTune.Runtime.Tokenization;
using FineTune.Training.Models;

namespace FineTune.Pretraining;

/// <summary>Turns lines of text into batches of token sequences of similar length. Most are short, as the texts of most tasks are; some are as long as the model allows.</summary>
internal sealed class TextSequences(TextTokenizer tokenizer, int seed, int batchTokens)
{
    private const int PoolSize = 4096;
    private const int ShortestWords = 6;

    private readonly RandomStream lengths = new(seed, "sequence lengths");
    private readonly RandomStream order = new(seed, "batch order");

    /// <summary>The batches of all lines, once.</summary>
    public IEnumerable<IReadOnlyList<int[]>> Batches(IEnumerable<string> lines)
        => Sequences(lines).Chunk(PoolSize).SelectMany(pool =>
        {
            // A stable sort keeps the random order of lines among equal lengths.
            var batches = Cut([.. pool.OrderBy(sequence => sequence.Length)]).ToArray();
            order.Shuffle<IReadOnlyList<int[]>>(batches);
            return batches;
        });

    private IEnumerable<int[]> Sequences(IEnumerable<string> lines)
    {
        var words = new List<int>();
        var limit = NextLimit();
        foreach (var line in lines)
        {
            words.AddRange(tokenizer.Tokenize(line).Select(token => token.Id));
            if (limit > 128 && words.Count < limit - 2)
            {
                continue; // long sequences are made of several lines
            }

            for (var start = 0; words.Count - start >= ShortestWords; start += limit - 2)
            {
                yield return [tokenizer.ClassifyId, .. words.Skip(start).Take(limit - 2), tokenizer.SeparatorId];
            }

            words.Clear();
            limit = NextLimit();
        }
    }

    /// <summary>Mostly 64, sometimes 128; one time in two hundred, which is one token in twenty, 512.</summary>
    private int NextLimit() => lengths.NextDouble() switch
    {
        < 0.85 => 64,
        < 0.995 => 128,
        _ => 512,
    };

    private IEnumerable<IReadOnlyList<int[]>> Cut(int[][] sorted)
    {
        var batch = new List<int[]>();
        foreach (var sequence in sorted)
        {
            // Sorted, so this sequence would be the longest of its batch.
            if (batch.Count > 0 && (batch.Count + 1) * sequence.Length > batchTokens)
            {
                yield return batch;
                batch = [];
            }

            batch.Add(sequence);
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
