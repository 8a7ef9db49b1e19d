using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;

namespace ActorNode.Tezos.Tests.Support;

/// <summary>Throw-away values.</summary>
internal static class Some
{
    public static readonly ChainId Chain = ChainId.Parse("NetXdQprcVkpaWU");

    public static Hash32 Hash(byte fill) => new(Enumerable.Repeat(fill, Hash32.Length).ToArray());

    public static SigningKey Key(KeyType type = KeyType.Ed25519, Network network = Network.Tezos, string? alias = null) => new(SecretKey.Generate(type), network, alias);

    /// <summary>A payload that signers sign.</summary>
    public static byte[] Payload(int level = 5) => SignerPayload.Of(Chain, Vote(VoteKind.Attestation, level, round: 0));

    public static bool Verifies(PublicKey key, byte[] payload, string signature) => key.Verify(payload, Signature.Parse(signature));

    public static BlockHeader Header(int level, int round) => new(
        new(level, 1, new(Hash(1)), 1_600_000_000, 4, new(Hash(2)), new TenderbakeFitness(level, null, 0, round).ToFitness(), new(Hash(3))),
        new(new(Hash(4)), round, 0x0102030405060708, null, PerBlockVote.Off, PerBlockVote.Pass));

    public static ConsensusVote Vote(VoteKind kind, int level, int round) => new(kind, new(Hash(5)), Slot: 96, level, round, new(Hash(6)));
}
