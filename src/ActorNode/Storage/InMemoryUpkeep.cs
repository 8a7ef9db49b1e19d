using System.Buffers;
using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Storage;

/// <summary>Upkeep's part of the memory store. Written under that store's lock, read from any thread.</summary>
internal sealed class InMemoryUpkeep : IUpkeepReader
{
    private volatile State _state = new();

    /// <summary>What a transaction works on.</summary>
    public Transaction Begin() => new(_state);

    /// <summary>Puts a transaction's outcome in force.</summary>
    public void Commit(Transaction transaction) => _state = transaction.State;

    public ValueTask<UpkeepValue?> ReadAsync(UpkeepKey key, long limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = _state;
        if (!state.Values.TryGetValue(key, out var row))
            return new((UpkeepValue?)null);
        UpkeepValueTooLargeException.Check(key, row.Length, limit);
        var bytes = new ArrayBufferWriter<byte>(Math.Max(1, (int)row.Length));
        foreach (var part in state.Parts[row.Value])
            bytes.Write(part.Value.Span);
        return new(new UpkeepValue(row.Stamp, bytes.WrittenMemory));
    }

    public ValueTask<UpkeepContents> ContentsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = _state;
        var used = state.Values.Values.Select(row => row.Value).ToHashSet();
        return new(new UpkeepContents
        {
            Values = state.Values.ToImmutableDictionary(entry => entry.Key, entry => entry.Value.Stamp),
            HighSequence = state.HighSequence,
            HighBase = state.HighBase,
            HighValue = used.Concat(state.Parts.Keys).DefaultIfEmpty(0).Max(),
            Orphans = [.. state.Parts.Keys.Where(value => !used.Contains(value))],
        });
    }

    /// <summary>A transaction under way.</summary>
    public sealed class Transaction(State state)
    {
        /// <summary>What it has come to.</summary>
        public State State { get; private set; } = state;

        /// <summary>Carries a command of upkeep out; null: it is none.</summary>
        public CommitResult? Execute(CommitCommand command)
        {
            switch (command)
            {
                case CommitCommand.StagePart part:
                    CommandRules.Check(part);
                    var parts = State.Parts.GetValueOrDefault(part.Value) ?? ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>.Empty;
                    State = State with { Parts = State.Parts.SetItem(part.Value, parts.SetItem(part.Number, part.Part.ToArray())) };
                    break;
                case CommitCommand.PutValue put:
                    Retire(put.Key, put.Value);
                    var staged = State.Parts.GetValueOrDefault(put.Value) ?? ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>.Empty;
                    State = State with
                    {
                        Parts = State.Parts.SetItem(put.Value, staged.RemoveRange(staged.Keys.Where(number => number >= put.Parts))),
                        Values = State.Values.SetItem(put.Key, new Row(put.Stamp, put.Value, put.Length)),
                    };
                    Raise(put.Stamp);
                    break;
                case CommitCommand.RemoveValue remove:
                    Retire(remove.Key, inFavourOf: 0);
                    State = State with { Values = State.Values.Remove(remove.Key) };
                    Raise(remove.Stamp);
                    break;
                case CommitCommand.DropParts drop:
                    if (State.Values.Values.All(row => row.Value != drop.Value))
                        State = State with { Parts = State.Parts.Remove(drop.Value) };
                    break;
                default:
                    return null;
            }

            return CommitResult.Done.Instance;
        }

        private void Retire(UpkeepKey key, long inFavourOf)
        {
            if (State.Values.TryGetValue(key, out var row) && row.Value != inFavourOf)
                State = State with { Parts = State.Parts.Remove(row.Value) };
        }

        private void Raise(UpkeepStamp stamp) => State = State with
        {
            HighSequence = Math.Max(State.HighSequence, stamp.Sequence),
            HighBase = Math.Max(State.HighBase, stamp.Base),
        };
    }

    /// <summary>The tables, as the databases have them.</summary>
    public sealed record State
    {
        public ImmutableDictionary<UpkeepKey, Row> Values { get; init; } = ImmutableDictionary<UpkeepKey, Row>.Empty;

        public ImmutableDictionary<long, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>> Parts { get; init; } =
            ImmutableDictionary<long, ImmutableSortedDictionary<int, ReadOnlyMemory<byte>>>.Empty;

        public long HighSequence { get; init; }

        public long HighBase { get; init; }
    }

    /// <summary>A key's row.</summary>
    public readonly record struct Row(UpkeepStamp Stamp, long Value, long Length);
}
