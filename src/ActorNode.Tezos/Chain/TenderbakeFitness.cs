using System.Buffers.Binary;
using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Chain;

/// <summary>What Tenderbake says with a block's fitness. Later compares higher: of two blocks with the same round the one whose predecessor's round is lower.</summary>
public sealed record TenderbakeFitness(int Level, int? LockedRound, int PredecessorRound, int Round)
{
    private const byte Version = 2;

    /// <exception cref="TezosFormatException">The elements are not version 2, level, locked round or nothing, predecessor's round, round.</exception>
    public static TenderbakeFitness From(Fitness fitness)
    {
        ArgumentNullException.ThrowIfNull(fitness);
        if (fitness.Elements is not [[Version], { Length: 4 } level, { Length: 0 or 4 } locked, { Length: 4 } predecessor, { Length: 4 } round])
        {
            throw new TezosFormatException(
                $"fitness: {fitness.Elements.Count} elements of {string.Join(", ", fitness.Elements.Select(element => element.Length))} bytes are none of a known protocol (Tenderbake: version 2 in 1, level in 4, locked round in 0 or 4, predecessor round in 4, round in 4)");
        }

        return new(
            Read(level.AsSpan(), "fitness level"),
            locked.Length == 0 ? null : Read(locked.AsSpan(), "fitness locked round"),
            // Stored as -(round) - 1, so that lower rounds compare higher.
            Natural(-1 - BinaryPrimitives.ReadInt32BigEndian(predecessor.AsSpan()), "fitness predecessor round"),
            Read(round.AsSpan(), "fitness round"));
    }

    /// <summary>The elements of the block header.</summary>
    public Fitness ToFitness() => Fitness.Of([Version], Bytes(Level), LockedRound is { } locked ? Bytes(locked) : [], Bytes(-1 - PredecessorRound), Bytes(Round));

    /// <summary>The protocol's own encoding, which is not that of the header.</summary>
    public byte[] Encode() => [.. Bytes(Level), .. LockedRound is { } locked ? (byte[])[1, .. Bytes(locked)] : [0], .. Bytes(PredecessorRound), .. Bytes(Round)];

    private static byte[] Bytes(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static int Read(ReadOnlySpan<byte> bytes, string field) => Natural(BinaryPrimitives.ReadInt32BigEndian(bytes), field);

    private static int Natural(int value, string field) => value >= 0 ? value : throw new TezosFormatException($"{field}: {value} is out of range, must be 0 to {int.MaxValue}");
}
