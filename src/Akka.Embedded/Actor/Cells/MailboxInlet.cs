using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>
/// What senders read and write of a cell. A base class because the runtime puts its fields first: what the actor's own turn
/// writes with every message (<see cref="ActorCell"/>'s last fields) must not share a cache line with it.
/// </summary>
internal abstract class MailboxInlet(ActorSystemImpl system, MailboxPolicy? policy)
{
    private protected readonly ActorSystemImpl _system = system;
    private protected readonly MailboxPolicy? _policy = policy;
    private protected MailboxSegment? _tail;
    private protected SystemMessage? _systemMessages;
    private protected int _state = Scheduled;

    private protected const int Scheduled = 1;
    private protected const int Suspended = 2;
    private protected const int Closed = 4;
}
