namespace Akka.Actor;

/// <summary>A link of a mailbox. The first one, the cell, carries no message.</summary>
internal abstract class MailboxLink
{
    internal MailboxNode? NextNode;
}

/// <summary>One message and its sender.</summary>
internal sealed class MailboxNode : MailboxLink
{
    internal object? Message;
    internal IActorRef? MessageSender;
}
