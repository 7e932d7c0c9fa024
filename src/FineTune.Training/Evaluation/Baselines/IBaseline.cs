using FineTune.Training.Data;

namespace FineTune.Training.Evaluation.Baselines;

/// <summary>A simple way of answering, which a fine-tuned model has to beat to be worth its cost.</summary>
internal interface IBaseline
{
    /// <summary>The key in <c>metrics.json</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Answers each text with the index of a label. The same rows give the same answers in every run, with any number of processors, and all rows that
    /// can be trained on give answers.
    /// </summary>
    /// <param name="train">The rows to learn from: at least one, and each has characters that are not white space.</param>
    /// <param name="texts">The texts to answer.</param>
    /// <param name="labelCount">How many labels there are, with or without rows.</param>
    /// <param name="cancellation">Cancels.</param>
    IReadOnlyList<int> Answer(IReadOnlyList<LabelledText> train, IReadOnlyList<string> texts, int labelCount, CancellationToken cancellation);
}
