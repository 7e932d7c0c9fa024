using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace FineTune.Training.Native;

/// <summary>
/// Loops on libtorch's own threads. Those wait for the next operation busily: threads of .NET beside them would get half of each processor, and get it late.
/// </summary>
internal static unsafe class LibTorchThreads
{
    // torch_parallel_for of libtorch's stable C interface (torch/csrc/stable/c/shim.h): begin, end, least steps of a thread, body, what the body gets.
    private static readonly delegate* unmanaged<long, long, long, delegate* unmanaged<long, long, void*, void>, void*, int> ParallelFor =
        (delegate* unmanaged<long, long, long, delegate* unmanaged<long, long, void*, void>, void*, int>)LibTorch.Export("torch_parallel_for");

    /// <summary>Calls <paramref name="body"/> for each number from 0 to <paramref name="count"/> − 1, in any order, on as many threads as libtorch uses; each takes the next number when it is done with one.</summary>
    public static void For(int count, Action<int> body)
    {
        var threads = Math.Min(count, torch.get_num_threads());
        if (threads <= 1)
        {
            for (var i = 0; i < count; i++)
            {
                body(i);
            }
        }
        else if (ParallelFor == null)
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
        }
        else
        {
            var loop = new Loop(count, body);
            var handle = GCHandle.Alloc(loop);
            try
            {
                var error = ParallelFor(0, threads, 1, &Run, (void*)GCHandle.ToIntPtr(handle));
                loop.Failure?.Throw();
                if (error != 0)
                {
                    throw new InvalidOperationException("libtorch could not run a loop.");
                }
            }
            finally
            {
                handle.Free();
            }
        }
    }

    [UnmanagedCallersOnly]
    private static void Run(long begin, long end, void* context) => ((Loop)GCHandle.FromIntPtr((nint)context).Target!).Run();

    private sealed class Loop(int count, Action<int> body)
    {
        private int taken = -1;

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Run()
        {
            // Nothing may be thrown through libtorch's code.
            try
            {
                for (var i = Interlocked.Increment(ref taken); i < count; i = Interlocked.Increment(ref taken))
                {
                    body(i);
                }
            }
            catch (Exception exception)
            {
                Failure = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }
}
