using FineTune.Training.Models.Attention;

namespace FineTune.Training.Models;

/// <summary>
/// The operations that architectures are made of. An architecture is written once, in these words; <see cref="TorchOperations"/> computes it with tensors, and the ONNX
/// export writes it down as a graph. Hidden states are <c>[rows × tokens, width]</c>, so that a linear layer is one matrix product.
/// </summary>
/// <typeparam name="T">A value: a tensor, or the name of one.</typeparam>
internal interface IModelOperations<T>
    where T : class
{
    /// <summary>The token ids. [rows, tokens]</summary>
    T InputIds { get; }

    /// <summary>The number of the text that each token belongs to; <see langword="null"/> when every token belongs to the first. [rows, tokens]</summary>
    T? SegmentIds { get; }

    /// <summary>Enters a part of the model, until the result is disposed. What is frozen is in evaluation mode: no dropout, and no gradients where nothing below is trained.</summary>
    /// <param name="parameter">Any parameter of the part.</param>
    IDisposable Part(string parameter);

    /// <summary>Computes a layer. Nothing of it may be used afterwards but its result.</summary>
    /// <param name="compute">The layer, from hidden states and what all layers are told of distances; it may be called more than once.</param>
    /// <param name="hidden">[rows × tokens, hidden]</param>
    /// <param name="distances">What all layers are told of distances; <see langword="null"/> for nothing.</param>
    T Layer(Func<T, T?, T> compute, T hidden, T? distances);

    /// <summary>The rows of a table with the numbers <paramref name="ids"/>.</summary>
    /// <param name="table">Name of a parameter. [count, width]</param>
    /// <param name="ids">[rows, tokens]</param>
    /// <returns>[rows, tokens, width]</returns>
    T Lookup(string table, T ids);

    /// <summary>One row of a table. [width]</summary>
    T Row(string table, int index);

    /// <summary>As many rows of a table as there are tokens. [tokens, width]</summary>
    /// <param name="table">Name of a parameter. [count, width]</param>
    /// <param name="first">The first token's row.</param>
    T Positions(string table, int first);

    /// <summary>From [rows, tokens, width] to [rows × tokens, width].</summary>
    T Flatten(T values);

    /// <summary>The first token of each row: from [rows × tokens, width] to [rows, width].</summary>
    T FirstToken(T hidden);

    /// <summary>The tokens that the caller wants to know about: from [rows × tokens, width] to [wanted, width].</summary>
    T WantedTokens(T hidden);

    /// <summary>x Wᵀ + b with the parameters <c>name.weight</c> and <c>name.bias</c>.</summary>
    T Linear(string name, T input);

    /// <summary>x Wᵀ + b, of any two parameters.</summary>
    /// <param name="weight">Name of a parameter. [outputs, inputs]</param>
    /// <param name="bias">Name of a parameter, or <see langword="null"/> for none. [outputs]</param>
    /// <param name="input">[count, inputs]</param>
    /// <returns>[count, outputs]</returns>
    T Linear(string weight, string? bias, T input);

    /// <summary>Layer normalization over the last axis, with the parameters <c>name.weight</c> and <c>name.bias</c>.</summary>
    T Normalize(string name, T input, double epsilon);

    /// <summary>A nonlinearity by its Hugging Face name: one of <see cref="Activations.Names"/>.</summary>
    T Activate(string activation, T values);

    /// <summary>The sum; axes of length 1, or missing in front, are repeated.</summary>
    T Add(T left, T right);

    /// <summary>Dropout while training; nothing otherwise.</summary>
    T Drop(T values, double probability);

    /// <summary>From [rows × queries, heads × size] to [rows, heads, queries, size].</summary>
    T SplitHeads(T vectors, int headCount);

    /// <summary>Scaled dot-product attention of tokens to tokens, with queries, keys and values from linear layers.</summary>
    /// <param name="query">Name of a linear layer, as in <see cref="Linear(string, T)"/>.</param>
    /// <param name="key">Name of a linear layer.</param>
    /// <param name="value">Name of a linear layer.</param>
    /// <param name="asking">The hidden states that ask: <paramref name="hidden"/>, or those of the first tokens. [rows × queries, hidden]</param>
    /// <param name="hidden">[rows × tokens, hidden]</param>
    /// <param name="headCount">Number of heads.</param>
    /// <param name="scale">Usually 1/√size.</param>
    /// <param name="dropout">Dropout of the weights.</param>
    /// <returns>[rows × queries, heads × size]</returns>
    T SelfAttend(string query, string key, string value, T asking, T hidden, int headCount, double scale, double dropout)
        => this.SelfAttendInSteps(query, key, value, asking, hidden, headCount, scale, dropout);

    /// <summary>Scaled dot-product attention: softmax(q kᵀ · scale + bias) v over the tokens that are not padding.</summary>
    /// <param name="query">[rows, heads, queries, size]</param>
    /// <param name="key">[rows, heads, tokens, size]</param>
    /// <param name="value">[rows, heads, tokens, size]</param>
    /// <param name="scale">Usually 1/√size.</param>
    /// <param name="dropout">Dropout of the weights.</param>
    /// <param name="bias">Added to the scaled products, broadcast to [rows, heads, queries, tokens]; <see langword="null"/> for none.</param>
    /// <param name="reach">How many tokens away a token still sees others, to either side; <see langword="null"/> for all.</param>
    /// <returns>[rows × queries, heads × size]</returns>
    T Attend(T query, T key, T value, double scale, double dropout, T? bias = null, int? reach = null);

    /// <summary>Layer normalization over the last axis, of any two parameters.</summary>
    /// <param name="weight">Name of a parameter. [width]</param>
    /// <param name="bias">Name of a parameter, or <see langword="null"/> for none. [width]</param>
    /// <param name="input">[…, width]</param>
    /// <param name="epsilon">Added to the variance.</param>
    T Normalize(string weight, string? bias, T input, double epsilon);

    /// <summary>The product, value by value, of two of one shape.</summary>
    T Multiply(T left, T right);

    /// <summary>Some columns: from […, width] to […, <paramref name="width"/>].</summary>
    /// <param name="values">[…, width]</param>
    /// <param name="first">The first column.</param>
    /// <param name="width">Number of columns.</param>
    T Columns(T values, int first, int width);

    /// <summary>The mean of the tokens of each row that are not padding: from [rows × tokens, width] to [rows, width].</summary>
    T MeanToken(T hidden);

    /// <summary>
    /// Rotary position embeddings (Su et al., 2021): turns the plane of values i and i + size/2 by position · theta^(−2i/size).
    /// </summary>
    /// <param name="heads">Queries or keys; one query is that of the first token. [rows, heads, queries, size]</param>
    /// <param name="theta">The base of the wavelengths.</param>
    T Rotate(T heads, double theta);

    /// <summary>A whole parameter, as it is.</summary>
    T Table(string parameter);

    /// <summary>A parameter that is added to the vectors of all heads side by side, in the form in which it is added to them apart: from [heads × size] to [heads, 1, size].</summary>
    T RowByHead(string parameter, int headCount);

    /// <summary>x Wᵀ + b of the rows that the distances between the tokens have in a table.</summary>
    /// <param name="weight">Name of a parameter. [outputs, width]</param>
    /// <param name="bias">Name of a parameter, or <see langword="null"/> for none. [outputs]</param>
    /// <param name="table">One vector for each group of distances. [count, width]</param>
    /// <param name="rows">The row of each distance from a token to another, from the longest, max − 1, down to −max; max is the length of the longest input.</param>
    /// <returns>For the distances from tokens − 1 down to −tokens. [2 × tokens, outputs]</returns>
    T LinearByDistance(string weight, string? bias, T table, IReadOnlyList<int> rows);

    /// <summary>Scores of contents and distances (He et al., 2021): scale · (query_i · keyPositions[i − j] + key_j · queryPositions[i − j]) for the tokens i and j.</summary>
    /// <param name="query">[rows, heads, queries, size]</param>
    /// <param name="key">[rows, heads, tokens, size]</param>
    /// <param name="keyPositions">What <see cref="LinearByDistance"/> returns; <see langword="null"/> to leave out this term. [2 × tokens, heads × size]</param>
    /// <param name="queryPositions">The same for the other term.</param>
    /// <param name="scale">The scale of the products of contents.</param>
    /// <returns>[rows, heads, queries, tokens]; <see langword="null"/> without both terms</returns>
    T? ScoreDistances(T query, T key, T? keyPositions, T? queryPositions, double scale);

    /// <summary>What attention adds for the distance between two tokens: one number for each head and distance, from a table.</summary>
    /// <param name="table">Name of a parameter. [count, heads]</param>
    /// <param name="rowOfDistance">The table's row for each distance from the token that asks to the one that is looked at, from −n to n. [2n + 1]</param>
    /// <param name="firstTokenOnly">Only for the first token's query.</param>
    /// <returns>[1, heads, queries, tokens]</returns>
    T BiasByDistance(string table, IReadOnlyList<int> rowOfDistance, bool firstTokenOnly);
}
