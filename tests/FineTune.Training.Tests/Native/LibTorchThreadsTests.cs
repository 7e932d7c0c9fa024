using FineTune.Training.Native;

namespace FineTune.Training.Tests.Native;

public sealed class LibTorchThreadsTests
{
    public LibTorchThreadsTests() => LibTorch.Load();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void Every_number_has_its_turn_once(int count)
    {
        var turns = new int[count];

        LibTorchThreads.For(count, i => Interlocked.Increment(ref turns[i]));

        Assert.All(turns, turn => Assert.Equal(1, turn));
    }

    [Fact]
    public void A_failure_comes_out_and_harms_no_later_loop()
    {
        Assert.Throws<InvalidOperationException>(() => LibTorchThreads.For(100, i => throw new InvalidOperationException("no")));

        var count = 0;
        LibTorchThreads.For(100, i => Interlocked.Increment(ref count));

        Assert.Equal(100, count);
    }

    [Fact]
    public void A_loop_in_a_loop_is_complete()
    {
        var count = 0;

        LibTorchThreads.For(10, _ => LibTorchThreads.For(10, _ => Interlocked.Increment(ref count)));

        Assert.Equal(100, count);
    }

    [Fact]
    public void libtorch_has_the_loop() => Assert.NotEqual(0, LibTorch.Export("torch_parallel_for"));
}
