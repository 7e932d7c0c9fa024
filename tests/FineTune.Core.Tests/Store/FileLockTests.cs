using System.Diagnostics;
using FineTune.Core.Store;

namespace FineTune.Core.Tests.Store;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Lock => _folder.At("locks", "a.lock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_one_holds_a_lock_at_a_time()
    {
        using (FileLock.TryAcquire(Lock)!)
        {
            Assert.Null(FileLock.TryAcquire(Lock));
        }

        using var next = FileLock.TryAcquire(Lock);
        Assert.NotNull(next);
    }

    [Fact]
    public void Who_waits_is_told_once_for_whom_and_gets_the_lock_when_it_is_free()
    {
        var holder = FileLock.TryAcquire(Lock)!;
        var told = new List<LockHolder?>();

        using var acquired = FileLock.Acquire(Lock, who =>
        {
            told.Add(who);
            holder.Dispose();
        }, TestContext.Current.CancellationToken);

        var who = Assert.Single(told)!;
        Assert.Equal((Environment.ProcessId, Environment.MachineName), (who.ProcessId, who.Machine));
        Assert.InRange(who.Since, DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow);
    }

    [Fact]
    public void Nobody_is_told_of_a_lock_that_is_free()
    {
        using var acquired = FileLock.Acquire(Lock, _ => Assert.Fail("There is nobody to wait for."), TestContext.Current.CancellationToken);

        Assert.NotNull(acquired);
    }

    [Fact]
    public void Cancelling_ends_the_waiting_at_once()
    {
        using var holder = FileLock.TryAcquire(Lock)!;
        using var cancellation = new CancellationTokenSource();
        var cancelled = new Stopwatch();

        Assert.ThrowsAny<OperationCanceledException>(() => FileLock.Acquire(Lock, _ =>
        {
            cancelled.Start();
            cancellation.Cancel();
        }, cancellation.Token));

        Assert.InRange(cancelled.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_file_and_a_holder_that_a_killed_process_left_block_nobody()
    {
        _folder.Write("locks/a.lock", "");
        _folder.Write("locks/a.lock.holder", new LockHolder(Environment.ProcessId, Environment.MachineName, DateTime.UtcNow).Write());

        using var acquired = FileLock.TryAcquire(Lock);

        Assert.NotNull(acquired);
    }

    [Fact]
    public void A_lock_without_a_word_of_its_holder_is_waited_for_all_the_same()
    {
        var holder = FileLock.TryAcquire(Lock)!;
        File.WriteAllText(Lock + ".holder", "12");
        var told = new List<LockHolder?>();

        using var acquired = FileLock.Acquire(Lock, who =>
        {
            told.Add(who);
            holder.Dispose();
        }, TestContext.Current.CancellationToken);

        Assert.Null(Assert.Single(told));
    }

    [Fact]
    public void Threads_that_want_the_same_lock_come_one_after_the_other()
    {
        var (inside, most) = (0, 0);
        var threads = Enumerable.Range(0, 8).Select(_ => new Thread(() =>
        {
            using var acquired = FileLock.Acquire(Lock, _ => { }, CancellationToken.None);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Interlocked.Decrement(ref inside);
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.Equal(1, most);
    }

    [Fact]
    public void Removing_lock_files_leaves_those_that_are_held()
    {
        using var held = FileLock.TryAcquire(_folder.At("locks", "held.lock"))!;
        FileLock.TryAcquire(Lock)!.Dispose();

        FileLock.Remove(Lock);
        FileLock.Remove(_folder.At("locks", "held.lock"));

        Assert.Equal(["held.lock", "held.lock.holder"], Directory.GetFiles(_folder.At("locks")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Null(FileLock.TryAcquire(_folder.At("locks", "held.lock")));
    }

    [Fact]
    public void A_holder_is_described_with_what_is_not_obvious()
    {
        var now = DateTime.UtcNow;
        var local = now.ToLocalTime();

        Assert.Equal($"process 1234, since {local:HH:mm}", new LockHolder(1234, Environment.MachineName, now).Describe(now));
        Assert.Equal($"process 1234 on elsewhere, since {local.AddDays(-3):yyyy-MM-dd HH:mm}", new LockHolder(1234, "elsewhere", now.AddDays(-3)).Describe(now));
    }
}
