using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Protocol.Jobs;
using ActorNode.Protocol.Messages;
using ActorNode.Upkeep;

namespace ActorNode.Storage;

/// <summary>One piece of work for the next transaction. Idempotent, so that a commit of unknown outcome can be repeated.</summary>
public abstract record CommitCommand
{
    private CommitCommand()
    {
    }

    /// <summary>Rows it may write, for the limit of a transaction.</summary>
    public abstract int Rows { get; }

    /// <summary>Bytes it may write, for the limit of a transaction.</summary>
    public abstract long Bytes { get; }

    /// <summary>Append messages to an account; ids that it holds already are duplicates. Result: <see cref="CommitResult.Appended"/>.</summary>
    public sealed record Append(AccountId AccountId, ImmutableArray<Message> Messages, DateTimeOffset ReceivedAt) : CommitCommand
    {
        /// <inheritdoc/>
        public override int Rows => Messages.Length;

        /// <inheritdoc/>
        public override long Bytes { get; } = MessageSize.Of(Messages);
    }

    /// <summary>
    /// Remove at most <paramref name="Limit"/> messages of an account from the front: those with sequences up to <paramref name="UpTo"/>
    /// and, where <paramref name="Before"/> is given, only while they were received before it. Result: <see cref="CommitResult.Removed"/>.
    /// </summary>
    public sealed record Remove(AccountId AccountId, long UpTo, DateTimeOffset? Before, int Limit) : CommitCommand
    {
        /// <inheritdoc/>
        public override int Rows => Limit;

        /// <inheritdoc/>
        public override long Bytes => 0;
    }

    /// <summary>
    /// Store a part of an upkeep value that is not in force yet. Numbers of values belong to one write each; parts count from 0. Result:
    /// <see cref="CommitResult.Done"/>.
    /// </summary>
    public sealed record StagePart(long Value, int Number, ReadOnlyMemory<byte> Part) : CommitCommand
    {
        /// <summary>The most parts of a value.</summary>
        public const int MaxParts = 1 << 20;

        /// <inheritdoc/>
        public override int Rows => 1;

        /// <inheritdoc/>
        public override long Bytes => Part.Length;
    }

    /// <summary>
    /// Put the value whose parts are staged in force, in place of the key's former one, whose parts go. Parts from
    /// <paramref name="Parts"/> on are left over from another try, and go too. Result: <see cref="CommitResult.Done"/>.
    /// </summary>
    public sealed record PutValue(UpkeepKey Key, UpkeepStamp Stamp, long Value, int Parts, long Length) : CommitCommand
    {
        /// <inheritdoc/>
        public override int Rows => 1;

        /// <inheritdoc/>
        public override long Bytes => 0;
    }

    /// <summary>Remove a key's value, if it has one. Result: <see cref="CommitResult.Done"/>.</summary>
    public sealed record RemoveValue(UpkeepKey Key, UpkeepStamp Stamp) : CommitCommand
    {
        /// <inheritdoc/>
        public override int Rows => 1;

        /// <inheritdoc/>
        public override long Bytes => 0;
    }

    /// <summary>Remove the parts of a value, unless it is in force. Result: <see cref="CommitResult.Done"/>.</summary>
    public sealed record DropParts(long Value) : CommitCommand
    {
        /// <inheritdoc/>
        public override int Rows => 1;

        /// <inheritdoc/>
        public override long Bytes => 0;
    }

    /// <summary>
    /// List a job, in place of a row of it with a lower sequence; nothing where its row has the same or a higher one. The runs of an archived job are
    /// listed no more. Result: <see cref="CommitResult.Done"/>.
    /// </summary>
    public sealed record PutJob(JobRow Row) : CommitCommand
    {
        /// <inheritdoc/>
        public override int Rows => 1;

        /// <inheritdoc/>
        public override long Bytes => Row.Body.Length;
    }

    /// <summary>
    /// List a run, as <see cref="PutJob"/>. Its job and its creation, and so its place in lists, are those of its first row. Its job may be
    /// listed later. Result: <see cref="CommitResult.Done"/>.
    /// </summary>
    public sealed record PutRun(RunRow Row) : CommitCommand
    {
        /// <inheritdoc/>
        public override int Rows => 1;

        /// <inheritdoc/>
        public override long Bytes => Row.Body.Length;
    }

    /// <summary>
    /// Forget a run's row, if there is one. Nothing remembers that it was there: a later <see cref="PutRun"/> lists it again. So it is for
    /// whoever writes the run's rows, after the last of them was committed. Result: <see cref="CommitResult.Done"/>.
    /// </summary>
    public sealed record DeleteRun(RunId Id) : CommitCommand
    {
        /// <inheritdoc/>
        public override int Rows => 1;

        /// <inheritdoc/>
        public override long Bytes => 0;
    }

    /// <summary>Finds out whether the store takes writes that need space. Leaves nothing. Result: <see cref="CommitResult.Probed"/>.</summary>
    public sealed record Probe : CommitCommand
    {
        /// <inheritdoc/>
        public override int Rows => 1;

        /// <inheritdoc/>
        public override long Bytes => 0;
    }
}

/// <summary>What a command did.</summary>
public abstract record CommitResult
{
    private CommitResult()
    {
    }

    /// <summary>
    /// The lowest and highest sequence of the command's messages (duplicates included), how many were new, and the account's last
    /// sequence after the command: the new ones are <c>AccountLast - Written + 1 .. AccountLast</c>.
    /// </summary>
    public sealed record Appended(long First, long Last, int Written, int Duplicates, long AccountLast) : CommitResult;

    /// <summary>
    /// What the account holds now, and how many messages this command removed. <paramref name="More"/>: its limit cut it short.
    /// </summary>
    public sealed record Removed(MessageRange Range, int Count, bool More) : CommitResult;

    /// <summary>Carried out; there is nothing to tell.</summary>
    public sealed record Done : CommitResult
    {
        /// <summary>The only one.</summary>
        public static readonly Done Instance = new();

        private Done()
        {
        }
    }

    /// <summary>The store takes writes.</summary>
    public sealed record Probed : CommitResult;
}
