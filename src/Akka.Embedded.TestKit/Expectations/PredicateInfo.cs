namespace Akka.TestKit;

/// <summary>A predicate over messages of one type, with its type erased.</summary>
public class PredicateInfo
{
    private readonly Func<object, bool> _accepts;

    private PredicateInfo(Delegate predicate, Type type, Func<object, bool> accepts)
    {
        PredicateT = predicate;
        Type = type;
        _accepts = accepts;
    }

    public Delegate PredicateT { get; }

    public Type Type { get; }

    public static PredicateInfo Create<T>(Predicate<T> predicateT) =>
        new(predicateT, typeof(T), message => message is T typed && predicateT(typed));

    public override string ToString() => $"Predicate<{Type}>";

    internal bool Accepts(object message) => _accepts(message);
}
