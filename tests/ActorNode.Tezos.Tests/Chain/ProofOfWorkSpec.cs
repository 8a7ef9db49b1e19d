using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Chain;

public sealed class ProofOfWorkSpec
{
    /// <summary>Of the main network and of public test networks.</summary>
    private const ulong Mainnet = (1UL << 48) - 1;

    [Fact(DisplayName = "A block of a public network proves its work, and no longer when its nonce or anything else of it is another")]
    public void Published()
    {
        var vector = Vectors.Published("blocks").EnumerateArray().Single(block => block.Text("chain") == "NetXnHfVqm9iesp");
        var header = BlockHeader.Decode(vector.Hex("payload").AsSpan(5));

        Assert.True(ProofOfWork.IsProven(header, Mainnet));
        Assert.False(ProofOfWork.IsProven(header with { ProtocolData = header.ProtocolData with { ProofOfWorkNonce = 1 } }, Mainnet));
        Assert.False(ProofOfWork.IsProven(header with { Shell = header.Shell with { Timestamp = 0 } }, Mainnet));
    }

    [Theory(DisplayName = "What is proven for a threshold is proven for every higher one, and only the nonce is changed")]
    [InlineData(1UL << 60)]
    [InlineData(1UL << 54)]
    public void Proves(ulong threshold)
    {
        var header = Some.Header(level: 5, round: 1);

        var proven = ProofOfWork.Prove(header, threshold, CancellationToken.None);

        Assert.True(ProofOfWork.IsProven(proven, threshold));
        Assert.True(ProofOfWork.IsProven(proven, ulong.MaxValue));
        Assert.Equal(header, proven with { ProtocolData = proven.ProtocolData with { ProofOfWorkNonce = header.ProtocolData.ProofOfWorkNonce } });
    }

    [Fact(DisplayName = "The work can be cancelled")]
    public void Cancels() => Assert.Throws<OperationCanceledException>(
        () => ProofOfWork.Prove(Some.Header(level: 5, round: 1), threshold: 0, new CancellationToken(canceled: true)));
}
