namespace ActorNode.Protocol.Messages;

/// <summary>What happened to an account.</summary>
public static class MessageEvents
{
    /// <summary>Messages <paramref name="First"/> to <paramref name="Last"/> became durable. To the account's followers.</summary>
    public sealed record Committed(AccountId AccountId, long First, long Last) : IWithAccountId;

    /// <summary>The account's storage failed too often; it refuses writes until it works again. On the event stream.</summary>
    public sealed record AccountDegraded(AccountId AccountId, string Error, DateTimeOffset At) : IWithAccountId;

    /// <summary>The account takes writes again. On the event stream.</summary>
    public sealed record AccountRecovered(AccountId AccountId, DateTimeOffset At) : IWithAccountId;
}
