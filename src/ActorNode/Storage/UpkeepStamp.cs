namespace ActorNode.Storage;

/// <summary>
/// Says which write made a value. Kept with the value, atomically, in every place that holds it, so that places can be compared.
/// </summary>
/// <param name="Sequence">Numbers the writes of all keys, upwards. 0: the value was not written by a node.</param>
/// <param name="Session">Which opening of the store wrote it: a sequence whose write never came to be is given out again by the next one.</param>
/// <param name="Base">
/// What was known, when the write began, to be durable in the primary: every place that holds this write proves that the primary once
/// held the writes up to there.
/// </param>
public readonly record struct UpkeepStamp(long Sequence, long Session, long Base);
