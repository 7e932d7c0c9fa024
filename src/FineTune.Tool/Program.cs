using System.Runtime.InteropServices;
using FineTune.Tool;
using FineTune.Tool.Terminal;

using var cancellation = new CancellationTokenSource();

// The first signal lets the run stop between two steps and clean up; a second one ends the process at once.
void Cancel(PosixSignalContext context)
{
    context.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

return new ToolApplication(ToolConsole.OfProcess()).Run(args, cancellation.Token);
