using ActorNode.Protocol.Messages;

namespace ActorNode.Server.Http.Messages;

/// <summary>
/// The words in which the API says why something was refused. Rules are told as the actors tell them; what failed inside is told in
/// words of our own, because a database's error may hold what is nobody's business. The log and <c>/v1/services</c> have it.
/// </summary>
internal static class Refusals
{
    public const string Busy = "too much accepted work waits to be stored; send again later";
    public const string OutcomeUnknown = "outcome unknown: the messages may or may not be stored; sending them again is safe";

    /// <summary>Why an account refused.</summary>
    public static string Detail(MessageReplies.Nack nack) => nack.Reason switch
    {
        NackReason.Invalid or NackReason.TooLarge => nack.Detail,
        NackReason.Degraded => "the account's storage keeps failing; send again later",
        NackReason.Stopping => "the node is shutting down",
        _ => OutcomeUnknown,
    };
}
