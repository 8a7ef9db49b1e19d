using System.Collections.Immutable;
using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorNode.Jobs.Bridges;

/// <summary>
/// All bridges of the node, event-sourced: there are dozens. What was answered is stored, and then in the book. Stops at a failure of its store;
/// what waited for that is answered <see cref="BridgeReplies.Unavailable"/>. Whether a bridge is in use is asked beside its turns: a job that is
/// created meanwhile may find itself without its bridge, and says so when it runs.
/// </summary>
internal sealed class BridgesActor : UntypedPersistentActor
{
    private const int SnapshotEvery = 200;

    private readonly BridgeBook _book;
    private readonly Func<string, bool> _isAdapter;
    private readonly Func<string, Task<ImmutableArray<JobId>>> _users;
    private readonly SnapshotSchedule _snapshots = new(SnapshotEvery);
    private ImmutableDictionary<string, BridgeType> _bridges = ImmutableDictionary.Create<string, BridgeType>(StringComparer.Ordinal);

    /// <param name="book">Where running tasks read the bridges.</param>
    /// <param name="isAdapter">Whether an adapter of the node has a name, in lower case. Thread-safe.</param>
    /// <param name="users">The jobs that are not archived and have a task of a name; some of many. Thread-safe.</param>
    public static Props Props(BridgeBook book, Func<string, bool> isAdapter, Func<string, Task<ImmutableArray<JobId>>> users) =>
        Akka.Actor.Props.Create(() => new BridgesActor(book, isAdapter, users));

    public BridgesActor(BridgeBook book, Func<string, bool> isAdapter, Func<string, Task<ImmutableArray<JobId>>> users) =>
        (_book, _isAdapter, _users) = (book, isAdapter, users);

    /// <inheritdoc/>
    public override string PersistenceId => "bridges";

    /// <inheritdoc/>
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case IBridgeEvent bridgeEvent:
                Apply(bridgeEvent);
                break;
            case SnapshotOffer { Snapshot: BridgesSnapshot snapshot } offer:
                _bridges = _bridges.Clear().AddRange(snapshot.Bridges.Select(bridge => KeyValuePair.Create(bridge.Name, bridge.ToBridge())));
                _snapshots.Recovered(offer.Metadata.SequenceNr);
                break;
            case RecoveryCompleted:
                _book.Publish(_bridges);
                break;
            default:
                throw new InvalidOperationException($"the journal of {PersistenceId} holds a {message.GetType().Name}");
        }
    }

    /// <inheritdoc/>
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case BridgeQueries.Find query:
                Sender.Tell(Find(query.Name) is { } found ? new BridgeReplies.Found(found) : new BridgeReplies.NotFound(query.Name));
                break;
            case BridgeQueries.List:
                Sender.Tell(new BridgeReplies.All([.. _bridges.Values.OrderBy(bridge => bridge.Name, StringComparer.Ordinal)]));
                break;
            case BridgeCommands.Create create:
                OnCreate(create);
                break;
            case BridgeCommands.Update update:
                OnUpdate(update);
                break;
            case BridgeCommands.Delete delete:
                OnDelete(delete);
                break;
            case UsersKnown known:
                OnUsersKnown(known);
                break;
            case UsersUnknown unknown:
                Log.Warning(unknown.Error, "It is not known which jobs use the bridge {Bridge}", unknown.Name);
                Sender.Tell(BridgeReplies.Unavailable.Instance);
                break;
            case SaveSnapshotSuccess saved:
                if (_snapshots.Saved(saved.Metadata.SequenceNr) is > 0 and var before)
                {
                    DeleteMessages(before);
                    DeleteSnapshots(new SnapshotSelectionCriteria(before - 1));
                }

                break;
            case SaveSnapshotFailure failed:
                _snapshots.Failed();
                Log.Warning(failed.Cause, "The snapshot of the bridges could not be saved");
                break;
            case DeleteMessagesSuccess or DeleteSnapshotsSuccess:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnCreate(BridgeCommands.Create create)
    {
        if (BridgeRules.Problems(create.Name, create.Url, name => _isAdapter(name) || _bridges.ContainsKey(name)) is { IsEmpty: false } problems)
        {
            Sender.Tell(new BridgeReplies.Refused(problems));
            return;
        }

        var (incoming, salt) = (Credentials.NewToken(), Credentials.NewToken());
        var bridge = new BridgeType(
            create.Name.ToLowerInvariant(),
            create.Url,
            create.Confirmations,
            Credentials.HashOfBridgeToken(incoming, salt),
            salt,
            new Secret(Credentials.NewToken()),
            create.MinimumContractPayment);
        Store(BridgePut.Of(bridge), new BridgeReplies.Created(bridge, new Secret(incoming)));
    }

    private void OnUpdate(BridgeCommands.Update update)
    {
        if (Find(update.Name) is not { } bridge)
        {
            Sender.Tell(new BridgeReplies.NotFound(update.Name));
            return;
        }

        if (update.Url is { } url && !BridgeRules.IsUrl(url))
        {
            Sender.Tell(new BridgeReplies.Refused(["Invalid URL format"]));
            return;
        }

        bridge = bridge with
        {
            Url = update.Url ?? bridge.Url,
            Confirmations = update.Confirmations ?? bridge.Confirmations,
            MinimumContractPayment = update.MinimumContractPayment is { } payment ? payment.Amount : bridge.MinimumContractPayment,
        };
        Store(BridgePut.Of(bridge), new BridgeReplies.Updated(bridge));
    }

    private void OnDelete(BridgeCommands.Delete delete)
    {
        if (Find(delete.Name) is not { } bridge)
        {
            Sender.Tell(new BridgeReplies.NotFound(delete.Name));
            return;
        }

        var name = bridge.Name;
        Task.Run(() => _users(name)).PipeTo(Self, Sender, success: jobs => new UsersKnown(name, jobs), failure: error => new UsersUnknown(name, error));
    }

    private void OnUsersKnown(UsersKnown known)
    {
        if (Find(known.Name) is not { } bridge)
            Sender.Tell(new BridgeReplies.NotFound(known.Name));
        else if (!known.Jobs.IsEmpty)
            Sender.Tell(new BridgeReplies.InUse(known.Name, known.Jobs));
        else
            Store(new BridgeDeleted(known.Name), new BridgeReplies.Deleted(bridge));
    }

    private BridgeType? Find(string name) => _bridges.GetValueOrDefault(name.ToLowerInvariant());

    private void Store(IBridgeEvent bridgeEvent, object reply) => Persist(bridgeEvent, stored =>
    {
        Apply(stored);
        _book.Publish(_bridges);
        Sender.Tell(reply);
        if (_snapshots.Begin(LastSequenceNr))
            SaveSnapshot(new BridgesSnapshot([.. _bridges.Values.Select(BridgePut.Of)]));
    });

    private void Apply(IBridgeEvent bridgeEvent) => _bridges = bridgeEvent switch
    {
        BridgePut put => _bridges.SetItem(put.Name, put.ToBridge()),
        BridgeDeleted deleted => _bridges.Remove(deleted.Name),
        _ => throw new InvalidOperationException($"{bridgeEvent.GetType().Name} is no event of bridges"),
    };

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        Sender.Tell(BridgeReplies.Unavailable.Instance);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        Sender.Tell(BridgeReplies.Unavailable.Instance);
        // What waits for the event would wait for ever.
        Context.Stop(Self);
    }

    private sealed record UsersKnown(string Name, ImmutableArray<JobId> Jobs);

    private sealed record UsersUnknown(string Name, Exception Error);
}
