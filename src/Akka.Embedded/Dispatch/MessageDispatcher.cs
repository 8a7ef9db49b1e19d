using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Dispatch;

/// <summary>What a dispatcher may use of the system.</summary>
public interface IDispatcherPrerequisites
{
    EventStream EventStream { get; }

    IScheduler Scheduler { get; }

    Settings Settings { get; }

    Mailboxes Mailboxes { get; }
}

public sealed class DefaultDispatcherPrerequisites : IDispatcherPrerequisites
{
    public DefaultDispatcherPrerequisites(EventStream eventStream, IScheduler scheduler, Settings settings, Mailboxes mailboxes)
    {
        EventStream = eventStream;
        Scheduler = scheduler;
        Settings = settings;
        Mailboxes = mailboxes;
    }

    public EventStream EventStream { get; }

    public IScheduler Scheduler { get; }

    public Settings Settings { get; }

    public Mailboxes Mailboxes { get; }
}

/// <summary>Makes the dispatcher of one configuration section.</summary>
public abstract class MessageDispatcherConfigurator
{
    protected MessageDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    {
        Config = config;
        Prerequisites = prerequisites;
    }

    public Config Config { get; }

    public IDispatcherPrerequisites Prerequisites { get; }

    /// <summary>Asked for each time that somebody looks the dispatcher up.</summary>
    public abstract MessageDispatcher Dispatcher();
}

/// <summary>Gives actors their turns.</summary>
public abstract class MessageDispatcher
{
    public static readonly int DefaultThroughput = 100;

    protected MessageDispatcher(MessageDispatcherConfigurator configurator)
    {
        Configurator = configurator;
        var config = configurator.Config;
        Throughput = config.GetInt("throughput", DefaultThroughput);
        var deadline = config.GetTimeSpan("throughput-deadline-time", TimeSpan.Zero);
        ThroughputDeadlineTime = deadline > TimeSpan.Zero ? deadline.Ticks : null;
        ShutdownTimeout = config.GetTimeSpan("shutdown-timeout", TimeSpan.FromSeconds(1));
        Id = config.GetString("id", "");
    }

    public string Id { get; protected set; }

    /// <summary>Messages in one turn, at most.</summary>
    public int Throughput { get; set; }

    /// <summary>In ticks; null for no deadline.</summary>
    public long? ThroughputDeadlineTime { get; protected set; }

    public TimeSpan ShutdownTimeout { get; protected set; }

    public MessageDispatcherConfigurator Configurator { get; }

    public EventStream EventStream => Configurator.Prerequisites.EventStream;

    public Mailboxes Mailboxes => Configurator.Prerequisites.Mailboxes;

    public void Schedule(IRunnable run) => ExecuteTask(run);

    public void Schedule(Action run) => ExecuteTask(new ActionRunnable(run));

    protected abstract void ExecuteTask(IRunnable run);

    protected abstract void Shutdown();

    protected void ReportFailure(Exception ex) => EventStream.Publish(new Error(ex, GetType().FullName!, GetType(), ex.Message));

    /// <summary>Whether somebody else wants a thread: an actor that has used its throughput then lets go of its own.</summary>
    internal virtual bool OthersWait => true;

    internal virtual void Execute(ActorCell cell) => ExecuteTask(cell);

    /// <summary>After all that wait: for an actor that has used its throughput.</summary>
    internal virtual void ExecuteLast(ActorCell cell) => ExecuteTask(cell);

    internal long TurnDeadline() =>
        ThroughputDeadlineTime is { } ticks ? Environment.TickCount64 + Math.Max(1, ticks / TimeSpan.TicksPerMillisecond) : 0;

    internal void ShutdownNow() => Shutdown();
}

/// <summary>
/// Turns are work items of the thread pool: no thread belongs to the dispatcher. A turn that comes out of another one is queued
/// at the same thread, which is cheap, but there the youngest goes first: two actors that keep waking each other would keep
/// the others waiting until another thread takes those. So now and then one goes to the end of the queue of all threads.
/// </summary>
internal sealed class PoolDispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
{
    private const int LocalTurns = 64;

    [ThreadStatic]
    private static int _queued;

    internal override bool OthersWait => ThreadPool.PendingWorkItemCount != 0;

    internal override void Execute(ActorCell cell) => ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: ++_queued % LocalTurns != 0);

    internal override void ExecuteLast(ActorCell cell) => ThreadPool.UnsafeQueueUserWorkItem(cell, preferLocal: false);

    protected override void ExecuteTask(IRunnable run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);

    protected override void Shutdown()
    {
    }
}

internal sealed class PoolDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly PoolDispatcher _dispatcher;

    public PoolDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
        _dispatcher = new PoolDispatcher(this);

    public override MessageDispatcher Dispatcher() => _dispatcher;
}
