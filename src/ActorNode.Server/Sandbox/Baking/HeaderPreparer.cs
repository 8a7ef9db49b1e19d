using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Simulation;

namespace ActorNode.Server.Sandbox.Baking;

/// <summary>Prepares the simulated chain's blocks: their content is the header, which gets its proof of work. Those of other chains come prepared.</summary>
internal sealed class HeaderPreparer(ChainSettings settings) : IBlockPreparer
{
    private readonly ChainName _chain = new(settings.Chain.ToString());

    /// <inheritdoc/>
    public Task<PreparedBlock> PrepareAsync(ForgeCommands.ForgeAndSignBlock block, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(block);
        if (block.Chain != _chain)
            return Task.FromResult(new PreparedBlock(block.Content, block.At));
        var header = ProofOfWork.Prove(BlockHeader.Decode(block.Content.Span), settings.WorkThreshold, cancellationToken);
        return Task.FromResult(new PreparedBlock(SignerPayload.Of(settings.Chain, header), new LevelRound(header.Shell.Level, header.Shell.Fitness.Round())));
    }
}
