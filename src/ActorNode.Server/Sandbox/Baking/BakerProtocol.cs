using System.Collections.Immutable;
using ActorNode.Protocol.Forging;

namespace ActorNode.Server.Sandbox.Baking;

/// <summary>What the baker is told and asked.</summary>
internal static class BakerProtocol
{
    /// <summary>Reply: <see cref="Report"/>.</summary>
    public sealed record GetReport
    {
        public static readonly GetReport Instance = new();
    }

    /// <summary>Ask for nothing more. Reply: <see cref="Report"/>, when everything that was accepted has come to its end.</summary>
    public sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    /// <summary>What the baker has had so far. <paramref name="Strays"/>: events of duties that were not accepted, or had ended.</summary>
    public sealed record Report(ImmutableSortedDictionary<string, BakerCounts> Keys, int Held, int Discarded, ImmutableArray<string> Strays)
    {
        public BakerCounts Of(ConsensusKeyId key) => Keys.GetValueOrDefault(key.Value, BakerCounts.None);

        public BakerCounts All => Keys.Values.Aggregate(BakerCounts.None, (sum, each) => sum.Plus(each));
    }
}

/// <summary>What became of what a baker asked one key for.</summary>
internal sealed record BakerCounts(int Blocks, int Preattestations, int Attestations, int Refused, int Failed, int Cancelled, int Rejected)
{
    public static readonly BakerCounts None = new(0, 0, 0, 0, 0, 0, 0);

    public BakerCounts After(IForgeEvent outcome) => outcome switch
    {
        ForgeEvents.BlockReady => this with { Blocks = Blocks + 1 },
        ForgeEvents.PreattestationReady => this with { Preattestations = Preattestations + 1 },
        ForgeEvents.AttestationReady => this with { Attestations = Attestations + 1 },
        ForgeEvents.ForgeRefused => this with { Refused = Refused + 1 },
        ForgeEvents.ForgeCancelled => this with { Cancelled = Cancelled + 1 },
        _ => this with { Failed = Failed + 1 },
    };

    public BakerCounts Plus(BakerCounts other) => new(
        Blocks + other.Blocks,
        Preattestations + other.Preattestations,
        Attestations + other.Attestations,
        Refused + other.Refused,
        Failed + other.Failed,
        Cancelled + other.Cancelled,
        Rejected + other.Rejected);
}
