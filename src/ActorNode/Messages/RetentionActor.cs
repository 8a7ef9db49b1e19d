using System.Collections.Immutable;
using ActorNode.Protocol.Messages;
using ActorNode.Protocol.Services;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Messages;

/// <summary>
/// Removes messages that are older than the settings allow: a tick, re-armed when its work is done, so that rounds never overlap and
/// never queue up. Works in small commands through the commit actor, one at a time, so that writes pass in between. Keeps nothing: a
/// round that a crash or a failure cuts short is taken up by the next one.
/// </summary>
public sealed class RetentionActor : UntypedActor, IWithTimers
{
    /// <summary>What it is called among the services.</summary>
    public const string ServiceName = "retention";
    private const int AccountsAtOnce = 1_000;

    private readonly AccountContext _context;
    private readonly TimeSpan _maxAge;
    private readonly IActorRef _services;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Queue<AccountId> _accounts = [];

    /// <summary>Accounts of this round whose messages could not be removed.</summary>
    private readonly HashSet<AccountId> _failed = [];
    private CommitActor.Commit? _commit;
    private DateTimeOffset _cutoff;
    private bool _morePages;
    private long _removed;
    private string? _lastError;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(AccountContext context, TimeSpan maxAge, IActorRef services) =>
        Akka.Actor.Props.Create(() => new RetentionActor(context, maxAge, services));

    public RetentionActor(AccountContext context, TimeSpan maxAge, IActorRef services)
    {
        _context = context;
        _maxAge = maxAge;
        _services = services;
    }

    protected override void PreStart()
    {
        ScheduleTick();
        _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Ready, DependsOn: [CommitActor.ServiceName]));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                BeginRound();
                break;
            case Found found:
                OnFound(found.Accounts);
                break;
            case SearchFailed failed:
                OnFailed(failed.Error);
                break;
            case CommitActor.Committed committed when committed.Request == _commit:
                OnRemoved((CommitResult.Removed)committed.Results[0]);
                break;
            case CommitActor.Failed { Error: StoreUnavailableException } failed when failed.Request == _commit:
                OnFailed(failed.Error);
                break;
            case CommitActor.Failed failed when failed.Request == _commit:
                OnAccountFailed(failed.Error);
                break;
            case CommitActor.Committed or CommitActor.Failed:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void ScheduleTick() => Timers.StartSingleTimer(Tick.Instance, Tick.Instance, _context.Settings.Retention.Interval);

    private void BeginRound()
    {
        _accounts.Clear();
        _failed.Clear();
        _removed = 0;
        _lastError = null;
        _cutoff = _context.Clock.GetUtcNow() - _maxAge;
        Search();
    }

    private void Search()
    {
        var cutoff = _cutoff;
        Task.Run(() => _context.Store.Messages.AccountsOlderThanAsync(cutoff, AccountsAtOnce, CancellationToken.None).AsTask())
            .PipeTo(Self, success: accounts => new Found(accounts), failure: error => new SearchFailed(error));
    }

    private void OnFound(ImmutableArray<AccountId> accounts)
    {
        // Accounts that failed are found again, first of all: a page of nothing else would be found for ever.
        _morePages = accounts.Length == AccountsAtOnce && !accounts.All(_failed.Contains);
        foreach (var account in accounts)
        {
            if (!_failed.Contains(account))
                _accounts.Enqueue(account);
        }

        RemoveNext();
    }

    private void RemoveNext()
    {
        if (_accounts.TryPeek(out var account))
        {
            _commit = new CommitActor.Commit([
                new CommitCommand.Remove(account, long.MaxValue, _cutoff, _context.Settings.Retention.ChunkMessages)]);
            _context.Commit.Tell(_commit);
        }
        else if (_morePages)
        {
            Search();
        }
        else
        {
            EndRound();
        }
    }

    private void OnRemoved(CommitResult.Removed removed)
    {
        _removed += removed.Count;
        if (!removed.More)
            _accounts.Dequeue();
        RemoveNext();
    }

    /// <summary>The account's own fault, its data are damaged: the others' old messages go all the same.</summary>
    private void OnAccountFailed(Exception error)
    {
        var account = _accounts.Dequeue();
        _failed.Add(account);
        _lastError = error.Message;
        _log.Error(error, "Old messages of account {AccountId} cannot be removed", account);
        RemoveNext();
    }

    private void EndRound()
    {
        if (_removed > 0)
            _log.Info("Removed {Messages} messages received before {Cutoff}", _removed, _cutoff);
        ScheduleTick();
        _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Ready, _lastError));
    }

    private void OnFailed(Exception error)
    {
        _commit = null;
        _log.Warning(error, "Removing old messages failed after {Messages}; the next round goes on", _removed);
        ScheduleTick();
        _services.Tell(new ServiceCommands.Report(ServiceName, ServiceState.Ready, error.Message));
    }

    private sealed record Found(ImmutableArray<AccountId> Accounts);

    private sealed record SearchFailed(Exception Error);

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
