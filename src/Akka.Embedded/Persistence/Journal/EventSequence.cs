#pragma warning disable CS0659 // the real types have no hash code of their own, and their API is the limit
namespace Akka.Persistence.Journal;

/// <summary>What one stored event becomes when it is read: no, one or several events.</summary>
public interface IEventSequence
{
    IEnumerable<object> Events { get; }
}

public interface IEmptyEventSequence : IEventSequence;

public sealed class EmptyEventSequence : IEmptyEventSequence, IEquatable<IEventSequence>
{
    public static readonly EmptyEventSequence Instance = new();

    private EmptyEventSequence()
    {
    }

    public IEnumerable<object> Events => [];

    public bool Equals(IEventSequence? other) => other is EmptyEventSequence;

    public override bool Equals(object? obj) => Equals(obj as IEventSequence);
}

public class EventSequence<T> : IEventSequence, IEquatable<IEventSequence>
{
    public EventSequence(IEnumerable<object> events) => Events = [.. events];

    public IEnumerable<object> Events { get; }

    public bool Equals(IEventSequence? other) => other is not null && Events.SequenceEqual(other.Events);

    public override bool Equals(object? obj) => Equals(obj as IEventSequence);
}

public struct SingleEventSequence : IEventSequence, IEquatable<IEventSequence>
{
    private readonly object _event;

    public SingleEventSequence(object e) : this() => _event = e;

    public IEnumerable<object> Events => [_event];

    internal object Event => _event;

    public bool Equals(IEventSequence? other) => other is not null && Events.SequenceEqual(other.Events);

    public override bool Equals(object? obj) => Equals(obj as IEventSequence);
}

public static class EventSequence
{
    public static readonly IEventSequence Empty = EmptyEventSequence.Instance;

    public static IEventSequence Single(object e) => new SingleEventSequence(e);

    public static IEventSequence Create(params object[] events) => new EventSequence<object>(events);

    public static IEventSequence Create(IEnumerable<object> events) => new EventSequence<object>(events);
}
