using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>The messages of one mailbox: many producers, one consumer.</summary>
public interface IMessageQueue
{
    bool HasMessages { get; }

    int Count { get; }

    void Enqueue(IActorRef receiver, Envelope envelope);

    bool TryDequeue(out Envelope envelope);

    /// <summary>The actor has stopped: what is left goes to <paramref name="deadletters"/>.</summary>
    void CleanUp(IActorRef owner, IMessageQueue deadletters);
}

internal static class MessageQueueExtensions
{
    public static void MoveTo(this IMessageQueue queue, IMessageQueue deadLetters, IActorRef owner)
    {
        while (queue.TryDequeue(out var envelope))
            deadLetters.Enqueue(owner, envelope);
    }
}
