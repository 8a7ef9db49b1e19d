using System.Collections.Immutable;
using System.Text;
using ActorNode.Protocol.Messages;
using Akka.Actor;

namespace ActorNode.Server.Sandbox.Parts;

/// <summary>
/// One account's sender and reader: writes batches, sends again whatever was not acknowledged, and reads back what was. Acknowledged means
/// readable: each message once, in order, with its body. One call at a time.
/// </summary>
internal sealed class AccountTraffic(AccountId account, string run)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int PageSize = 500;

    private readonly Queue<long> _acknowledged = new();
    private ImmutableArray<Message> _underWay = [];
    private long _sent;
    private long _readUpTo = -1;

    public AccountId Account => account;

    public long Acknowledged { get; private set; }

    public long Verified { get; private set; }

    public long Repeated { get; private set; }

    /// <summary>Messages sent whose outcome is not known yet.</summary>
    public int Pending => _underWay.Length;

    /// <summary>What was wrong with what was read; null: nothing.</summary>
    public string? Problem { get; private set; }

    /// <summary>Writes so many messages, or those of the last batch again if they were not acknowledged. Returns how long to wait before more.</summary>
    public async Task<TimeSpan> WriteAsync(IActorRef writer, int count, CancellationToken cancellationToken)
    {
        if (_underWay.IsEmpty)
            _underWay = [.. Enumerable.Range(0, count).Select(i => New(_sent + i))];
        else
            Repeated += _underWay.Length;
        var batch = new MessageCommands.WriteBatch([new MessageCommands.Write(account, _underWay)]);
        switch (await writer.Ask<MessageReplies.IWriteReply>(batch, Patience, cancellationToken))
        {
            case MessageReplies.Ack ack when ack.Last - ack.First + 1 == _underWay.Length:
                if (_readUpTo < 0)
                    _readUpTo = ack.First - 1;
                for (var i = 0; i < _underWay.Length; i++)
                    _acknowledged.Enqueue(_sent + i);
                Acknowledged += _underWay.Length;
                _sent += _underWay.Length;
                _underWay = [];
                return TimeSpan.Zero;
            case MessageReplies.Ack ack:
                Problem ??= $"{account}: {_underWay.Length} messages were acknowledged at {ack.First} to {ack.Last}";
                _underWay = [];
                return TimeSpan.Zero;
            case MessageReplies.Busy busy:
                return busy.RetryAfter;
            case MessageReplies.Nack { RetryAfter: { } after }:
                return after;
            case MessageReplies.Nack { Reason: NackReason.Invalid or NackReason.TooLarge } nack:
                Problem ??= $"{account}: refused: {nack.Detail}";
                _underWay = [];
                return TimeSpan.Zero;
            default:
                return TimeSpan.FromMilliseconds(100);
        }
    }

    /// <summary>Reads back everything that is acknowledged and was not read yet.</summary>
    public async Task VerifyAsync(IActorRef reader, CancellationToken cancellationToken)
    {
        while (_acknowledged.Count > 0 && Problem is null)
        {
            switch (await reader.Ask(new MessageQueries.PageAfter(account, _readUpTo, Math.Min(PageSize, _acknowledged.Count)), Patience, cancellationToken))
            {
                case MessageReplies.Page { Messages: [_, ..] page }:
                    foreach (var message in page)
                        Verify(message);
                    break;
                case MessageReplies.Page:
                    Problem = $"{account}: {_acknowledged.Count} acknowledged messages after {_readUpTo} cannot be read";
                    break;
                case MessageReplies.Gone gone:
                    Problem = $"{account}: acknowledged messages after {_readUpTo} are gone; the first one is {gone.First}";
                    break;
                default:
                    // The store does not work now: later.
                    return;
            }
        }
    }

    private void Verify(StoredMessage stored)
    {
        if (Problem is not null)
            return;
        var expected = New(_acknowledged.Dequeue());
        if (stored.Sequence != _readUpTo + 1 || stored.Id != expected.Id || !stored.Body.Span.SequenceEqual(expected.Body.Span))
            Problem = $"{account}: at {stored.Sequence} is '{stored.Id}', but '{expected.Id}' was acknowledged at {_readUpTo + 1}";
        _readUpTo = stored.Sequence;
        Verified++;
    }

    private Message New(long number) => new(new MessageId($"{run}-{number}"), Encoding.UTF8.GetBytes($"message {number} of {account}"));
}
