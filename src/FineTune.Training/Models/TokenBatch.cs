using static TorchSharp.torch;

namespace FineTune.Training.Models;

/// <summary>Rows of token ids, filled up to one length.</summary>
/// <param name="InputIds">Token ids, int64. [rows, tokens]</param>
/// <param name="AttentionMask">Which tokens are real, bool; <see langword="null"/> when all are. [rows, tokens]</param>
/// <param name="SegmentIds">Which text of a pair each token belongs to, int64; <see langword="null"/> when all belong to the first. [rows, tokens]</param>
/// <param name="WantedTokens">The tokens that a head for tokens answers, as positions in rows × tokens, int64; <see langword="null"/> for all. [wanted]</param>
internal sealed record TokenBatch(Tensor InputIds, Tensor? AttentionMask, Tensor? SegmentIds = null, Tensor? WantedTokens = null)
{
    /// <summary>What a model's frozen layers make of the tokens, as <see cref="TransformerModel.EncodeFrozen"/> returns it; <see langword="null"/> when it is still to be computed.</summary>
    public Tensor? HiddenStates { get; init; }

    /// <summary>The real tokens without the padding; <see langword="null"/> when all are real.</summary>
    public TokenPacking? Packing { get; init; }

    /// <summary>Makes a batch of rows; shorter ones are filled up to the longest.</summary>
    /// <param name="rows">The token ids of each row.</param>
    /// <param name="paddingId">The id that fills a row up.</param>
    /// <param name="device">Where the model lies.</param>
    /// <param name="segments">The segment ids of each row, as many as its token ids; <see langword="null"/> for none at all.</param>
    /// <param name="wanted">The wanted tokens of each row; <see langword="null"/> for all.</param>
    public static TokenBatch Of(IReadOnlyList<int[]> rows, int paddingId, Device device, IReadOnlyList<int[]>? segments = null, IReadOnlyList<IReadOnlyList<int>>? wanted = null)
    {
        var length = rows.Max(row => row.Length);
        var ids = new long[rows.Count * length];
        var real = new bool[ids.Length];
        var segmentIds = segments is null ? null : new long[ids.Length];
        var padded = false;
        for (var row = 0; row < rows.Count; row++)
        {
            var tokens = rows[row];
            for (var column = 0; column < length; column++)
            {
                var at = (row * length) + column;
                real[at] = column < tokens.Length;
                ids[at] = real[at] ? tokens[column] : paddingId;
                if (segmentIds is not null && real[at])
                {
                    segmentIds[at] = segments![row][column];
                }
            }

            padded |= tokens.Length < length;
        }

        long[] shape = [rows.Count, length];
        long[]? positions = wanted is null ? null : [.. wanted.SelectMany((places, row) => places.Select(place => ((long)row * length) + place))];
        return new(
            tensor(ids, shape, device: device),
            padded ? tensor(real, shape, device: device) : null,
            segmentIds is null ? null : tensor(segmentIds, shape, device: device),
            positions is null ? null : tensor(positions, device: device))
        {
            Packing = padded ? new TokenPacking([.. rows.Select(row => row.Length)], length) : null,
        };
    }
}
