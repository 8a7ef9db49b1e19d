namespace ActorNode.Protocol.Messages;

/// <summary>A message as its sender hands it over. The body is opaque and must not change after it was sent.</summary>
public sealed record Message(MessageId Id, ReadOnlyMemory<byte> Body);

/// <summary>
/// A message as it stands in its account's inbox. Sequences start at 1 in every account and have no holes.
/// <paramref name="ReceivedAt"/> is when the node accepted it.
/// </summary>
public sealed record StoredMessage(long Sequence, MessageId Id, ReadOnlyMemory<byte> Body, DateTimeOffset ReceivedAt);

/// <summary>
/// The range of sequences that an account holds. <paramref name="Last"/> is the last one ever given out; the account is empty
/// (everything was removed) when <paramref name="First"/> is <c>Last + 1</c>.
/// </summary>
public readonly record struct MessageRange(long First, long Last);
