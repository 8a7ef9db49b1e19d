namespace Akka.Actor;

/// <summary>The handlers of one behaviour, in order of declaration. A structure: every actor that has one has its own.</summary>
internal struct HandlerTable
{
    private Handler? _first;
    private bool _takesAny;
    private bool _closed;

    public void Add(Handler handler)
    {
        if (_closed)
            throw new InvalidOperationException("You may only call Receive-methods when constructing the actor and inside Become().");
        if (_takesAny)
            throw new InvalidOperationException("A handler that catches all messages has been added. No handler can be added after that.");
        _takesAny = handler.TakesAny;
        if (_first is null)
        {
            _first = handler;
            return;
        }

        var last = _first;
        while (last.Next is not null)
            last = last.Next;
        last.Next = handler;
    }

    public Receive Close()
    {
        _closed = true;
        return _first is null ? static _ => false : _first.TryHandleFromHere;
    }

    public readonly bool TryHandle(object message) => _first is not null && _first.TryHandleFromHere(message);
}

/// <summary>Takes messages of one type.</summary>
internal abstract class Handler
{
    internal Handler? Next;

    internal virtual bool TakesAny => false;

    internal abstract bool TryHandle(object message);

    internal bool TryHandleFromHere(object message)
    {
        for (var handler = this; handler is not null; handler = handler.Next)
        {
            if (handler.TryHandle(message))
                return true;
        }

        return false;
    }

    public static Handler Of<T>(Action<T> handler, Predicate<T>? shouldHandle)
    {
        ArgumentNullException.ThrowIfNull(handler);
        // A handler of object without a predicate is a ReceiveAny.
        if (shouldHandle is not null)
            return new Filtered<T>(handler, shouldHandle);
        return typeof(T) == typeof(object) ? new Everything((Action<object>)(object)handler) : new Typed<T>(handler);
    }

    public static Handler Of<T>(Func<T, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new Deciding<T>(handler);
    }

    public static Handler Of(Type type, Action<object> handler, Predicate<object>? shouldHandle)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(handler);
        if (type == typeof(object) && shouldHandle is null)
            return Any(handler);
        return new Deciding<object>(message =>
        {
            if (!type.IsInstanceOfType(message) || (shouldHandle is not null && !shouldHandle(message)))
                return false;
            handler(message);
            return true;
        });
    }

    public static Handler Of(Type type, Func<object, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(handler);
        return new Deciding<object>(message => type.IsInstanceOfType(message) && handler(message));
    }

    public static Handler Any(Action<object> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new Everything(handler);
    }

    private sealed class Typed<T>(Action<T> handler) : Handler
    {
        internal override bool TryHandle(object message)
        {
            if (message is not T typed)
                return false;
            handler(typed);
            return true;
        }
    }

    private sealed class Filtered<T>(Action<T> handler, Predicate<T> shouldHandle) : Handler
    {
        internal override bool TryHandle(object message)
        {
            if (message is not T typed || !shouldHandle(typed))
                return false;
            handler(typed);
            return true;
        }
    }

    private sealed class Deciding<T>(Func<T, bool> handler) : Handler
    {
        internal override bool TryHandle(object message) => message is T typed && handler(typed);
    }

    private sealed class Everything(Action<object> handler) : Handler
    {
        internal override bool TakesAny => true;

        internal override bool TryHandle(object message)
        {
            handler(message);
            return true;
        }
    }
}
