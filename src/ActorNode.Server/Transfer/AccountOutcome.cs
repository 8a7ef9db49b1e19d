using System.Text.Json;

namespace ActorNode.Server.Transfer;

/// <summary>What a write came to for one account, as <c>POST /v1/messages</c> answers it.</summary>
internal sealed record AccountOutcome(long Written, long Duplicates, string? Error, string? Reason, TimeSpan? RetryAfter)
{
    /// <summary>True when sending the same again is useless.</summary>
    public bool IsFinal => Reason is "invalid" or "tooLarge";

    /// <summary>Reads an answer by account.</summary>
    /// <exception cref="NodeClientException">It is none.</exception>
    public static Dictionary<string, AccountOutcome> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.EnumerateObject().ToDictionary(account => account.Name, account => Of(account.Value), StringComparer.Ordinal);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new NodeClientException($"the node's answer is not what a node answers: {malformed.Message}");
        }
    }

    private static AccountOutcome Of(JsonElement account) => account.TryGetProperty("error", out var error)
        ? new AccountOutcome(0, 0, error.GetString() ?? "no details", Text(account, "reason"), Seconds(account, "retryAfter"))
        : new AccountOutcome(Number(account, "written"), Number(account, "duplicates"), null, null, null);

    private static string? Text(JsonElement account, string name) => account.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static long Number(JsonElement account, string name) => account.TryGetProperty(name, out var number)
        ? number.GetInt64()
        : throw new FormatException($"'{name}' is missing");

    private static TimeSpan? Seconds(JsonElement account, string name) =>
        account.TryGetProperty(name, out var number) && number.GetDouble() is >= 0 and < 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : null;
}
