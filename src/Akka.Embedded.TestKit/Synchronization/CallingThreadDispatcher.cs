using Akka.Dispatch;

namespace Akka.TestKit;

/// <summary>Runs an actor on the thread that sends to it, unless another thread is running it already; that one then goes on.</summary>
public class CallingThreadDispatcher : MessageDispatcher
{
    public new static readonly string Id = "akka.test.calling-thread-dispatcher";

    [ThreadStatic]
    private static Turn? _innermost;

    public CallingThreadDispatcher(MessageDispatcherConfigurator configurator) : base(configurator)
    {
    }

    protected override void ExecuteTask(IRunnable run)
    {
        // An actor asks for its next turn at the end of the present one: a loop, where a call would deepen the stack with each turn.
        if (_innermost is { } turn && ReferenceEquals(turn.Work, run))
        {
            turn.Again = true;
            return;
        }

        var outer = _innermost;
        var own = _innermost = new Turn(run);
        // What the actor awaits must not go on in the test's context.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            do
            {
                own.Again = false;
                run.Run();
            }
            while (own.Again);
        }
        finally
        {
            _innermost = outer;
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    protected override void Shutdown()
    {
        // It owns no thread.
    }

    private sealed class Turn(IRunnable work)
    {
        public IRunnable Work { get; } = work;

        public bool Again { get; set; }
    }
}
