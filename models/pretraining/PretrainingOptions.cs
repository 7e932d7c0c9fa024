namespace FineTune.Pretraining;

/// <summary>What to pretrain, on what, and for how long.</summary>
internal sealed record PretrainingOptions
{
    /// <summary>Plain text files, one passage per line.</summary>
    public required IReadOnlyList<string> Corpus { get; init; }

    /// <summary>The WordPiece vocabulary.</summary>
    public required string Vocabulary { get; init; }

    /// <summary>The folder to write.</summary>
    public required string Output { get; init; }

    /// <summary>How long to train.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How often to write the folder.</summary>
    public required TimeSpan SnapshotInterval { get; init; }

    /// <summary>The highest learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Tokens in a batch.</summary>
    public required int BatchTokens { get; init; }

    /// <summary>Encoder layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Width of the hidden states.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Attention heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Seed of everything random.</summary>
    public required int Seed { get; init; }

    /// <summary>Share of the duration in which the rate rises.</summary>
    public double WarmupShare { get; init; } = 0.03;

    /// <summary>Weight of the loss that makes the pooled vector name the words of its text.</summary>
    public double WordsLossWeight { get; init; } = 0.3;

    /// <summary>Standard deviation of the weights at the beginning; a narrow model learns faster from larger ones than BERT's 0.02.</summary>
    public double InitializerRange { get; init; } = 0.05;

    /// <summary>Lines whose word statistics make the first embeddings.</summary>
    public int StatisticsLines { get; init; } = 150_000;

    /// <summary>Lines that are never trained on and measure the result.</summary>
    public int HeldOutLines { get; init; } = 2000;
}
