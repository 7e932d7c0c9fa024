using FineTune.Core.Diagnostics;

namespace FineTune.Core.Worker;

/// <summary>One line of JSON that a worker writes to standard output.</summary>
public sealed record WorkerEvent
{
    /// <summary>What the event reports.</summary>
    public required WorkerEventKind Kind { get; init; }

    /// <summary>For people: <c>epoch 2/8, step 340/2728, loss 0.412, 640 rows/s, 0:45 left</c>.</summary>
    public string? Message { get; init; }

    /// <summary>Share of the work that is done, 0 to 1, where it is known.</summary>
    public double? Fraction { get; init; }

    /// <summary>The diagnostic of <see cref="WorkerEventKind.Diagnostic"/>.</summary>
    public Diagnostic? Diagnostic { get; init; }

    /// <summary>The labels of <see cref="WorkerEventKind.Labels"/>.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>The store entry of <see cref="WorkerEventKind.Completed"/>.</summary>
    public string? EntryDirectory { get; init; }

    /// <summary>Whether the worker of <see cref="WorkerEventKind.Completed"/> trained; otherwise it found the weights, for example because another process trained them meanwhile.</summary>
    public bool? Trained { get; init; }
}
