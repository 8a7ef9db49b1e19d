using ActorNode.Protocol.Messages;
using static ActorNode.Protocol.Messages.MessageReplies;

namespace ActorNode.Server.Http.Messages;

/// <summary>What a batch came to as a whole: the status of its response, and when to come back.</summary>
internal readonly record struct WriteOutcome(int Status, TimeSpan? RetryAfter)
{
    /// <summary>Pure. An account without an answer (null) is one of unknown outcome.</summary>
    public static WriteOutcome Of(ReadOnlySpan<IWriteReply?> replies)
    {
        var (acked, busy, refused, tooLarge) = (0, 0, 0, 0);
        TimeSpan? retryAfter = null;
        foreach (var reply in replies)
        {
            switch (reply)
            {
                case Ack:
                    acked++;
                    break;
                case Busy b:
                    busy++;
                    retryAfter = Later(retryAfter, b.RetryAfter);
                    break;
                case Nack { Reason: NackReason.Invalid }:
                    refused++;
                    break;
                case Nack { Reason: NackReason.TooLarge }:
                    refused++;
                    tooLarge++;
                    break;
                case Nack n:
                    retryAfter = Later(retryAfter, n.RetryAfter);
                    break;
            }
        }

        var all = replies.Length;
        return acked == all ? new WriteOutcome(StatusCodes.Status200OK, null)
            : acked > 0 ? new WriteOutcome(StatusCodes.Status207MultiStatus, retryAfter)
            : busy == all ? new WriteOutcome(StatusCodes.Status429TooManyRequests, retryAfter)
            : tooLarge == all ? new WriteOutcome(StatusCodes.Status413PayloadTooLarge, null)
            : refused == all ? new WriteOutcome(StatusCodes.Status400BadRequest, null)
            : new WriteOutcome(StatusCodes.Status503ServiceUnavailable, retryAfter);
    }

    /// <summary>The longest wait: by then every account that named one takes messages again.</summary>
    private static TimeSpan? Later(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other ?? one : one;
}
