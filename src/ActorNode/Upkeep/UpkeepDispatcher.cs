using ActorNode.Services;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorNode.Upkeep;

/// <summary>
/// Gives actors turns on threads that nobody else uses: what blocks there delays nobody, and nobody's load delays them. Which types of
/// dispatcher have threads of their own depends on the engine; this one has them on each.
/// </summary>
internal sealed class UpkeepDispatcher(MessageDispatcherConfigurator configurator) : MessageDispatcher(configurator)
{
    private readonly ServiceThreads _threads = new(
        configurator.Config.GetString("thread-name") ?? "upkeep", configurator.Config.GetInt("threads", 1));

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run) =>
        Task.Factory.StartNew(static turn => ((IRunnable)turn!).Run(), run, CancellationToken.None, TaskCreationOptions.None, _threads);

    /// <summary>Threads without work end by themselves.</summary>
    protected override void Shutdown()
    {
    }
}

/// <summary>Makes the dispatcher of a configuration section whose <c>type</c> is this class: <c>threads</c> many, named <c>thread-name</c>.</summary>
public sealed class UpkeepDispatcherConfigurator : MessageDispatcherConfigurator
{
    /// <summary>The loop: what it calls may block.</summary>
    internal const string Loop = "actornode.upkeep.loop-dispatcher";

    /// <summary>The clock guard: it notices when it itself is late.</summary>
    internal const string ClockGuard = "actornode.upkeep.clock-guard-dispatcher";

    private readonly UpkeepDispatcher _dispatcher;

    /// <summary>The signature by which an actor system makes it.</summary>
    public UpkeepDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites) : base(config, prerequisites) =>
        _dispatcher = new UpkeepDispatcher(this);

    /// <summary>The sections that upkeep's actors name.</summary>
    internal static string Hocon { get; } = $$"""
        {{Loop}} {
          type = "{{typeof(UpkeepDispatcherConfigurator).FullName}}, {{typeof(UpkeepDispatcherConfigurator).Assembly.GetName().Name}}"
          thread-name = "upkeep-loop"
          threads = 1
        }
        {{ClockGuard}} {
          type = "{{typeof(UpkeepDispatcherConfigurator).FullName}}, {{typeof(UpkeepDispatcherConfigurator).Assembly.GetName().Name}}"
          thread-name = "upkeep-clock-guard"
          threads = 1
        }
        """;

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _dispatcher;
}
