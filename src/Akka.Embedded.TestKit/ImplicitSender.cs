using Akka.Actor;

namespace Akka.TestKit;

/// <summary>
/// Makes the test actor the sender of what a test tells without one. It is bound to the constructing thread, and to a synchronization
/// context, so that it holds in continuations too. It is installed by the constructor and gets its actor when the system has started,
/// which for a hosted test is later.
/// </summary>
internal sealed class ImplicitSender : SynchronizationContext
{
    private ActorCell? _cell;
    private SynchronizationContext? _previous;
    private ActorCell? _previousCell;

    public void Install()
    {
        (_previous, _previousCell) = (Current, ActorCell.Current);
        SetSynchronizationContext(this);
        ActorCell.Current = null;
    }

    public void Use(IActorRef testActor)
    {
        Volatile.Write(ref _cell, ((LocalActorRef)testActor).Cell);
        ActorCell.Current = _cell;
    }

    public void Clear()
    {
        Volatile.Write(ref _cell, null);
        ActorCell.Current = null;
    }

    public void Uninstall()
    {
        Clear();
        if (Current != this)
            return;
        SetSynchronizationContext(_previous);
        // A kit made by a test gives the test its own sender back; what an earlier test left on the thread is forgotten.
        if (_previousCell is { IsTerminated: false })
            ActorCell.Current = _previousCell;
    }

    public override SynchronizationContext CreateCopy() => this;

    public override void Post(SendOrPostCallback d, object? state) =>
        ThreadPool.QueueUserWorkItem(static work => work.Sender.Run(work.Callback, work.State), (Sender: this, Callback: d, State: state),
            preferLocal: false);

    public override void Send(SendOrPostCallback d, object? state) => Run(d, state);

    private void Run(SendOrPostCallback callback, object? state)
    {
        var context = Current;
        var cell = ActorCell.Current;
        SetSynchronizationContext(this);
        ActorCell.Current = Volatile.Read(ref _cell);
        try
        {
            callback(state);
        }
        finally
        {
            ActorCell.Current = cell;
            SetSynchronizationContext(context);
        }
    }
}
