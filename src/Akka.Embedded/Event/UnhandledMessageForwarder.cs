using Akka.Actor;

namespace Akka.Event;

/// <summary>Logs unhandled messages at Debug: runs when <c>akka.actor.debug.unhandled</c> is on. The event stream subscribes it before the first
/// actor of the application runs.</summary>
internal sealed class UnhandledMessageForwarder : ActorBase
{
    protected override bool Receive(object message)
    {
        if (message is not UnhandledMessage unhandled)
            return false;
        Context.System.EventStream.Publish(new Debug(unhandled.Recipient.Path.ToString(), unhandled.Recipient.GetType(),
            $"Unhandled message from {unhandled.Sender.Path} : {unhandled.Message}"));
        return true;
    }
}
