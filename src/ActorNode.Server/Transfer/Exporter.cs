using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ActorNode.Server.Transfer;

/// <summary>What an export has done so far. Written by it alone, read by others while it runs.</summary>
internal sealed class ExportCounters
{
    private long _messages;
    private long _accounts;
    private long _removed;

    /// <summary>Messages written out.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Accounts done.</summary>
    public long Accounts => Interlocked.Read(ref _accounts);

    /// <summary>Messages that retention removed while the export ran, before it came to them.</summary>
    public long Removed => Interlocked.Read(ref _removed);

    public void Add(long messages) => Interlocked.Add(ref _messages, messages);

    public void AccountDone() => Interlocked.Increment(ref _accounts);

    public void AddRemoved(long messages) => Interlocked.Add(ref _removed, messages);
}

/// <summary>
/// Reads accounts from a node, page by page, up to the sequence that each had when the export came to it, and writes lines that an import
/// takes. A hole in the sequences that retention does not explain is an error.
/// </summary>
internal sealed class Exporter(NodeClient client, ExportCounters counters, int pageSize = 500)
{
    private const int AccountsPage = 1_000;

    /// <summary>Writes one account, or all in order of their names.</summary>
    /// <exception cref="NodeClientException">The node cannot be read, or its answers have a hole.</exception>
    public async Task RunAsync(Stream output, string? account, CancellationToken cancellationToken)
    {
        try
        {
            if (account is not null)
                await AccountAsync(output, account, range: null, cancellationToken);
            else
                await AllAsync(output, cancellationToken);
        }
        catch (Exception malformed) when (malformed is InvalidOperationException or FormatException)
        {
            // A value of another kind than the API has.
            throw new NodeClientException($"the node's answer is not what a node answers: {malformed.Message}");
        }
    }

    private async Task AllAsync(Stream output, CancellationToken cancellationToken)
    {
        for (string? after = null; ;)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"/v1/messages?limit={AccountsPage}")
                + (after is null ? "" : $"&after={Uri.EscapeDataString(after)}");
            using var page = await GetAsync(query, cancellationToken);
            foreach (var entry in Property(page.RootElement, "accounts").EnumerateArray())
            {
                var range = (First: Property(entry, "first").GetInt64(), Last: Property(entry, "last").GetInt64());
                await AccountAsync(output, Property(entry, "account").GetString()!, range, cancellationToken);
            }

            after = Property(page.RootElement, "next").GetString();
            if (after is null)
                return;
        }
    }

    /// <summary>Without a range: from the first message that is there to the end of the first page that has nothing after it.</summary>
    private async Task AccountAsync(Stream output, string account, (long First, long Last)? range, CancellationToken cancellationToken)
    {
        var position = range is { } known ? known.First - 1 : 0;
        while (range is null || position < range.Value.Last)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"/v1/messages/{Uri.EscapeDataString(account)}?after={position}&limit={pageSize}");
            var response = await SendAsync(query, cancellationToken);
            using var page = Parse(response);
            if (response.Status == HttpStatusCode.Gone)
            {
                var first = Property(page.RootElement, "first").GetInt64();
                if (first <= position + 1)
                    throw new NodeClientException($"account '{account}': the node says that sequence {position + 1} is gone, and that {first} is there");
                // What was never announced was never there for this export.
                if (range is not null)
                    counters.AddRemoved(Math.Min(first - 1, range.Value.Last) - position);
                position = first - 1;
                continue;
            }

            var (last, count) = await PageAsync(output, account, page.RootElement, position, range?.Last ?? long.MaxValue, cancellationToken);
            if (last == position && range is { } expected)
                throw new NodeClientException($"account '{account}' has a hole: nothing after sequence {position}, but its last one is {expected.Last}");
            position = last;
            if (range is null && (count == 0 || Property(page.RootElement, "next").ValueKind == JsonValueKind.Null))
                break;
        }

        counters.AccountDone();
    }

    private async Task<(long Last, int Count)> PageAsync(
        Stream output, string account, JsonElement page, long position, long upTo, CancellationToken cancellationToken)
    {
        using var lines = new MemoryStream();
        var count = 0;
        foreach (var message in Property(page, "messages").EnumerateArray())
        {
            var sequence = Property(message, "sequence").GetInt64();
            if (sequence != position + 1)
                throw new NodeClientException($"account '{account}' has a hole: sequence {sequence} follows {position}");
            if (sequence > upTo)
                break;
            using (var line = new Utf8JsonWriter(lines))
            {
                line.WriteStartObject();
                line.WriteString("account"u8, account);
                line.WriteString("id"u8, Property(message, "id").GetString());
                line.WriteBase64String("body"u8, Property(message, "body").GetBytesFromBase64());
                line.WriteEndObject();
            }

            lines.WriteByte((byte)'\n');
            position = sequence;
            count++;
        }

        await output.WriteAsync(lines.GetBuffer().AsMemory(0, (int)lines.Length), cancellationToken);
        counters.Add(count);
        return (position, count);
    }

    private async Task<JsonDocument> GetAsync(string query, CancellationToken cancellationToken)
    {
        var response = await SendAsync(query, cancellationToken);
        return response.Status == HttpStatusCode.OK ? Parse(response) : throw Refused(response);
    }

    private async Task<NodeResponse> SendAsync(string query, CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, query), cancellationToken);
        return response.Status is HttpStatusCode.OK or HttpStatusCode.Gone ? response : throw Refused(response);
    }

    private static NodeClientException Refused(NodeResponse response) => new($"the node answered {(int)response.Status}: {response.Detail}");

    private static JsonDocument Parse(NodeResponse response)
    {
        try
        {
            return JsonDocument.Parse(response.Body);
        }
        catch (JsonException malformed)
        {
            throw new NodeClientException($"the node's answer is not what a node answers: {malformed.Message}");
        }
    }

    private static JsonElement Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value)
            ? value
            : throw new NodeClientException($"the node's answer is not what a node answers: '{name}' is missing");
}
