using Akka.Actor.Internal;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>A tree of actors with what they share: scheduler, event stream, log, serialization, extensions.</summary>
public abstract class ActorSystem : IActorRefFactory, IDisposable
{
    private bool _disposed;

    public abstract Settings Settings { get; }

    public abstract string Name { get; }

    public abstract Akka.Serialization.Serialization Serialization { get; }

    public abstract EventStream EventStream { get; }

    public abstract IActorRef DeadLetters { get; }

    public abstract IActorRef IgnoreRef { get; }

    public abstract Dispatchers Dispatchers { get; }

    public abstract Mailboxes Mailboxes { get; }

    public abstract IScheduler Scheduler { get; }

    public abstract ILoggingAdapter Log { get; }

    /// <summary>On the monotonic clock, as <see cref="Uptime"/>.</summary>
    public TimeSpan StartTime { get; } = DateTimeOffsetNowTimeProvider.Instance.MonotonicClock;

    public TimeSpan Uptime => DateTimeOffsetNowTimeProvider.Instance.MonotonicClock - StartTime;

    /// <summary>Completes when the last actor has stopped and the termination hooks have run.</summary>
    public abstract Task WhenTerminated { get; }

    public static ActorSystem Create(string name) => Create(name, ActorSystemSetup.Empty);

    public static ActorSystem Create(string name, Config config) => Create(name, BootstrapSetup.Create().WithConfig(config));

    public static ActorSystem Create(string name, BootstrapSetup setup) => Create(name, ActorSystemSetup.Create(setup));

    public static ActorSystem Create(string name, ActorSystemSetup setup)
    {
        var bootstrap = setup.Get<BootstrapSetup>();
        var config = ConfigurationFactory.Empty;
        if (bootstrap.HasValue)
            config = bootstrap.Value.Config.HasValue ? bootstrap.Value.Config.Value : bootstrap.Value.ConfigFallback.GetOrElse(config);
        else
            config = ConfigurationFactory.Load();
        var system = new ActorSystemImpl(name, config, setup, Option<Props>.None);
        system.Start();
        return system;
    }

    public abstract object GetExtension(IExtensionId extensionId);

    public abstract T GetExtension<T>() where T : class, IExtension;

    public abstract bool HasExtension(Type type);

    public abstract bool HasExtension<T>() where T : class, IExtension;

    public abstract bool TryGetExtension(Type extensionType, out object? extension);

    public abstract bool TryGetExtension<T>(out T? extension) where T : class, IExtension;

    public abstract object RegisterExtension(IExtensionId extension);

    /// <summary>Runs when the system has terminated, hooks in the reverse order of their registration.</summary>
    public abstract void RegisterOnTermination(Action code);

    /// <summary>Stops all actors; the same task as <see cref="WhenTerminated"/>.</summary>
    public abstract Task Terminate();

    public abstract void Stop(IActorRef actor);

    public abstract IActorRef ActorOf(Props props, string? name = null);

    public abstract ActorSelection ActorSelection(ActorPath actorPath);

    public abstract ActorSelection ActorSelection(string actorPath);

    /// <summary>Terminates; returns at once.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Terminate();
        GC.SuppressFinalize(this);
    }
}

/// <summary>What components of the system may use besides.</summary>
public abstract class ExtendedActorSystem : ActorSystem
{
    public abstract IActorRefProvider Provider { get; }

    public abstract IInternalActorRef Guardian { get; }

    public abstract IInternalActorRef LookupRoot { get; }

    public abstract IInternalActorRef SystemGuardian { get; }

    public abstract IActorRef SystemActorOf(Props props, string? name = null);

    public abstract IActorRef SystemActorOf<TActor>(string? name = null) where TActor : ActorBase, new();

    /// <summary>Gives up at once, without waiting for actors.</summary>
    public abstract void Abort();

    /// <summary>The tree of actors as text.</summary>
    public abstract string PrintTree();
}
