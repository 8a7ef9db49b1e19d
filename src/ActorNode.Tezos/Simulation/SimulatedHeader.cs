using System.Buffers.Binary;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;

namespace ActorNode.Tezos.Simulation;

/// <summary>Headers as they look, of blocks whose operations nobody has.</summary>
public static class SimulatedHeader
{
    /// <summary>A header without work and without signature. A payload that is not proposed again is the round's own.</summary>
    public static BlockHeader Of(BlockInfo predecessor, int round, DateTimeOffset timestamp, Reproposal? again)
    {
        ArgumentNullException.ThrowIfNull(predecessor);
        var level = predecessor.Level + 1;
        var payload = again?.PayloadHash ?? new PayloadHash(HashOf(predecessor.Hash, level, round, 0));
        return new BlockHeader(
            new ShellHeader(
                level,
                Proto: 1,
                predecessor.Hash,
                timestamp.ToUnixTimeSeconds(),
                ValidationPass: 4,
                new OperationsHash(HashOf(predecessor.Hash, level, round, 1)),
                new TenderbakeFitness(level, again?.PrequorumRound, predecessor.Round, round).ToFitness(),
                new ContextHash(HashOf(predecessor.Hash, level, round, 2))),
            new BlockProtocolData(payload, again?.PayloadRound ?? round, ProofOfWorkNonce: 0, SeedNonceHash: null, PerBlockVote.Pass, PerBlockVote.Pass));
    }

    /// <summary>What a baker has to know of it.</summary>
    public static BlockInfo InfoOf(SignedBlockHeader signed)
    {
        ArgumentNullException.ThrowIfNull(signed);
        var (shell, data) = (signed.Header.Shell, signed.Header.ProtocolData);
        var fitness = TenderbakeFitness.From(shell.Fitness);
        return new BlockInfo(
            signed.Hash(), shell.Predecessor, shell.Level, fitness.Round, DateTimeOffset.FromUnixTimeSeconds(shell.Timestamp), data.PayloadHash, data.PayloadRound)
        {
            PrequorumRound = fitness.LockedRound,
        };
    }

    private static Hash32 HashOf(BlockHash predecessor, int level, int round, int what)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Length + 12];
        predecessor.Value.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes[Hash32.Length..], level);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(Hash32.Length + 4)..], round);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(Hash32.Length + 8)..], what);
        return Blake2b.Hash256(bytes);
    }
}
