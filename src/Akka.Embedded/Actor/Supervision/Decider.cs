namespace Akka.Actor;

/// <summary>What a supervisor does with a child that failed.</summary>
public enum Directive
{
    /// <summary>Goes on with its state; the message that failed is lost.</summary>
    Resume,

    /// <summary>A new incarnation takes over the mailbox.</summary>
    Restart,

    /// <summary>The supervisor fails with the same exception.</summary>
    Escalate,

    Stop
}

public static class DirectiveExtensions
{
    /// <summary>A pair for <see cref="Decider.From(Directive, KeyValuePair{Type, Directive}[])"/>.</summary>
    public static KeyValuePair<Type, Directive> When<TException>(this Directive self) where TException : Exception =>
        new(typeof(TException), self);
}

/// <summary>Maps an exception to a directive.</summary>
public interface IDecider
{
    Directive Decide(Exception cause);
}

public static class Decider
{
    public static LocalOnlyDecider From(Func<Exception, Directive> localOnlyDecider) => new(localOnlyDecider);

    public static DeployableDecider From(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs) => new(defaultDirective, pairs);

    public static DeployableDecider From(Directive defaultDirective, IEnumerable<KeyValuePair<Type, Directive>> pairs) => new(defaultDirective, pairs);
}

/// <summary>Decides by a function.</summary>
public class LocalOnlyDecider : IDecider
{
    private readonly Func<Exception, Directive> _decider;

    public LocalOnlyDecider(Func<Exception, Directive> decider) => _decider = decider;

    public Directive Decide(Exception cause) => _decider(cause);
}

/// <summary>Decides by a table: the first entry whose type the exception has, in the order of the table.</summary>
public class DeployableDecider : IDecider, IEquatable<DeployableDecider>
{
    public DeployableDecider(Directive defaultDirective, IEnumerable<KeyValuePair<Type, Directive>> pairs) : this(defaultDirective, [.. pairs])
    {
    }

    public DeployableDecider(Directive defaultDirective, params KeyValuePair<Type, Directive>[] pairs)
    {
        DefaultDirective = defaultDirective;
        Pairs = pairs;
    }

    protected DeployableDecider() => Pairs = [];

    public Directive DefaultDirective { get; private set; }

    public KeyValuePair<Type, Directive>[] Pairs { get; private set; }

    public Directive Decide(Exception cause)
    {
        foreach (var (type, directive) in Pairs)
        {
            if (type.IsInstanceOfType(cause))
                return directive;
        }

        return DefaultDirective;
    }

    public bool Equals(DeployableDecider? other) =>
        other is not null && DefaultDirective == other.DefaultDirective && Pairs.AsSpan().SequenceEqual(other.Pairs);

    public override bool Equals(object? obj) => Equals(obj as DeployableDecider);

    public override int GetHashCode() => HashCode.Combine(DefaultDirective, Pairs.Length);
}
