namespace ActorNode.Upkeep.Store;

/// <summary>A backup that may not be there when the node starts.</summary>
/// <param name="Name">Where it is, for operators. Never a password.</param>
/// <param name="OpenAsync">Opens it; called again after a failure.</param>
public sealed record UpkeepBackup(string Name, Func<CancellationToken, Task<IUpkeepReplica>> OpenAsync);
