using ActorNode.Messages;

namespace ActorNode.Server.Http.Batch;

/// <summary>What one request may write to one account.</summary>
internal readonly record struct BatchLimits(int MaxMessages, long MaxBytes, int MaxBodyBytes)
{
    /// <summary>The limits that the account itself would apply.</summary>
    public static BatchLimits Of(MessagesSettings settings) => new(settings.MaxBatchMessages, settings.MaxBatchBytes, settings.MaxBodyBytes);
}
