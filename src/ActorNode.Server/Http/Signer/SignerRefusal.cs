namespace ActorNode.Server.Http.Signer;

/// <summary>
/// Ends a request of the signer protocol without a signature. The status tells a client's library what to do, the message its user why:
/// 4xx and 503 mean that nothing was signed, 502 and 504 that nobody knows.
/// </summary>
internal sealed class SignerRefusal(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>When to come back.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static SignerRefusal Bad(string message) => new(StatusCodes.Status400BadRequest, message);

    public static SignerRefusal Forbidden(string message) => new(StatusCodes.Status403Forbidden, message);
}
