namespace FineTune.Runtime.Tokenization;

/// <summary>The tokens of a vocabulary by their beginnings: a trie over UTF-16 units whose edges lie in one hash table. Immutable, and fast to walk.</summary>
internal sealed class TokenTrie
{
    /// <summary>The node of the empty beginning.</summary>
    internal const int Root = 0;

    /// <summary>What <see cref="Step"/> gives where no token goes on like this.</summary>
    internal const int None = -1;

    private const int UnitBits = 16;
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private readonly int _shift;
    private readonly ulong[] _edges;
    private readonly int[] _targets;
    private readonly List<int> _ids = [None];

    /// <summary>Creates the trie; empty tokens are left out, and of equal ones the last counts.</summary>
    internal TokenTrie(IEnumerable<(string Token, int Id)> tokens)
    {
        var all = tokens as IReadOnlyCollection<(string Token, int Id)> ?? [.. tokens];

        // A token of n units makes at most n edges; the table is at most half full, so that a search ends soon.
        long edges = 1;
        foreach (var (token, _) in all)
        {
            edges += token.Length;
        }

        var bits = 4;
        while (1L << bits < 2 * edges)
        {
            bits++;
        }

        _shift = 64 - bits;
        _edges = new ulong[1 << bits];
        _targets = new int[1 << bits];
        foreach (var (token, id) in all)
        {
            Add(token, id);
        }
    }

    /// <summary>The node that follows <paramref name="node"/> by a unit; <see cref="None"/> where there is none.</summary>
    internal int Step(int node, char unit) => node == None ? None : _targets[Find(EdgeOf(node, unit))] - 1;

    /// <summary>The id of the token that ends at a node; <see cref="None"/> where none does.</summary>
    internal int IdAt(int node) => _ids[node];

    /// <summary>The node of a beginning; <see cref="None"/> where no token begins so.</summary>
    internal int NodeOf(string beginning)
    {
        var node = Root;
        foreach (var unit in beginning)
        {
            node = Step(node, unit);
        }

        return node;
    }

    private void Add(string token, int id)
    {
        var node = Root;
        foreach (var unit in token)
        {
            var edge = EdgeOf(node, unit);
            var slot = Find(edge);
            if (_targets[slot] == 0)
            {
                _ids.Add(None);

                // Targets are one too high, so that 0 says that a slot is free.
                (_edges[slot], _targets[slot]) = (edge, _ids.Count);
            }

            node = _targets[slot] - 1;
        }

        if (node != Root)
        {
            _ids[node] = id;
        }
    }

    private int Find(ulong edge)
    {
        var slot = (int)((edge * Spread) >> _shift);
        while (_targets[slot] != 0 && _edges[slot] != edge)
        {
            slot = (slot + 1) & (_edges.Length - 1);
        }

        return slot;
    }

    private static ulong EdgeOf(int node, char unit) => ((ulong)node << UnitBits) | unit;
}
