namespace Akka.Actor;

/// <summary>A link of a mailbox: one message and its sender.</summary>
internal class MailboxNode
{
    internal object? Message;
    internal IActorRef? MessageSender;
    internal MailboxNode? NextNode;
}
