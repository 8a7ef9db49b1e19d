using System.Collections.Immutable;
using ActorNode.Protocol.Messages;

namespace ActorNode.Storage;

/// <summary>What messages count for in limits of memory and of a transaction.</summary>
public static class MessageSize
{
    /// <summary>A message's object, array and row overhead, roughly, so that a million empty bodies are not free.</summary>
    private const int Overhead = 128;

    /// <summary>Bytes that the messages count for.</summary>
    public static long Of(ImmutableArray<Message> messages)
    {
        var bytes = 0L;
        foreach (var message in messages)
            bytes += Overhead + message.Body.Length + 2L * message.Id.Value.Length;
        return bytes;
    }
}
