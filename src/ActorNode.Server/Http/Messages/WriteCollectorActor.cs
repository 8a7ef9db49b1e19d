using System.Collections.Immutable;
using ActorNode.Protocol.Messages;
using Akka.Actor;

namespace ActorNode.Server.Http.Messages;

/// <summary>
/// Sends one request's batch and gathers each account's answer, the first one where there are several. Completes its task once: when
/// every account has answered, or with what is there when it is told to give up or is stopped. Sends the batch once, whatever happens.
/// </summary>
internal sealed class WriteCollectorActor : UntypedActor
{
    private readonly IActorRef _writer;
    private readonly ImmutableArray<MessageCommands.Write> _batch;
    private readonly TaskCompletionSource<MessageReplies.IWriteReply?[]> _done;
    private readonly MessageReplies.IWriteReply?[] _replies;
    private readonly Dictionary<AccountId, int> _open;

    public static Props Props(
        IActorRef writer, ImmutableArray<MessageCommands.Write> batch, TaskCompletionSource<MessageReplies.IWriteReply?[]> done) =>
        Akka.Actor.Props.Create(() => new WriteCollectorActor(writer, batch, done));

    public WriteCollectorActor(
        IActorRef writer, ImmutableArray<MessageCommands.Write> batch, TaskCompletionSource<MessageReplies.IWriteReply?[]> done)
    {
        _writer = writer;
        _batch = batch;
        _done = done;
        _replies = new MessageReplies.IWriteReply?[batch.Length];
        _open = new Dictionary<AccountId, int>(batch.Length);
        for (var i = 0; i < batch.Length; i++)
            _open.Add(batch[i].AccountId, i);
    }

    protected override void PreStart() => _writer.Tell(new MessageCommands.WriteBatch(_batch), Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MessageReplies.IWriteReply reply:
                if (_open.Remove(reply.AccountId, out var position))
                    _replies[position] = reply;
                if (_open.Count == 0)
                    Context.Stop(Self);
                break;
            case GiveUp:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => _done.TrySetResult(_replies);

    protected override void PostRestart(Exception reason) => Context.Stop(Self);

    /// <summary>Nobody waits any longer.</summary>
    public sealed class GiveUp
    {
        public static readonly GiveUp Instance = new();

        private GiveUp()
        {
        }
    }
}
