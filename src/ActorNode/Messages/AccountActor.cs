using System.Collections.Immutable;
using System.Diagnostics;
using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;

namespace ActorNode.Messages;

/// <summary>
/// The only writer of one account. Keeps its commands in order, hands them to the commit actor, at most one transaction under way, and
/// answers each after the durable commit.
/// <para>
/// Ordering: commands are committed in the order of arrival. Duplicates: a repeated message id is written once, whoever repeats it.
/// Restart: everything acknowledged is in the database; what was accepted and not committed is answered with a
/// <see cref="MessageReplies.Nack"/> when this actor is restarted or stopped, and lost when the process dies: its sender has no answer
/// and sends again. Sequences go on from the database. A command that the store refuses for its own fault is refused alone. A failing
/// store is tried again with capped back-off, order kept; then the account degrades: refuses what it holds and what comes, and probes
/// until the store works again.
/// </para>
/// </summary>
public sealed class AccountActor : UntypedActor, IWithTimers
{
    private readonly AccountId _account;
    private readonly AccountContext _context;

    /// <summary>Accepted, in order of arrival. The first <see cref="_underWay"/> of them are in <see cref="_commit"/>.</summary>
    private readonly AccountQueue _queue;

    private CommitActor.Commit? _commit;
    private int _underWay;
    private AccountHealth _health;
    private bool _leaving;
    private bool _stopping;
    private AccountFollowers? _followers;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(AccountId account, AccountContext context) => Akka.Actor.Props.Create(() => new AccountActor(account, context));

    public AccountActor(AccountId account, AccountContext context)
    {
        _account = account;
        _context = context;
        _queue = new AccountQueue(context.Settings, context.Budget);
        SetReceiveTimeout(context.Settings.PassivateAfter);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MessageCommands.Write write:
                OnWrite(write);
                break;
            case CommitActor.Committed committed when committed.Request == _commit:
                OnCommitted(committed.Results);
                break;
            case CommitActor.Failed failed when failed.Request == _commit:
                if (failed.Error is StoreUnavailableException || _underWay == 0)
                    OnStoreFailed(failed.Error);
                else
                    OnCommandFailed(failed.Error);
                break;
            case CommitActor.Committed or CommitActor.Failed:
                // The outcome of an earlier incarnation's request, which has answered its senders.
                break;
            case RetryTick:
                CommitNext();
                break;
            case MessageCommands.Remove remove:
                OnRemove(remove);
                break;
            case MessageCommands.Follow when _leaving:
                // The parent keeps what comes while this actor stops, and hands it to the successor.
                Context.Parent.Forward(message);
                break;
            case MessageCommands.Follow:
                Followers.Add(Sender);
                break;
            case MessageCommands.Unfollow:
                _followers?.Remove(Sender);
                break;
            case Terminated terminated:
                _followers?.Remove(terminated.ActorRef);
                break;
            case AccountFollowers.RangeRead read:
                Followers.OnRangeRead(read);
                break;
            case ReceiveTimeout:
                OnIdle();
                break;
            case Stop:
                _stopping = true;
                StopWhenDone();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private AccountFollowers Followers => _followers ??= new AccountFollowers(_account, Context, _context.Store);

    private void OnWrite(MessageCommands.Write write)
    {
        if (!WriteRules.Check(write, _context.Settings, out var bytes, out var refusal))
            Refuse(refusal);
        else if (Refusal(write.RequestId) is { } notNow)
            Refuse(notNow);
        else if (!_queue.TryTakeRoom(write.Messages.Length, bytes))
            Busy(write.RequestId);
        else
            Accept(new PendingCommand(
                new CommitCommand.Append(_account, write.Messages, _context.Clock.GetUtcNow()), Sender, write.RequestId, Stopwatch.GetTimestamp(), bytes));
    }

    private void OnRemove(MessageCommands.Remove remove)
    {
        if (remove.UpTo < 1)
            Sender.Tell(new MessageReplies.Nack(_account, NackReason.Invalid, "upTo must be 1 or more", RequestId: remove.RequestId));
        else if (Refusal(remove.RequestId) is { } notNow)
            Sender.Tell(notNow);
        else if (!_queue.HasRoom)
            Busy(remove.RequestId);
        else
            Accept(new PendingCommand(
                new CommitCommand.Remove(_account, remove.UpTo, Before: null, _context.Settings.Retention.ChunkMessages),
                Sender, remove.RequestId, Stopwatch.GetTimestamp(), Bytes: 0));
    }

    private MessageReplies.Nack? Refusal(long requestId)
    {
        if (_stopping)
            return new MessageReplies.Nack(_account, NackReason.Stopping, "the node is shutting down", RequestId: requestId);
        return _health.Degraded
            ? new MessageReplies.Nack(_account, NackReason.Degraded, "the account's storage keeps failing", _context.Settings.MaxBackoff, requestId)
            : null;
    }

    private void Refuse(MessageReplies.Nack nack)
    {
        MessagesMetrics.Refused(nack.Reason);
        Sender.Tell(nack);
    }

    private void Busy(long requestId)
    {
        MessagesMetrics.Busy();
        Sender.Tell(new MessageReplies.Busy(_account, _context.Settings.BusyRetryAfter, requestId));
    }

    private void Accept(PendingCommand pending)
    {
        _queue.Enqueue(pending);
        if (_health.Failures == 0)
            CommitNext();
    }

    /// <summary>Sends the head of the queue to the commit actor: as before when it is tried again, since nothing leaves the queue unanswered.</summary>
    private void CommitNext()
    {
        if (_commit is not null)
            return;
        var commands = _queue.Head();
        _underWay = commands.Length;
        if (commands.IsEmpty && _health.Degraded)
            commands = [new CommitCommand.Probe()];
        if (commands.IsEmpty)
            return;
        _commit = new CommitActor.Commit(commands);
        _context.Commit.Tell(_commit);
    }

    private void OnCommitted(ImmutableArray<CommitResult> results)
    {
        _commit = null;
        if (_health.Failures > 0)
            OnHealed();
        for (var i = 0; i < _underWay; i++)
        {
            var pending = _queue.Dequeue(out _);
            switch (results[i])
            {
                case CommitResult.Appended appended:
                    OnAppended(pending, appended);
                    break;
                case CommitResult.Removed removed:
                    OnRemoved(pending, removed);
                    break;
            }
        }

        CommitNext();
        StopWhenDone();
    }

    private void OnAppended(PendingCommand pending, CommitResult.Appended appended)
    {
        MessagesMetrics.Written(appended.Written, appended.Duplicates, Stopwatch.GetElapsedTime(pending.AcceptedAt));
        pending.Sender.Tell(new MessageReplies.Ack(
            _account, appended.First, appended.Last, appended.Written, appended.Duplicates, pending.RequestId));
        _followers?.Advance(appended.AccountLast);
    }

    private void OnRemoved(PendingCommand pending, CommitResult.Removed removed)
    {
        var count = pending.Removed + removed.Count;
        var command = (CommitCommand.Remove)pending.Command;
        if (removed.More)
            // The rest later, but never what was written meanwhile.
            _queue.Enqueue(pending with { Command = command with { UpTo = Math.Min(command.UpTo, removed.Range.Last) }, Removed = count });
        else
            pending.Sender.Tell(new MessageReplies.Removed(_account, removed.Range, count, pending.RequestId));
    }

    /// <summary>The store works, but not for one of the commands: waiting would not help.</summary>
    private void OnCommandFailed(Exception error)
    {
        _commit = null;
        if (_health.Failures > 0)
            OnHealed();
        if (_underWay > 1)
        {
            _queue.MarkSuspects(_underWay);
        }
        else
        {
            Context.GetLogger().Error(error, "A command to account {AccountId} failed and is refused", _account);
            RefuseHead(NackReason.Degraded, error.Message, _context.Settings.MaxBackoff);
        }

        CommitNext();
        StopWhenDone();
    }

    private void OnStoreFailed(Exception error)
    {
        _commit = null;
        if (error is StoreUnavailableException { OutcomeUnknown: true })
            _queue.MarkUncertain(_underWay);
        var before = _health;
        _health = _health.Failed(_context.Settings);
        MessagesMetrics.Retried();
        if (_health.Degraded && !before.Degraded)
            OnDegraded(error);
        Timers.StartSingleTimer(RetryTick.Instance, RetryTick.Instance, _health.Wait(_context.Settings, _context.Random.NextDouble()));
        StopWhenDone();
    }

    private void OnDegraded(Exception error)
    {
        MessagesMetrics.Degraded(1);
        Context.GetLogger().Error(error, "Account {AccountId} is degraded after {Failures} failures, {Messages} messages are refused",
            _account, _health.Failures, _queue.Messages);
        Context.System.EventStream.Publish(new MessageEvents.AccountDegraded(_account, error.Message, _context.Clock.GetUtcNow()));
        RefuseAll(NackReason.Degraded, $"storage failed {_health.Failures} times: {error.Message}", _context.Settings.MaxBackoff);
    }

    private void OnHealed()
    {
        var degraded = _health.Degraded;
        _health = AccountHealth.Good;
        Timers.Cancel(RetryTick.Instance);
        if (!degraded)
            return;
        MessagesMetrics.Degraded(-1);
        Context.GetLogger().Info("Account {AccountId} takes writes again", _account);
        Context.System.EventStream.Publish(new MessageEvents.AccountRecovered(_account, _context.Clock.GetUtcNow()));
    }

    private void RefuseAll(NackReason reason, string detail, TimeSpan? retryAfter)
    {
        while (_queue.Count > 0)
            RefuseHead(reason, detail, retryAfter);
    }

    private void RefuseHead(NackReason reason, string detail, TimeSpan? retryAfter)
    {
        var pending = _queue.Dequeue(out var uncertain);
        var why = uncertain ? NackReason.OutcomeUnknown : reason;
        MessagesMetrics.Refused(why);
        pending.Sender.Tell(new MessageReplies.Nack(_account, why, detail, retryAfter, pending.RequestId));
    }

    private void OnIdle()
    {
        if (_queue.Count > 0 || _commit is not null || _health.Failures > 0 || _followers is { Any: true })
            return;
        _leaving = true;
        Context.Parent.Tell(new Passivate(Stop.Instance));
    }

    private void StopWhenDone()
    {
        if (_stopping && _queue.Count == 0)
            Context.Stop(Self);
    }

    /// <summary>What failed was not the followers' fault: they follow the next incarnation, which tells them anew where the account stands.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        _followers?.MoveToNextIncarnation();
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        if (_health.Degraded)
            MessagesMetrics.Degraded(-1);
        if (_commit is not null)
            _queue.MarkUncertain(_underWay);
        RefuseAll(NackReason.Stopping, "the account was stopped before this was committed", retryAfter: null);
    }

    /// <summary>Finish what was accepted, then stop.</summary>
    public sealed class Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed class RetryTick
    {
        public static readonly RetryTick Instance = new();
    }
}
