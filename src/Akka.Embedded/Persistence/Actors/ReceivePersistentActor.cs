using Akka.Actor;
using Akka.Actor.Internal;

namespace Akka.Persistence;

/// <summary>
/// An event-sourced actor that declares its handlers by type: of commands in its constructor or in the argument of Become, of the
/// recovery in its constructor. They are tried in the order of declaration; the first that takes the message wins.
/// </summary>
public abstract class ReceivePersistentActor : UntypedPersistentActor, IInitializableActor
{
    /// <summary>Of the constructor, or, inside Become, of the new behaviour.</summary>
    private HandlerTable _commands;
    private HandlerTable _recovers;

    void IInitializableActor.Init()
    {
        _recovers.Close();
        Cell.BecomeInitially(_commands.Close());
    }

    protected void Become(Action configure) => Context.Become(Configure(configure));

    protected void BecomeStacked(Action configure) => Context.BecomeStacked(Configure(configure));

    protected sealed override void OnCommand(object message)
    {
        if (!_commands.TryHandle(message))
            Unhandled(message);
    }

    protected sealed override void OnRecover(object message)
    {
        if (!_recovers.TryHandle(message))
            Unhandled(message);
    }

    protected void Recover<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => _recovers.Add(Handler.Of(handler, shouldHandle));

    protected void Recover<T>(Predicate<T> shouldHandle, Action<T> handler) => Recover(handler, shouldHandle);

    protected void Recover<T>(Func<T, bool> handler) => _recovers.Add(Handler.Of(handler));

    protected void Recover(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        _recovers.Add(Handler.Of(messageType, handler, shouldHandle));

    protected void Recover(Type messageType, Predicate<object> shouldHandle, Action<object> handler) => Recover(messageType, handler, shouldHandle);

    protected void Recover(Type messageType, Func<object, bool> handler) => _recovers.Add(Handler.Of(messageType, handler));

    /// <summary>Takes everything that is left; no handler may follow.</summary>
    protected void RecoverAny(Action<object> handler) => _recovers.Add(Handler.Any(handler));

    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => _commands.Add(Handler.Of(handler, shouldHandle));

    protected void Command<T>(Predicate<T> shouldHandle, Action<T> handler) => Command(handler, shouldHandle);

    protected void Command<T>(Func<T, bool> handler) => _commands.Add(Handler.Of(handler));

    protected void Command(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        _commands.Add(Handler.Of(messageType, handler, shouldHandle));

    protected void Command(Type messageType, Predicate<object> shouldHandle, Action<object> handler) => Command(messageType, handler, shouldHandle);

    protected void Command(Type messageType, Func<object, bool> handler) => _commands.Add(Handler.Of(messageType, handler));

    protected void Command(Action<object> handler) => CommandAny(handler);

    /// <summary>Takes everything that is left; no handler may follow.</summary>
    protected void CommandAny(Action<object> handler) => _commands.Add(Handler.Any(handler));

    protected void CommandAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Command(message => RunTask(() => handler(message)), shouldHandle);

    protected void CommandAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => CommandAsync(handler, shouldHandle);

    protected void CommandAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Command(messageType, message => RunTask(() => handler(message)), shouldHandle);

    protected void CommandAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        CommandAsync(messageType, handler, shouldHandle);

    protected void CommandAnyAsync(Func<object, Task> handler) => CommandAny(message => RunTask(() => handler(message)));

    private Receive Configure(Action configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var outer = _commands;
        _commands = default;
        try
        {
            configure();
            return _commands.Close();
        }
        finally
        {
            _commands = outer;
        }
    }
}
