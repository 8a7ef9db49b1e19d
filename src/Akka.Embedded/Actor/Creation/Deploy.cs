using Akka.Configuration;
using Akka.Util;

namespace Akka.Actor;

/// <summary>Where and on what an actor runs, as far as its props say so; configuration fills the rest by path.</summary>
public class Deploy : IEquatable<Deploy>, ISurrogated
{
    public static readonly Scope NoScopeGiven = null!;
    public static readonly string NoDispatcherGiven = string.Empty;
    public static readonly string NoMailboxGiven = string.Empty;
    public static readonly int NoStashSize = -1;
    public static readonly Deploy Local = new(Scope.Local);
    public static readonly Deploy None = new();

    public Deploy() : this("", NoScopeGiven)
    {
    }

    public Deploy(Scope scope) : this("", scope)
    {
    }

    public Deploy(string path, Scope scope)
    {
        Path = path;
        Scope = scope;
    }

    private Deploy(Deploy source)
    {
        Path = source.Path;
        Scope = source.Scope;
        Config = source.Config;
        Dispatcher = source.Dispatcher;
        Mailbox = source.Mailbox;
        StashCapacity = source.StashCapacity;
    }

    public string Path { get; }

    public Config Config { get; private init; } = Config.Empty;

    public Scope Scope { get; private init; }

    public string Dispatcher { get; private init; } = NoDispatcherGiven;

    public string Mailbox { get; private init; } = NoMailboxGiven;

    public int StashCapacity { get; private init; } = NoStashSize;

    public virtual Deploy WithFallback(Deploy other) => new(this)
    {
        Scope = Scope ?? other.Scope,
        Config = Config.IsEmpty ? other.Config : Config.WithFallback(other.Config),
        Dispatcher = Dispatcher.Length > 0 ? Dispatcher : other.Dispatcher,
        Mailbox = Mailbox.Length > 0 ? Mailbox : other.Mailbox,
        StashCapacity = StashCapacity != NoStashSize ? StashCapacity : other.StashCapacity
    };

    public virtual Deploy WithScope(Scope scope) => new(this) { Scope = Scope ?? scope };

    public virtual Deploy WithDispatcher(string dispatcher) => new(this) { Dispatcher = dispatcher };

    public virtual Deploy WithMailbox(string mailbox) => new(this) { Mailbox = mailbox };

    public virtual Deploy WithStashCapacity(int stashSize) => new(this) { StashCapacity = stashSize };

    public ISurrogate ToSurrogate(ActorSystem system) => new DeploySurrogate
    {
        Path = Path,
        Scope = Scope,
        Dispatcher = Dispatcher,
        Mailbox = Mailbox,
        StashCapacity = StashCapacity
    };

    public bool Equals(Deploy? other) =>
        other is not null && Path == other.Path && Dispatcher == other.Dispatcher && Mailbox == other.Mailbox
        && StashCapacity == other.StashCapacity && (Scope?.Equals(other.Scope) ?? other.Scope is null);

    private sealed class DeploySurrogate : ISurrogate
    {
        public string Path { get; set; } = "";

        // Written as its own surrogate, which is no scope: the type of the property must let it back in.
        public object? Scope { get; set; }

        public string Dispatcher { get; set; } = NoDispatcherGiven;

        public string Mailbox { get; set; } = NoMailboxGiven;

        public int StashCapacity { get; set; } = NoStashSize;

        public ISurrogated FromSurrogate(ActorSystem system) =>
            new Deploy(Path, (Scope)Scope!) { Dispatcher = Dispatcher, Mailbox = Mailbox, StashCapacity = StashCapacity };
    }
}

/// <summary>On which system an actor is deployed.</summary>
public abstract class Scope : IEquatable<Scope>
{
    public static readonly LocalScope Local = LocalScope.Instance;

    public abstract Scope WithFallback(Scope other);

    public abstract Scope Copy();

    public virtual bool Equals(Scope? other) => other is not null && GetType() == other.GetType();
}

/// <summary>In this process.</summary>
public class LocalScope : Scope, ISurrogated
{
    private LocalScope()
    {
    }

    public static LocalScope Instance { get; } = new();

    public override Scope WithFallback(Scope other) => this;

    public override Scope Copy() => Instance;

    public ISurrogate ToSurrogate(ActorSystem system) => new LocalScopeSurrogate();

    public class LocalScopeSurrogate : ISurrogate
    {
        public ISurrogated FromSurrogate(ActorSystem system) => Instance;
    }
}
