using ActorNode.Protocol.Messages;
using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Messages;

/// <summary>
/// Answers queries from the database, a bounded number at once, the rest in order of arrival; too many waiting are refused. Sees what is
/// committed: a query sent after an <see cref="MessageReplies.Ack"/> was received sees its messages. Queries overtake each other.
/// </summary>
public sealed class MessageReaderActor : UntypedActor
{
    private readonly IMessageReader _reader;
    private readonly MessagesSettings _settings;
    private readonly Queue<(object Query, IActorRef Sender)> _waiting = [];
    private int _running;

    public static Props Props(IMessageReader reader, MessagesSettings settings) =>
        Akka.Actor.Props.Create(() => new MessageReaderActor(reader, settings));

    public MessageReaderActor(IMessageReader reader, MessagesSettings settings)
    {
        _reader = reader;
        _settings = settings;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case MessageQueries.PageAfter or MessageQueries.PageAfterId or MessageQueries.ById or MessageQueries.AccountsAfter:
                OnQuery(message);
                break;
            case ReadDone done:
                done.Sender.Tell(done.Reply);
                _running--;
                if (_waiting.TryDequeue(out var next))
                    Run(next.Query, next.Sender);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnQuery(object query)
    {
        if (MessagePages.Problem(query, _settings) is { } problem)
            Sender.Tell(new MessageReplies.QueryFailed(problem, Invalid: true));
        else if (_running < _settings.ParallelReads)
            Run(query, Sender);
        else if (_waiting.Count < _settings.MaxWaitingReads)
            _waiting.Enqueue((query, Sender));
        else
            Sender.Tell(new MessageReplies.QueryFailed($"{_waiting.Count} reads are waiting already", Invalid: false));
    }

    private void Run(object query, IActorRef sender)
    {
        _running++;
        // A store may read synchronously: it must not do so on this actor's turn.
        Task.Run(async () =>
        {
            using var timeout = new CancellationTokenSource(_settings.ReadTimeout);
            return await MessagePages.AnswerAsync(_reader, query, timeout.Token).ConfigureAwait(false);
        }).PipeTo(Self,
            success: reply => new ReadDone(sender, reply),
            failure: error => new ReadDone(sender, new MessageReplies.QueryFailed(
                error is OperationCanceledException ? $"no answer from the store in {_settings.ReadTimeout}" : error.Message, Invalid: false)));
    }

    private sealed record ReadDone(IActorRef Sender, object Reply);
}
