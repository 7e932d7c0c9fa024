using FineTune.Training.Models;

namespace FineTune.Training.Tests.Models;

public sealed class MPNetTests
{
    // From transformers' MPNetEncoder.relative_position_bucket for the distances from −600 to 600: each distance at which a new bucket begins, and the bucket.
    private static readonly (int From, int Bucket)[] Reference =
    [
        (-600, 15), (-90, 14), (-63, 13), (-45, 12), (-31, 11), (-22, 10), (-15, 9), (-11, 8), (-7, 7), (-6, 6), (-5, 5), (-4, 4), (-3, 3), (-2, 2), (-1, 1), (0, 0),
        (1, 17), (2, 18), (3, 19), (4, 20), (5, 21), (6, 22), (7, 23), (8, 24), (12, 25), (16, 26), (23, 27), (32, 28), (46, 29), (64, 30), (91, 31),
    ];

    [Fact]
    public void Every_distance_has_the_bucket_that_transformers_gives_it()
        => Assert.All(Enumerable.Range(-600, 1201), distance => Assert.Equal(Reference.Last(entry => entry.From <= distance).Bucket, MPNet.BucketOf(distance)));
}
