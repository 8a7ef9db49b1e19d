using System.Collections.Immutable;
using ActorNode.Protocol.Messages;
using Akka.Actor;
using static ActorNode.Protocol.Messages.MessageReplies;

namespace ActorNode.Server.Tests.Http;

/// <summary>
/// Stands in for the message actors: keeps messages in memory by the rules of the protocol, and lets a test answer in their place. Thread-safe.
/// </summary>
public sealed class StandInMessages
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AccountId, Inbox> _inboxes = [];
    private readonly HashSet<(AccountId, IActorRef)> _followers = [];
    private readonly List<object> _seen = [];

    /// <summary>Answers a write in place of the account; null stands for silence.</summary>
    public Func<MessageCommands.Write, IWriteReply?>? AnswerWrite { get; set; }

    /// <summary>Answers any other message in place of the actors when it returns something; <see cref="Silence"/> stands for no answer.</summary>
    public Func<object, object?>? AnswerOther { get; set; }

    public static object Silence { get; } = new();

    /// <summary>Every message that arrived, in order.</summary>
    public ImmutableArray<object> Seen
    {
        get
        {
            lock (_lock)
                return [.. _seen];
        }
    }

    public int Followers
    {
        get
        {
            lock (_lock)
                return _followers.Count;
        }
    }

    /// <summary>Appends and tells the followers, as a commit does.</summary>
    public void Append(string account, params (string Id, byte[] Body)[] messages) =>
        Write(new MessageCommands.Write(new AccountId(account), [.. messages.Select(m => new Message(new MessageId(m.Id), m.Body))]));

    public Removed Remove(string account, long upTo) => (Removed)Handle(new MessageCommands.Remove(new AccountId(account), upTo), ActorRefs.Nobody)!;

    public IWriteReply? Answer(MessageCommands.Write write)
    {
        lock (_lock)
            _seen.Add(write);
        return AnswerWrite is { } answer ? answer(write) : Write(write);
    }

    public object? Handle(object message, IActorRef sender)
    {
        lock (_lock)
            _seen.Add(message);
        if (AnswerOther?.Invoke(message) is { } answer)
            return ReferenceEquals(answer, Silence) ? null : answer;
        return ByTheRules(message, sender);
    }

    /// <summary>What a query finds, without leaving a trace.</summary>
    public object Peek(object query) => ByTheRules(query, ActorRefs.Nobody)!;

    private object? ByTheRules(object message, IActorRef sender)
    {
        lock (_lock)
        {
            switch (message)
            {
                case MessageCommands.Follow follow:
                    _followers.Add((follow.AccountId, sender));
                    return new Following(follow.AccountId, Of(follow.AccountId)?.Last ?? 0);
                case MessageCommands.Unfollow unfollow:
                    _followers.Remove((unfollow.AccountId, sender));
                    return null;
                case MessageCommands.Remove remove:
                    var inbox = Of(remove.AccountId) ?? new Inbox();
                    var count = inbox.Messages.RemoveAll(m => m.Sequence <= remove.UpTo);
                    return new Removed(remove.AccountId, inbox.Range, count);
                case MessageQueries.AccountsAfter query:
                    var all = _inboxes.Where(i => query.After is not { } after || string.CompareOrdinal(i.Key.Value, after.Value) > 0)
                        .OrderBy(i => i.Key.Value, StringComparer.Ordinal).Take(query.Limit).Select(i => new AccountRange(i.Key, i.Value.Range)).ToImmutableArray();
                    return new Accounts(all, all.IsEmpty ? null : all[^1].AccountId);
                case MessageQueries.ById query:
                    return Of(query.AccountId)?.Messages.Find(m => m.Id == query.Id) is { } found
                        ? new Found(query.AccountId, found)
                        : new NotFound(query.AccountId, query.Id);
                case MessageQueries.PageAfter query:
                    return PageAfter(query.AccountId, query.Sequence, query.Limit);
                case MessageQueries.PageAfterId query:
                    return Of(query.AccountId)?.Messages.Find(m => m.Id == query.Id) is { } start
                        ? PageAfter(query.AccountId, start.Sequence, query.Limit)
                        : new NotFound(query.AccountId, query.Id);
                default:
                    throw new InvalidOperationException($"unexpected {message}");
            }
        }
    }

    private object PageAfter(AccountId account, long after, int limit)
    {
        if (Of(account) is not { } inbox)
            return new Page(account, [], null);
        if (after + 1 < inbox.Range.First)
            return new Gone(account, inbox.Range.First);
        var messages = inbox.Messages.Where(m => m.Sequence > after).Take(limit).ToImmutableArray();
        return new Page(account, messages, messages.IsEmpty ? null : messages[^1].Sequence);
    }

    private Ack Write(MessageCommands.Write write)
    {
        Ack ack;
        IActorRef[] followers;
        var before = 0L;
        lock (_lock)
        {
            var inbox = Of(write.AccountId) ?? (_inboxes[write.AccountId] = new Inbox());
            before = inbox.Last;
            var places = new List<long>();
            var duplicates = 0;
            foreach (var message in write.Messages)
            {
                var known = inbox.Messages.Find(m => m.Id == message.Id);
                duplicates += known is null ? 0 : 1;
                if (known is null)
                    inbox.Messages.Add(new StoredMessage(++inbox.Last, message.Id, message.Body, DateTimeOffset.UnixEpoch.AddSeconds(inbox.Last)));
                places.Add(known?.Sequence ?? inbox.Last);
            }

            ack = new Ack(write.AccountId, places.Min(), places.Max(), places.Count - duplicates, duplicates, write.RequestId);
            followers = before == inbox.Last ? [] : [.. _followers.Where(f => f.Item1 == write.AccountId).Select(f => f.Item2)];
        }

        foreach (var follower in followers)
            follower.Tell(new MessageEvents.Committed(write.AccountId, before + 1, ack.Last), ActorRefs.NoSender);
        return ack;
    }

    private Inbox? Of(AccountId account) => _inboxes.GetValueOrDefault(account);

    private sealed class Inbox
    {
        public List<StoredMessage> Messages { get; } = [];

        public long Last { get; set; }

        public MessageRange Range => new(Messages.Count > 0 ? Messages[0].Sequence : Last + 1, Last);
    }
}

/// <summary>The stand-in as an actor: for writer, accounts and reader alike.</summary>
public sealed class StandInActor : UntypedActor
{
    private readonly StandInMessages _messages;

    public static Props Props(StandInMessages messages) => Akka.Actor.Props.Create(() => new StandInActor(messages));

    public StandInActor(StandInMessages messages) => _messages = messages;

    protected override void OnReceive(object message)
    {
        if (message is MessageCommands.WriteBatch batch)
        {
            foreach (var write in batch.Accounts)
            {
                if (_messages.Answer(write) is { } reply)
                    Sender.Tell(reply, Self);
            }
        }
        else if (_messages.Handle(message, Sender) is { } reply)
        {
            Sender.Tell(reply, Self);
        }
    }
}

/// <summary>Stands in for the services actor: answers what the test says, null is silence.</summary>
public sealed class StandInServicesActor : UntypedActor
{
    private readonly Func<object?> _answer;

    public static Props Props(Func<object?> answer) => Akka.Actor.Props.Create(() => new StandInServicesActor(answer));

    public StandInServicesActor(Func<object?> answer) => _answer = answer;

    protected override void OnReceive(object message)
    {
        if (_answer() is { } reply)
            Sender.Tell(reply, Self);
    }
}
