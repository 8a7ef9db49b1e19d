namespace ActorNode.Tezos.Chain;

/// <summary>A baker's vote in a block header. The values are those of the encoding.</summary>
public enum PerBlockVote
{
    On = 0,
    Off = 1,
    Pass = 2,
}
