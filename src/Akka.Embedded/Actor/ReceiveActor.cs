using Akka.Actor.Internal;
using Akka.Dispatch;

namespace Akka.Actor
{
    /// <summary>
    /// An actor that declares its handlers by type, in its constructor or in the argument of Become. They are tried in the order
    /// of declaration; the first that takes the message wins.
    /// </summary>
    public abstract class ReceiveActor : UntypedActor, IInitializableActor
    {
        /// <summary>The table of the constructor, or, inside Become, that of the new behaviour.</summary>
        private HandlerTable _handlers;

        void IInitializableActor.Init()
        {
            // Unless the constructor has become something else: then the first table is what lies below.
            Cell.BecomeInitially(_handlers.Close());
        }

        protected void Become(Action configure) => Context.Become(Configure(configure));

        protected void BecomeStacked(Action configure) => Context.BecomeStacked(Configure(configure));

        protected sealed override void OnReceive(object message)
        {
            if (!_handlers.TryHandle(message))
                Unhandled(message);
        }

        protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Add(Handler.Of(handler, shouldHandle));

        protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

        protected void Receive<T>(Func<T, bool> handler) => Add(Handler.Of(handler));

        protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
            Add(Handler.Of(messageType, handler, shouldHandle));

        protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) => Receive(messageType, handler, shouldHandle);

        protected void Receive(Type messageType, Func<object, bool> handler) => Add(Handler.Of(messageType, handler));

        /// <summary>Takes everything that is left; no handler may follow.</summary>
        protected void ReceiveAny(Action<object> handler) => Add(Handler.Any(handler));

        protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
            Receive(message => ActorTaskScheduler.RunTask(() => handler(message)), shouldHandle);

        protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => ReceiveAsync(handler, shouldHandle);

        protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
            Receive(messageType, message => ActorTaskScheduler.RunTask(() => handler(message)), shouldHandle);

        protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
            ReceiveAsync(messageType, handler, shouldHandle);

        protected void ReceiveAnyAsync(Func<object, Task> handler) =>
            ReceiveAny(message => ActorTaskScheduler.RunTask(() => handler(message)));

        private Receive Configure(Action configure)
        {
            ArgumentNullException.ThrowIfNull(configure);
            var outer = _handlers;
            _handlers = default;
            try
            {
                configure();
                return _handlers.Close();
            }
            finally
            {
                _handlers = outer;
            }
        }

        private void Add(Handler handler) => _handlers.Add(handler);
    }
}

namespace Akka.Actor.Internal
{
    /// <summary>An actor that has something to do between its constructor and its start.</summary>
    public interface IInitializableActor
    {
        void Init();
    }
}
