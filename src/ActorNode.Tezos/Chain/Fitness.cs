using System.Collections.Immutable;
using ActorNode.Tezos.Codec;

namespace ActorNode.Tezos.Chain;

/// <summary>A block's fitness as the shell sees it: a list of byte strings whose meaning belongs to the protocol.</summary>
public sealed class Fitness : IEquatable<Fitness>
{
    private readonly ImmutableArray<ImmutableArray<byte>> _elements;

    private Fitness(ImmutableArray<ImmutableArray<byte>> elements) => _elements = elements;

    public IReadOnlyList<ImmutableArray<byte>> Elements => _elements;

    /// <summary>Bytes of the encoding, without the length before it.</summary>
    internal int EncodedLength => _elements.Sum(element => 4 + element.Length);

    public static Fitness Of(params IEnumerable<byte[]> elements) => new([.. elements.Select(element => element.ToImmutableArray())]);

    /// <summary>Reads the elements, each with its length before it.</summary>
    /// <exception cref="TezosFormatException">A length does not fit.</exception>
    public static Fitness Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var elements = ImmutableArray.CreateBuilder<ImmutableArray<byte>>();
        while (reader.Left > 0)
            elements.Add([.. reader.Sized("fitness")]);
        return new(elements.ToImmutable());
    }

    /// <summary>
    /// The round of the block: of Tenderbake the last element; 0 of the protocols before, which had none. As the protocol reads it.
    /// </summary>
    /// <exception cref="TezosFormatException">The fitness is of no known protocol.</exception>
    public int Round() => IsOfOlderProtocol ? 0 : TenderbakeFitness.From(this).Round;

    private bool IsOfOlderProtocol => _elements is [] or [[0 or 1], { Length: 8 }];

    /// <inheritdoc/>
    public bool Equals(Fitness? other) =>
        other is not null && _elements.Length == other._elements.Length && _elements.Zip(other._elements).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Fitness);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var element in _elements)
            hash.AddBytes(element.AsSpan());
        return hash.ToHashCode();
    }

    /// <summary>The elements in hexadecimal.</summary>
    public override string ToString() => string.Join("::", _elements.Select(element => Convert.ToHexStringLower(element.AsSpan())));

    internal void Write(ref ByteWriter writer)
    {
        foreach (var element in _elements)
            writer.Sized(element.AsSpan());
    }
}
