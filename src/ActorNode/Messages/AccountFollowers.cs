using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Messages;

/// <summary>
/// The followers of one account, part of its actor and used on its turns only. Tells each, after a commit, which sequences are new.
/// Made when the first one comes: accounts without followers pay a null for it.
/// </summary>
internal sealed class AccountFollowers(AccountId account, IActorContext context, INodeStore store)
{
    private readonly HashSet<IActorRef> _followers = [];

    /// <summary>Those who wait for the account's last sequence to be read.</summary>
    private readonly List<IActorRef> _joining = [];

    /// <summary>The account's last sequence; null until it is known from a commit or a read.</summary>
    private long? _last;

    private bool _reading;

    /// <summary>The account is being followed.</summary>
    public bool Any => _followers.Count + _joining.Count > 0;

    /// <summary>Registers a follower and tells it where the account stands; what is committed after that it is told as it happens.</summary>
    public void Add(IActorRef follower)
    {
        context.Watch(follower);
        if (_last is { } last)
        {
            _followers.Add(follower);
            follower.Tell(new MessageReplies.Following(account, last));
            return;
        }

        _joining.Add(follower);
        if (_reading)
            return;
        _reading = true;
        Task.Run(() => store.Messages.RangeAsync(account, CancellationToken.None).AsTask())
            .PipeTo(context.Self, success: range => new RangeRead(range?.Last ?? 0, null), failure: error => new RangeRead(0, error));
    }

    /// <summary>No-op for one that does not follow.</summary>
    public void Remove(IActorRef follower)
    {
        context.Unwatch(follower);
        _followers.Remove(follower);
        _joining.RemoveAll(follower.Equals);
    }

    /// <summary>The account's actor is being restarted: all follow again, behind what waits in its mailbox.</summary>
    public void MoveToNextIncarnation()
    {
        foreach (var follower in _followers.Union(_joining))
            context.Self.Tell(new MessageCommands.Follow(account), follower);
    }

    /// <summary>The account's last sequence was read for those who are joining.</summary>
    public void OnRangeRead(RangeRead read)
    {
        _reading = false;
        if (read.Error is null)
            _last = Math.Max(_last ?? 0, read.Last);
        foreach (var follower in _joining)
        {
            if (_last is { } last && _followers.Add(follower))
                follower.Tell(new MessageReplies.Following(account, last));
            else if (_last is null)
                follower.Tell(new MessageReplies.QueryFailed($"the account could not be read: {read.Error?.Message}", Invalid: false));
        }

        _joining.Clear();
    }

    /// <summary>
    /// A commit left the account at this last sequence. Everything after the last one known is announced, so that messages of a commit
    /// whose outcome was unknown are announced with the next.
    /// </summary>
    public void Advance(long last)
    {
        if (last <= _last)
            return; // A read for a new follower was faster than the commit's answer.
        var first = _last + 1 ?? last + 1;
        _last = last;
        if (first > last || _followers.Count == 0)
            return;
        var committed = new MessageEvents.Committed(account, first, last);
        foreach (var follower in _followers)
            follower.Tell(committed);
    }

    /// <summary>The account's last sequence, or why it could not be read.</summary>
    public sealed record RangeRead(long Last, Exception? Error);
}
