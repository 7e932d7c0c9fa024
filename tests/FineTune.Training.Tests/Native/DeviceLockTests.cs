using FineTune.Training.Native;

namespace FineTune.Training.Tests.Native;

public sealed class DeviceLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("finetune-device-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_training_waits_for_one_that_uses_the_same_device_and_not_for_others()
    {
        var holder = DeviceLock.Acquire(_folder, "cuda-0", _ => { }, TestContext.Current.CancellationToken)!;
        using var other = DeviceLock.Acquire(_folder, "cuda-1", _ => Assert.Fail("The device is free."), TestContext.Current.CancellationToken);
        var waited = 0;

        using var same = DeviceLock.Acquire(_folder, "cuda-0", who =>
        {
            Assert.Equal(Environment.ProcessId, who!.ProcessId);
            waited++;
            holder.Dispose();
        }, TestContext.Current.CancellationToken);

        Assert.Equal(1, waited);
    }

    [Fact]
    public void Where_no_lock_can_be_taken_training_goes_on_without()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        Assert.Null(DeviceLock.Acquire(file, "cuda-0", _ => { }, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(0, null, "cuda-0")]
    [InlineData(1, "2,3", "cuda-3")]
    [InlineData(0, "GPU-5a7f, 1", "cuda-GPU-5a7f")]
    [InlineData(2, "1", "cuda-2")]
    [InlineData(0, "../x", "cuda-x")]
    public void A_device_has_the_same_name_in_every_process(int index, string? visibleDevices, string expected)
        => Assert.Equal(expected, DeviceLock.NameOf(index, identifier: null, visibleDevices));

    [Fact]
    public void The_drivers_identifier_wins()
        => Assert.Equal("cuda-000102030405060708090a0b0c0d0e0f", DeviceLock.NameOf(1, new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f"), "2,3"));
}
