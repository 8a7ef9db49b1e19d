using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor.Internal;

/// <summary>The one implementation of a system. Its parts are made in the order in which they need each other.</summary>
public partial class ActorSystemImpl : ExtendedActorSystem
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stack<Action> _terminationHooks = new();
    private readonly LocalActorRefProvider _provider;
    private readonly Deployments _deployments;
    private readonly Lazy<TimerWheel> _realTime;
    private bool _hooksRan;

    public ActorSystemImpl(string name) : this(name, ConfigurationFactory.Load(), ActorSystemSetup.Empty)
    {
    }

    /// <summary>Does nothing until <see cref="Start"/>.</summary>
    public ActorSystemImpl(string name, Config config, ActorSystemSetup setup, Option<Props>? guardianProps = null)
    {
        if (!NamePattern().IsMatch(name))
            throw new ArgumentException(
                $"invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-')", nameof(name));
        ArgumentNullException.ThrowIfNull(config);
        Name = name;
        GuardianProps = guardianProps ?? Option<Props>.None;
        Settings = new Settings(this, config, setup);
        SerializesMessages = Settings.SerializeAllMessages;
        EmitsTelemetry = Settings.EmitActorTelemetry;
        LogsReceived = Settings.AddLoggingReceive;
        EventStream = new EventStream(Settings.DebugEventStream);
        EventStream.StartStdoutLogger(Settings);
        Log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), Settings.LogFormatter);
        WarnOfUnknownSettings(config);
        Scheduler = TypeNames.Instantiate<IScheduler>(Settings.SchedulerClass, "akka.scheduler.implementation", Settings.Config, Log);
        // Timeouts of asks are real time, also under a scheduler that a test moves by hand.
        _realTime = new Lazy<TimerWheel>(() => Scheduler is HashedWheelTimerScheduler { Wheel: var wheel }
            ? wheel
            : new TimerWheel("akka-real-time", TimeSpan.FromMilliseconds(10), 512, e => Log.Error(e, "Scheduled work failed")));
        Mailboxes = new Mailboxes(this);
        Dispatchers = new Dispatchers(this, new DefaultDispatcherPrerequisites(EventStream, Scheduler, Settings, Mailboxes), Log);
        _deployments = new Deployments(Settings.Config);
        _provider = new LocalActorRefProvider(this, Dispatchers.DefaultGlobalDispatcher,
            cause => PublishError(cause, Name, GetType(), "The root guardian failed, shutting down"), OnRootTerminated);
        Serialization = new Akka.Serialization.Serialization(this);
    }

    /// <summary>What /user is instead of the usual guardian.</summary>
    public Option<Props> GuardianProps { get; }

    public override Settings Settings { get; }

    public override string Name { get; }

    public override Akka.Serialization.Serialization Serialization { get; }

    public override EventStream EventStream { get; }

    public override IActorRef DeadLetters => _provider.DeadLetters;

    public override IActorRef IgnoreRef => _provider.IgnoreRef;

    public override Dispatchers Dispatchers { get; }

    public override Mailboxes Mailboxes { get; }

    public override IScheduler Scheduler { get; }

    public override ILoggingAdapter Log { get; }

    public override Task WhenTerminated => _terminated.Task;

    public override IActorRefProvider Provider => _provider;

    public override IInternalActorRef Guardian => _provider.Guardian;

    public override IInternalActorRef LookupRoot => _provider.RootGuardian;

    public override IInternalActorRef SystemGuardian => _provider.SystemGuardian;

    internal LocalActorRefProvider Refs => _provider;

    internal bool SerializesMessages { get; }

    internal bool EmitsTelemetry { get; }

    internal bool LogsReceived { get; }

    internal TimerWheel RealTime => _realTime.Value;

    /// <summary>What <see cref="Terminate"/> does instead of stopping the actors right away: the coordinated shutdown sets it.</summary>
    internal Func<Task>? CoordinatedTermination { get; set; }

    /// <summary>A second call only logs the configuration again, where that is asked for.</summary>
    public void Start()
    {
        if (_provider.Guardian is null)
            StartParts();
        if (Settings.LogConfigOnStart)
            Log.Info(Settings.ToString());
    }

    private void StartParts()
    {
        try
        {
            // First of all: what fails from here on ends by the root's termination.
            _provider.RootGuardian.Start();
            var strategy = SupervisorStrategyConfigurator.CreateConfigurator(Settings.SupervisorStrategyClass).Create();
            _provider.StartGuardians(strategy, GuardianProps.HasValue ? GuardianProps.Value : null);
            EventStream.StartDefaultLoggers(this);
            if (Settings.LogDeadLetters > 0)
                SystemActorOf(Props.Create(() => new DeadLetterListener()), "deadLetterListener");
            CoordinatedShutdown.Get(this);
            LoadExtensions();
        }
        catch
        {
            FinalTerminate();
            throw;
        }
    }

    public override IActorRef ActorOf(Props props, string? name = null) => GuardianProps.IsEmpty
        ? _provider.Guardian.Cell.ActorOf(props, name)
        : throw new InvalidOperationException($"Cannot create the top-level actor [{name}]: the guardian of this system is the program's own");

    public override IActorRef SystemActorOf(Props props, string? name = null) =>
        _provider.SystemGuardian.Cell.StartChild(props, name, systemService: true);

    public override IActorRef SystemActorOf<TActor>(string? name = null) => SystemActorOf(Props.Create<TActor>([]), name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, this);

    public override ActorSelection ActorSelection(string actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, this, LookupRoot);

    public override void Stop(IActorRef actor) => ((IInternalActorRef)actor).Stop();

    public override Task Terminate()
    {
        if (CoordinatedTermination is { } coordinated && Settings.CoordinatedShutdownRunByActorSystemTerminate)
            coordinated();
        else
            FinalTerminate();
        return WhenTerminated;
    }

    public override void Abort() => FinalTerminate();

    public override void RegisterOnTermination(Action code)
    {
        ArgumentNullException.ThrowIfNull(code);
        lock (_terminationHooks)
        {
            if (_hooksRan)
                throw new InvalidOperationException("ActorSystem already terminated.");
            _terminationHooks.Push(code);
        }
    }

    public override string PrintTree()
    {
        var text = new StringBuilder();
        Print((LocalActorRef)LookupRoot, 0);
        return text.ToString();

        void Print(LocalActorRef actor, int depth)
        {
            text.Append(' ', depth * 2).Append(depth == 0 ? "/" : actor.Name).Append(' ').AppendLine(Logging.SimpleName(actor.Cell.Props.Type));
            foreach (var child in actor.Cell.ChildRefs())
                Print(child, depth + 1);
        }
    }

    public override string ToString() => LookupRoot.Path.Root.Address.ToString();

    /// <summary>Stops the actors, the program's first. Returns <see cref="WhenTerminated"/>.</summary>
    internal Task FinalTerminate()
    {
        Log.Debug("System shutdown initiated");
        if (!Settings.LogDeadLettersDuringShutdown && _provider.SystemGuardian?.Cell.FindChild("deadLetterListener") is { } listener)
            listener.Stop();
        if (_provider.Guardian is { } user)
            user.Stop();
        else
            _provider.RootGuardian.Stop();
        return WhenTerminated;
    }

    internal LocalActorRef NewLocalActor(Props props, LocalActorRef parent, string name, bool systemService)
    {
        var deploy = props.Deploy;
        if (!systemService && _deployments.Any)
            deploy = deploy.WithFallback(_deployments.For(new ChildActorPath(parent.Path, name, ActorPath.UndefinedUid)));
        var dispatcher = deploy.Dispatcher.Length > 0 ? Dispatchers.Lookup(deploy.Dispatcher) : Dispatchers.DefaultGlobalDispatcher;
        var policy = Mailboxes.KindOf(props.Type, deploy.Mailbox, dispatcher).NewPolicy();
        var actor = new LocalActorRef(this, props, dispatcher, policy, parent, name, Random.Shared.Next(1, int.MaxValue));
        (policy as QueuedMailbox)?.Open(actor, this);
        return actor;
    }

    internal int StashCapacityOf(LocalActorRef actor, Props props)
    {
        if (props.Deploy.StashCapacity >= 0)
            return props.Deploy.StashCapacity;
        var configured = _deployments.Any ? _deployments.For(actor.Path).StashCapacity : Deploy.NoStashSize;
        return configured >= 0 ? configured : Mailboxes.KindOf(props.Type, props.Deploy.Mailbox, actor.Cell.Dispatcher).StashCapacity;
    }

    internal void PublishError(Exception cause, string source, Type type, string message) =>
        EventStream.Publish(new Error(cause, source, type, message));

    /// <summary>Whatever the log level is: subscribers of the event stream see it too.</summary>
    internal void PublishDebug(string source, Type type, string message) => EventStream.Publish(new Debug(source, type, message));

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9\-]*$")]
    private static partial Regex NamePattern();

    private void OnRootTerminated()
    {
        // Off the actor's turn: hooks may block, and the scheduler waits for its thread.
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.EndOfSystem(), this, preferLocal: false);
    }

    private void EndOfSystem()
    {
        try
        {
            (Scheduler as IDisposable)?.Dispose();
            if (_realTime.IsValueCreated)
                _realTime.Value.Dispose();
            RunTerminationHooks();
            Dispatchers.Shutdown();
        }
        finally
        {
            _terminated.TrySetResult();
        }
    }

    private void RunTerminationHooks()
    {
        while (true)
        {
            Action? hook;
            lock (_terminationHooks)
            {
                if (!_terminationHooks.TryPop(out hook))
                {
                    _hooksRan = true;
                    return;
                }
            }

            try
            {
                hook();
            }
            catch (Exception e)
            {
                Log.Error(e, "A termination hook failed");
            }
        }
    }

    private void WarnOfUnknownSettings(Config config)
    {
        foreach (var unknown in KnownSettings.UnknownIn(config))
            Log.Warning("Configuration key {Key} is not known to this engine and has no effect", unknown);
    }
}
