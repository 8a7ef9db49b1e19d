namespace ActorNode.Tezos.Signers.Remote;

/// <summary>How an endpoint did lately. <paramref name="Problem"/> is null while it is well.</summary>
public sealed record EndpointHealth(Uri Address, string? Problem, DateTimeOffset? RestsUntil);
