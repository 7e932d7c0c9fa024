using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FineTune.Core.Fingerprints;

namespace FineTune.Training.Models;

/// <summary>
/// Where the hidden states of inputs lie among all of them. Equal inputs have one place, and the order depends on nothing but the inputs themselves: not on the order of
/// the rows, nor on which of them train and which validate.
/// </summary>
internal sealed class HiddenStateIndex
{
    private readonly Dictionary<UInt128, long> places = [];

    /// <summary>Lays out the hidden states of some inputs.</summary>
    /// <param name="inputs">The inputs: token ids, and segment ids where the model tells segments apart. Any number of them may be equal.</param>
    /// <param name="firstTokenOnly">Whether each input has one vector, that of its first token, or one for each token.</param>
    public HiddenStateIndex(IEnumerable<(int[] Tokens, int[]? Segments)> inputs, bool firstTokenOnly)
    {
        FirstTokenOnly = firstTokenOnly;
        var keyed = inputs.Select(input => (Key: KeyOf(input.Tokens, input.Segments), Input: input)).DistinctBy(input => input.Key).ToArray();
        Array.Sort(keyed, (left, right) => (left.Input.Tokens.Length, left.Input.Segments is null, left.Key).CompareTo((right.Input.Tokens.Length, right.Input.Segments is null, right.Key)));
        foreach (var (key, input) in keyed)
        {
            places.Add(key, VectorCount);
            VectorCount += VectorsOf(input.Tokens);
        }

        Inputs = [.. keyed.Select(input => input.Input)];
        Hash = ContentHash.OfBytes([.. MemoryMarshal.AsBytes<UInt128>(keyed.Select(input => input.Key).ToArray())]);
    }

    /// <summary>Each different input once, in the order of the hidden states: the shortest first, and those with segments together.</summary>
    public IReadOnlyList<(int[] Tokens, int[]? Segments)> Inputs { get; }

    /// <summary>Whether each input has one vector, that of its first token.</summary>
    public bool FirstTokenOnly { get; }

    /// <summary>Number of vectors of all inputs.</summary>
    public long VectorCount { get; }

    /// <summary>SHA-256 of all inputs.</summary>
    public string Hash { get; }

    /// <summary>The place of an input's first vector; <see langword="null"/> for an input that is not here.</summary>
    public long? PlaceOf(int[] tokens, int[]? segments) => places.TryGetValue(KeyOf(tokens, segments), out var place) ? place : null;

    /// <summary>Number of vectors of an input.</summary>
    public int VectorsOf(int[] tokens) => FirstTokenOnly ? 1 : tokens.Length;

    // Half of a SHA-256 is enough: nobody finds two inputs with the same 128 bits.
    private static UInt128 KeyOf(int[] tokens, int[]? segments)
    {
        const int separator = -1; // no token has this id
        ReadOnlySpan<int> content = segments is null ? tokens : [.. tokens, separator, .. segments];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(content), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
