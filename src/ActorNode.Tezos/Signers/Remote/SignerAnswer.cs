using System.Net;
using System.Text;
using System.Text.Json;

namespace ActorNode.Tezos.Signers.Remote;

/// <summary>An answer of a remote signer, of limited length.</summary>
internal sealed record SignerAnswer(HttpStatusCode Status, ReadOnlyMemory<byte> Body)
{
    private const int LongestReason = 300;

    /// <summary>Reads the body up to the limit.</summary>
    /// <exception cref="InvalidDataException">The body is longer.</exception>
    public static async Task<SignerAnswer> ReadAsync(HttpResponseMessage response, int maxLength, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > maxLength)
            throw TooLong(maxLength);
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[Math.Min(maxLength, 4096)];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            if (body.Length + read > maxLength)
                throw TooLong(maxLength);
            body.Write(buffer.AsSpan(0, read));
        }

        return new(response.StatusCode, body.ToArray());
    }

    /// <summary>A text property of a JSON object; null when the body is anything else.</summary>
    public string? Property(string name)
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The texts of an array property of a JSON object; null when the body has no such property.</summary>
    public IReadOnlyList<string>? Array(string name)
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
                ? [.. value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the body is an error of the signer's own: a trace as the reference signer prints it, or an object with an error.</summary>
    public bool IsSignersError => Error() is not null;

    /// <summary>Status and the signer's words, as far as they are text and fit a line.</summary>
    public string Reason()
    {
        var text = Error() ?? Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, LongestReason)]);
        var line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return $"{(int)Status} {(line.Length > LongestReason ? line[..LongestReason] + "..." : line)}".TrimEnd();
    }

    private static InvalidDataException TooLong(int maxLength) => new($"the answer is longer than {maxLength} bytes");

    private string? Error()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Array => string.Join("; ", document.RootElement.EnumerateArray().Select(Message).OfType<string>()) is { Length: > 0 } messages ? messages : null,
                JsonValueKind.Object => Message(document.RootElement),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Message(JsonElement error)
    {
        if (error.ValueKind == JsonValueKind.Object)
            foreach (var name in new[] { "msg", "error", "detail", "id" })
                if (error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
                    return value.GetString();
        return null;
    }
}
