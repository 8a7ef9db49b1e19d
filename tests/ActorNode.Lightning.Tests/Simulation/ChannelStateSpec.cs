using ActorNode.Lightning.Simulation;
using Xunit;

namespace ActorNode.Lightning.Tests.Simulation;

public sealed class ChannelStateSpec
{
    private static readonly ChannelState Open = new("c", 1, "peer", 1_000, 600, 400, ChannelStage.Open, 1);

    [Fact(DisplayName = "Whatever updates a channel takes, its money is conserved and its commitment number goes up by one; what does not fit changes nothing (500 lives)")]
    public void Any_updates()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var channel = Open;
            for (var i = 0; i < 100; i++)
            {
                var htlc = new Htlc($"h{random.Next(20)}", random.Next(2) == 0, (ulong)random.Next(1, 500));
                ChannelUpdate update = random.Next(4) switch
                {
                    0 => new ChannelUpdate.HtlcFulfilled(htlc.Id),
                    1 => new ChannelUpdate.HtlcFailed(htlc.Id),
                    _ => new ChannelUpdate.HtlcAdded(htlc, null, Probe: false),
                };
                try
                {
                    var next = channel.Apply(update);
                    Assert.Null(next.Problem());
                    Assert.Equal(channel.CommitmentNumber + 1, next.CommitmentNumber);
                    channel = next;
                }
                catch (SimulationException refused)
                {
                    Assert.StartsWith("channel c ", refused.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact(DisplayName = "A payment that is fulfilled is the receiver's, one that fails is its sender's again")]
    public void Directions()
    {
        ChannelState Both(bool outgoing, ChannelUpdate end) => Open.Apply(new ChannelUpdate.HtlcAdded(new Htlc("h", outgoing, 100), null, Probe: false)).Apply(end);
        ulong Local(bool outgoing, bool fulfilled) => Both(outgoing, fulfilled ? new ChannelUpdate.HtlcFulfilled("h") : new ChannelUpdate.HtlcFailed("h")).LocalMsat;
        Assert.Equal((500UL, 600UL, 700UL, 600UL), (Local(true, true), Local(true, false), Local(false, true), Local(false, false)));
    }

    [Fact(DisplayName = "A channel with payments under way is not closed, and a closed one takes none")]
    public void Closing()
    {
        var busy = Open.Apply(new ChannelUpdate.HtlcAdded(new Htlc("h", true, 100), null, Probe: false));
        Assert.Throws<SimulationException>(() => busy.Apply(new ChannelUpdate.Closed(Force: true)));
        var closed = Open.Apply(new ChannelUpdate.Closed(Force: false));
        Assert.Throws<SimulationException>(() => closed.Apply(new ChannelUpdate.HtlcAdded(new Htlc("h", true, 100), null, Probe: false)));
    }
}
