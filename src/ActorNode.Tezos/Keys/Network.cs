namespace ActorNode.Tezos.Keys;

/// <summary>The networks differ in the prefixes of addresses; keys and signatures look the same on both.</summary>
public enum Network
{
    /// <summary>Addresses mv1 to mv4.</summary>
    Mavryk,

    /// <summary>Addresses tz1 to tz4.</summary>
    Tezos,
}
