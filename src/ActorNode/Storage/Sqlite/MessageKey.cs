namespace ActorNode.Storage.Sqlite;

/// <summary>
/// The row id of a message: the account's number above the sequence, so that the table itself is the index by account and sequence.
/// Room for 33 million accounts of 275 thousand million messages each.
/// </summary>
internal static class MessageKey
{
    private const int SequenceBits = 38;

    public const long MaxSequence = (1L << SequenceBits) - 1;

    public const long MaxAccount = (1L << (63 - SequenceBits)) - 1;

    public static long Of(long account, long sequence) => (account << SequenceBits) | sequence;

    public static long Account(long key) => key >> SequenceBits;

    public static long Sequence(long key) => key & MaxSequence;
}
