using System.Collections.Immutable;
using ActorNode.Protocol.Forging;
using Akka.Actor;

namespace ActorNode.Server.Http.Forging;

/// <summary>
/// Sends one request to the forge worker and gathers what each key says of its part: accepted or rejected. Completes when all have said so, when
/// the request is rejected whole, or with what it has when nothing more came for the time of its patience.
/// </summary>
internal sealed class ForgeCollectorActor : UntypedActor
{
    private readonly IActorRef _worker;
    private readonly IForgeRequest _request;
    private readonly int _expected;
    private readonly TaskCompletionSource<ImmutableArray<object>> _done;
    private readonly ImmutableArray<object>.Builder _replies = ImmutableArray.CreateBuilder<object>();

    public static Props Props(IActorRef worker, IForgeRequest request, int expected, TimeSpan patience, TaskCompletionSource<ImmutableArray<object>> done) =>
        Akka.Actor.Props.Create(() => new ForgeCollectorActor(worker, request, expected, patience, done));

    public ForgeCollectorActor(IActorRef worker, IForgeRequest request, int expected, TimeSpan patience, TaskCompletionSource<ImmutableArray<object>> done)
    {
        (_worker, _request, _expected, _done) = (worker, request, expected, done);
        SetReceiveTimeout(patience);
    }

    protected override void PreStart() => _worker.Tell(_request, Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ForgeReplies.Accepted or ForgeReplies.Rejected:
                _replies.Add(message);
                if (_replies.Count == _expected || message is ForgeReplies.Rejected { Key: null })
                    Context.Stop(Self);
                break;
            case ReceiveTimeout:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => _done.TrySetResult(_replies.ToImmutable());
}
