using FineTune.Core.Diagnostics;
using FineTune.Core.Worker;

namespace FineTune.Training.Pipeline;

/// <summary>Turns the progress of one phase after another into one fraction of the whole run.</summary>
internal sealed class PhaseProgress(Action<WorkerEvent> events)
{
    private double _start;
    private double _end;

    /// <summary>Begins a phase that ends at <paramref name="end"/> (0 to 1) of the run.</summary>
    public void Begin(string message, double end)
    {
        (_start, _end) = (_end, end);
        Report(message, 0);
    }

    /// <summary>Reports how far the present phase is, 0 to 1.</summary>
    public void Report(string message, double fractionOfPhase) => events(new WorkerEvent
    {
        Kind = WorkerEventKind.Progress,
        Message = message,
        Fraction = _start + ((_end - _start) * Math.Clamp(fractionOfPhase, 0, 1)),
    });

    public void Report(Diagnostic diagnostic) => events(new WorkerEvent { Kind = WorkerEventKind.Diagnostic, Diagnostic = diagnostic });

    public void Complete(string entryDirectory) => events(new WorkerEvent { Kind = WorkerEventKind.Completed, Fraction = 1, EntryDirectory = entryDirectory });
}
