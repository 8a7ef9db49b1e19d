using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// The immutable recipe of an actor: its type, the arguments of its constructor, its deployment and its supervision. The
/// expression of Create is evaluated once, when the props are made, not when the actor is.
/// </summary>
public class Props : IEquatable<Props>, ISurrogated
{
    public static readonly Props None = new(typeof(EmptyActor));

    /// <summary>A type, a constructor or a producer.</summary>
    private readonly object _recipe;

    public Props(Type type) : this(Deploy.Local, type, [])
    {
    }

    public Props(Type type, object[] args) : this(Deploy.Local, type, args)
    {
    }

    public Props(Type type, SupervisorStrategy supervisorStrategy, IEnumerable<object> args) : this(Deploy.Local, type, [.. args]) =>
        SupervisorStrategy = supervisorStrategy;

    public Props(Type type, SupervisorStrategy supervisorStrategy, params object[] args) : this(Deploy.Local, type, args) =>
        SupervisorStrategy = supervisorStrategy;

    public Props(Deploy deploy, Type type, IEnumerable<object> args) : this(deploy, type, [.. args])
    {
    }

    public Props(Deploy deploy, Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!typeof(ActorBase).IsAssignableFrom(type) && !typeof(IIndirectActorProducer).IsAssignableFrom(type))
            throw new ArgumentException($"{type} is neither an actor nor a producer of actors", nameof(type));
        Deploy = deploy;
        Arguments = args ?? [];
        _recipe = type;
    }

    protected Props() : this(typeof(EmptyActor))
    {
    }

    protected Props(Props copy)
    {
        Deploy = copy.Deploy;
        SupervisorStrategy = copy.SupervisorStrategy;
        Arguments = copy.Arguments;
        _recipe = copy._recipe;
    }

    private Props(object recipe, object[] arguments)
    {
        Deploy = Deploy.Local;
        Arguments = arguments;
        _recipe = recipe;
    }

    public static Props Empty { get; } = new();

    /// <summary>The actor's type, or what its producer says it is.</summary>
    public Type Type => _recipe switch
    {
        Type type => type,
        ConstructorInfo constructor => constructor.DeclaringType!,
        _ => ((IIndirectActorProducer)_recipe).ActorType
    };

    public string TypeName => Type.AssemblyQualifiedName!;

    public string? Dispatcher => Deploy.Dispatcher is { Length: > 0 } dispatcher ? dispatcher : null;

    public string? Mailbox => Deploy.Mailbox is { Length: > 0 } mailbox ? mailbox : null;

    public Deploy Deploy { get; protected set; }

    public SupervisorStrategy? SupervisorStrategy { get; protected set; }

    public object[] Arguments { get; }

    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy? supervisorStrategy = null) where TActor : ActorBase
    {
        ArgumentNullException.ThrowIfNull(factory);
        if (factory.Body is UnaryExpression)
            throw new ArgumentException("Cannot create Props from a dynamic expression.", nameof(factory));
        if (factory.Body is not NewExpression { Constructor: { } constructor } creation)
            throw new ArgumentException("The create function must be a 'new T (args)' expression", nameof(factory));
        return new Props(constructor, ExpressionArguments.Of(creation)!) { SupervisorStrategy = supervisorStrategy };
    }

    public static Props Create<TActor>(params object[] args) where TActor : ActorBase => new(typeof(TActor), args);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy) where TActor : ActorBase, new() =>
        new(typeof(TActor), supervisorStrategy, []);

    public static Props Create(Type type, params object[] args)
    {
        if (type is null)
            throw new ArgumentNullException(nameof(type), "Props must be instantiated with an actor type.");
        return new Props(type, args);
    }

    public static Props CreateBy<TProducer>(params object[] args) where TProducer : class, IIndirectActorProducer => new(typeof(TProducer), args);

    public static Props CreateBy(IIndirectActorProducer producer, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(producer);
        return new Props((object)producer, args);
    }

    public Props WithMailbox(string mailbox) => With(Deploy.WithMailbox(mailbox));

    public Props WithDispatcher(string dispatcher) => With(Deploy.WithDispatcher(dispatcher));

    /// <summary>Limits the stash; -1 for no limit.</summary>
    public Props WithStashCapacity(int stashCapacity) => With(Deploy.WithStashCapacity(stashCapacity));

    public Props WithDeploy(Deploy deploy) => With(deploy.WithFallback(Deploy));

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy)
    {
        var copy = Copy();
        copy.SupervisorStrategy = supervisorStrategy;
        return copy;
    }

    /// <summary>A new incarnation; on the actor's own turn.</summary>
    public virtual ActorBase NewActor() => _recipe switch
    {
        ConstructorInfo constructor => (ActorBase)ActorConstructor.InvokerOf(constructor).Invoke(Arguments.AsSpan()!),
        IIndirectActorProducer producer => producer.Produce(),
        Type type when typeof(IIndirectActorProducer).IsAssignableFrom(type) => ((IIndirectActorProducer)ActorConstructor.Create(type, Arguments)).Produce(),
        _ => (ActorBase)ActorConstructor.Create((Type)_recipe, Arguments)
    };

    public bool Equals(Props? other) =>
        other is not null && Equals(_recipe, other._recipe) && Deploy.Equals(other.Deploy)
        && Equals(SupervisorStrategy, other.SupervisorStrategy) && Arguments.AsSpan().SequenceEqual(other.Arguments);

    public override bool Equals(object? obj) => Equals(obj as Props);

    public override int GetHashCode() => HashCode.Combine(_recipe, Deploy.Dispatcher, Deploy.Mailbox, Arguments.Length);

    public ISurrogate ToSurrogate(ActorSystem system) => new PropsSurrogate { Arguments = Arguments, Type = _recipe as Type ?? Type, Deploy = Deploy };

    internal void Release(ActorBase actor) => (_recipe as IIndirectActorProducer)?.Release(actor);

    protected virtual Props Copy() => new(this);

    private Props With(Deploy deploy)
    {
        var copy = Copy();
        copy.Deploy = deploy;
        return copy;
    }

    public class PropsSurrogate : ISurrogate
    {
        public Type Type { get; set; } = typeof(EmptyActor);

        public Deploy Deploy { get; set; } = Deploy.Local;

        public object[] Arguments { get; set; } = [];

        public ISurrogated FromSurrogate(ActorSystem system) => new Props(Deploy, Type, Arguments);
    }

    /// <summary>Handles nothing.</summary>
    [SuppressMessage("Performance", "CA1812", Justification = "Made by props")]
    private sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message) => Unhandled(message);
    }
}
