using FineTune.Core.Diagnostics;
using FineTune.Core.Store;
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

    /// <summary>Says that another process works on the same training.</summary>
    public void WaitForTraining(LockHolder? holder) => Wait($"waiting for another build ({Describe(holder)}) that trains the same model", StoreDiagnostics.WaitingForTraining);

    /// <summary>Says that another process trains on the same device.</summary>
    public void WaitForDevice(LockHolder? holder) => Wait($"waiting for another training ({Describe(holder)}) that uses the graphics processor", StoreDiagnostics.WaitingForDevice);

    public void Complete(string entryDirectory, bool trained) => events(new WorkerEvent { Kind = WorkerEventKind.Completed, Fraction = 1, EntryDirectory = entryDirectory, Trained = trained });

    private static string Describe(LockHolder? holder) => holder?.Describe(DateTime.UtcNow) ?? "it does not say which";

    private void Wait(string message, DiagnosticDescriptor code)
    {
        Report(message, 0);
        Report(code.With($"{char.ToUpperInvariant(message[0])}{message[1..]}."));
    }
}
