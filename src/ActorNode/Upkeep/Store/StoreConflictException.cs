using ActorNode.Storage;

namespace ActorNode.Upkeep.Store;

/// <summary>
/// Primary and backup contradict each other: the one that the node would go on with may be the older one. An old channel manager can lose
/// the channels' money, so an operator decides. The message names both and the ways out.
/// </summary>
public sealed class StoreConflictException(string message) : StoreOpenException(message);
