using ActorNode.Protocol.Forging;

namespace ActorNode.Server.Http.Signer;

/// <summary>What the forge worker's answer is in the signer protocol.</summary>
internal static class SignerOutcome
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>The signature.</summary>
    /// <exception cref="SignerRefusal">There is none.</exception>
    public static ForgeEvents.PayloadSigned Of(object reply) => reply switch
    {
        ForgeEvents.PayloadSigned signed => signed,
        ForgeEvents.ForgeRefused refused => throw new SignerRefusal(StatusCodes.Status409Conflict, refused.Detail),
        ForgeEvents.ForgeFailed failed => throw new SignerRefusal(StatusOf(failed.Reason), failed.Detail) { RetryAfter = WaitOf(StatusOf(failed.Reason)) },
        ForgeEvents.ForgeCancelled => throw new SignerRefusal(StatusCodes.Status503ServiceUnavailable, "the request was cancelled while it waited; nothing was signed"),
        ForgeReplies.Rejected rejected => throw new SignerRefusal(StatusOf(rejected.Reason), rejected.Detail) { RetryAfter = WaitOf(StatusOf(rejected.Reason)) },
        _ => throw new InvalidOperationException($"the forge worker answered with {reply.GetType()}"),
    };

    private static int StatusOf(ForgeFailure reason) => reason switch
    {
        ForgeFailure.QueueFull => StatusCodes.Status429TooManyRequests,
        ForgeFailure.SignerUnavailable or ForgeFailure.WatermarksUnavailable or ForgeFailure.PreparationFailed => StatusCodes.Status503ServiceUnavailable,
        ForgeFailure.SignerRefused => StatusCodes.Status403Forbidden,
        ForgeFailure.SigningTimeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status502BadGateway,
    };

    private static int StatusOf(RejectReason reason) => reason switch
    {
        RejectReason.UnknownKey => StatusCodes.Status404NotFound,
        RejectReason.Invalid => StatusCodes.Status400BadRequest,
        RejectReason.Duplicate => StatusCodes.Status409Conflict,
        RejectReason.QueueFull => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status503ServiceUnavailable,
    };

    private static TimeSpan? WaitOf(int status) => status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable ? Soon : null;
}
