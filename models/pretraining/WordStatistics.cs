using FineTune.Runtime.Tokenization;
using FineTune.Training.Models;
using static TorchSharp.torch;

namespace FineTune.Pretraining;

/// <summary>
/// How often tokens occur, and together: a start for embeddings and output bias that spares the first hours of a pretraining. Word vectors are the leading
/// eigenvectors of positive pointwise mutual information, scaled by the square roots of the eigenvalues (Levy and Goldberg, 2014; Levy, Goldberg and Dagan, 2015),
/// found by randomized iteration (Halko, Martinsson and Tropp, 2011).
/// </summary>
internal sealed class WordStatistics
{
    private const int Window = 5;
    private const double ContextSmoothing = 0.75;
    private const int Oversampling = 32;
    private const int Iterations = 4;

    private readonly int vocabulary;
    private readonly float[] together;
    private readonly double[] alone;

    private WordStatistics(int vocabulary)
    {
        this.vocabulary = vocabulary;
        together = new float[(long)vocabulary * vocabulary];
        alone = new double[vocabulary];
    }

    /// <summary>Counts the tokens of the lines and, weighted by nearness, their neighbours up to five tokens away.</summary>
    public static WordStatistics Count(IEnumerable<string> lines, TextTokenizer tokenizer)
    {
        var statistics = new WordStatistics(tokenizer.VocabularySize);
        foreach (var line in lines)
        {
            statistics.Add([.. tokenizer.Tokenize(line).Select(token => token.Id)]);
        }

        return statistics;
    }

    /// <summary>The logarithm of each token's probability; unseen tokens count as half seen.</summary>
    public float[] LogProbabilities()
    {
        var total = alone.Sum();
        return [.. alone.Select(count => (float)Math.Log(Math.Max(count, 0.5) / total))];
    }

    /// <summary>A vector for each token, as one row after the other; the products of two vectors approximate the tokens' mutual information. [vocabulary, size]</summary>
    /// <param name="size">Numbers in a vector.</param>
    /// <param name="deviation">The vectors are scaled to this standard deviation.</param>
    /// <param name="seed">Seed of the random start.</param>
    public float[] Vectors(int size, double deviation, int seed)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var information = tensor(MutualInformation(), [(long)vocabulary, vocabulary]);
        var random = new RandomStream(seed, "word vectors");
        var start = new float[vocabulary * (size + Oversampling)];
        for (var i = 0; i < start.Length; i++)
        {
            start[i] = (float)random.NextNormal();
        }

        var basis = tensor(start, [vocabulary, size + Oversampling]);
        for (var i = 0; i < Iterations; i++)
        {
            (basis, _) = linalg.qr(information.matmul(basis));
        }

        var (values, vectors) = linalg.eigh(basis.transpose(0, 1).matmul(information.matmul(basis))); // ascending
        var leading = basis.matmul(vectors.narrow(1, Oversampling, size));
        var scaled = leading.mul(values.narrow(0, Oversampling, size).relu().sqrt());
        return scaled.Times(deviation / scaled.std().item<float>()).contiguous().data<float>().ToArray();
    }

    private void Add(IReadOnlyList<int> tokens)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            alone[tokens[i]]++;
            for (var distance = 1; distance <= Window && i + distance < tokens.Count; distance++)
            {
                var weight = 1f / distance;
                together[((long)tokens[i] * vocabulary) + tokens[i + distance]] += weight;
                together[((long)tokens[i + distance] * vocabulary) + tokens[i]] += weight;
            }
        }
    }

    /// <summary>max(0, ln p(a,b) / (p(a) p(b))), where the product is made of smoothed counts so that rare tokens do not stand out. Symmetric.</summary>
    private float[] MutualInformation()
    {
        var smoothed = alone.Select(count => Math.Pow(count, ContextSmoothing)).ToArray();
        var smoothedTotal = smoothed.Sum();
        var aloneTotal = alone.Sum();
        var pairs = together.Sum(count => (double)count);
        var information = new float[together.Length];
        for (var a = 0; a < vocabulary; a++)
        {
            for (var b = 0; b < vocabulary; b++)
            {
                var at = ((long)a * vocabulary) + b;
                if (together[at] > 0)
                {
                    // The geometric mean of smoothing either side keeps the matrix symmetric.
                    var chance = Math.Sqrt(smoothed[a] / smoothedTotal * (alone[b] / aloneTotal) * (smoothed[b] / smoothedTotal) * (alone[a] / aloneTotal));
                    information[at] = (float)Math.Max(0, Math.Log(together[at] / pairs / chance));
                }
            }
        }

        return information;
    }
}
