using ActorNode.Protocol.Messages;
using Akka;
using Akka.Actor;

namespace ActorNode.Messages;

/// <summary>
/// Splits a batch keyed by account into one write for each account. The accounts answer the batch's sender themselves, each for itself:
/// a slow or failing one delays nobody. Batches of one sender keep their order per account. Holds nothing.
/// </summary>
public sealed class MessageWriterActor : UntypedActor
{
    private readonly IActorRef _accounts;
    private bool _stopping;

    public static Props Props(IActorRef accounts) => Akka.Actor.Props.Create(() => new MessageWriterActor(accounts));

    public MessageWriterActor(IActorRef accounts) => _accounts = accounts;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MessageCommands.WriteBatch batch:
                OnWriteBatch(batch);
                break;
            case MessageCommands.Write write:
                Route(write);
                break;
            case StopAccepting:
                _stopping = true;
                Sender.Tell(Done.Instance);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnWriteBatch(MessageCommands.WriteBatch batch)
    {
        if (batch.Accounts.IsDefault)
            return;
        var seen = new HashSet<AccountId>(batch.Accounts.Length);
        foreach (var write in batch.Accounts)
        {
            if (seen.Add(write.AccountId))
                Route(write);
            else
                Refuse(write, NackReason.Invalid, "account stands in the batch twice");
        }
    }

    private void Route(MessageCommands.Write write)
    {
        if (_stopping)
            Refuse(write, NackReason.Stopping, "the node is shutting down");
        else if (TextRule.Problem(write.AccountId.Value) is { } problem)
            // Checked here too: an empty id has no actor to refuse it.
            Refuse(write, NackReason.Invalid, $"account {problem}");
        else
            _accounts.Forward(write);
    }

    private void Refuse(MessageCommands.Write write, NackReason reason, string detail)
    {
        MessagesMetrics.Refused(reason);
        Sender.Tell(new MessageReplies.Nack(write.AccountId, reason, detail, RequestId: write.RequestId));
    }

    /// <summary>Refuse every write from now on. Reply: <see cref="Done"/>, after which the accounts get no more of them.</summary>
    public sealed class StopAccepting
    {
        public static readonly StopAccepting Instance = new();

        private StopAccepting()
        {
        }
    }
}
