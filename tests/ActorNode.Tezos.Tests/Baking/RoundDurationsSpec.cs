using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Baking;

public sealed class RoundDurationsSpec
{
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch.AddSeconds(1_000);

    /// <summary>As on Mavryk's main network.</summary>
    private readonly RoundDurations _durations = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(8));

    [Theory(DisplayName = "A round begins after the predecessor's round and the rounds before it, each longer than the one before")]
    [InlineData(0, 0, 15)]
    [InlineData(0, 1, 30)]
    [InlineData(0, 2, 53)]
    [InlineData(0, 3, 84)]
    [InlineData(2, 0, 31)]
    [InlineData(2, 3, 100)]
    public void Starts(int predecessorRound, int round, int seconds) =>
        Assert.Equal(Time.AddSeconds(seconds), _durations.Start(Predecessor(predecessorRound), round));

    [Theory(DisplayName = "The round of a moment is the last that has begun")]
    [InlineData(0, 0)]
    [InlineData(29, 0)]
    [InlineData(30, 1)]
    [InlineData(52, 1)]
    [InlineData(53, 2)]
    [InlineData(84, 3)]
    public void Now(int seconds, int round) => Assert.Equal(round, _durations.At(Predecessor(0), Time.AddSeconds(seconds)));

    private static BlockInfo Predecessor(int round) => new(new(Some.Hash(1)), new(Some.Hash(2)), 5, round, Time, new PayloadHash(Some.Hash(3)), round);
}
