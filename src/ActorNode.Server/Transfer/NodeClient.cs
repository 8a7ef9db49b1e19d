using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorNode.Server.Transfer;

/// <summary>
/// Speaks HTTP to a running node. A request that met a busy, stopping or unreachable node is repeated with capped back-off, as long as
/// something succeeds at least every <see cref="ClientOptions.GiveUpAfter"/>. Thread-safe. Repeats are safe because reads change nothing and
/// writes carry ids.
/// </summary>
public sealed class NodeClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly ClientOptions _options;
    private readonly TimeProvider _clock;
    private long _lastSuccess;

    /// <summary>A client of one node.</summary>
    /// <param name="options">Whom to speak to and how.</param>
    /// <param name="clock">The time of back-offs.</param>
    /// <param name="handler">What carries requests; null: sockets.</param>
    public NodeClient(ClientOptions options, TimeProvider clock, HttpMessageHandler? handler = null)
    {
        _options = options;
        _clock = clock;
        _lastSuccess = clock.GetTimestamp();
        _http = new HttpClient(handler ?? new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = options.Url,
            Timeout = options.RequestTimeout,
        };
        if (options.Token is { } token)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Called before each wait, with what happened, for those who show progress.</summary>
    public Action<string>? OnRetry { get; init; }

    /// <summary>Sends a request until it has an answer that is final, and reads it.</summary>
    /// <exception cref="NodeClientException">The node refuses, or did not answer usefully for too long.</exception>
    public async Task<NodeResponse> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        for (var backoff = new Backoff(_options.MinBackoff, _options.MaxBackoff); ;)
        {
            var (response, problem, retryAfter) = await TryAsync(request, cancellationToken);
            if (response is not null)
            {
                Interlocked.Exchange(ref _lastSuccess, _clock.GetTimestamp());
                return response;
            }

            await WaitAsync(backoff.Next(retryAfter), problem, cancellationToken);
        }
    }

    /// <summary>Sends a request until it has an answer that is final, which must be a JSON object.</summary>
    /// <exception cref="NodeClientException">The node refuses, or did not answer usefully for too long.</exception>
    public async Task<JsonObject> AskAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        var response = await SendAsync(request, cancellationToken);
        return response.Status == HttpStatusCode.OK ? response.Json() : throw new NodeClientException(response.Detail);
    }

    /// <summary>Sends a request that must not be sent twice. Whatever the node answers is final.</summary>
    /// <exception cref="NodeClientException">There is no answer; the message says whether the request may have been served.</exception>
    public async Task<NodeResponse> SendOnceAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        var (response, problem, sent) = await ExchangeAsync(request, cancellationToken);
        return response ?? throw new NodeClientException(sent ? $"{problem}; what was asked for may have been done" : problem);
    }

    /// <summary>Waits before something is repeated, unless nothing succeeded for too long.</summary>
    /// <exception cref="NodeClientException">It is time to give up.</exception>
    public async Task WaitAsync(TimeSpan wait, string problem, CancellationToken cancellationToken)
    {
        if (_clock.GetElapsedTime(Interlocked.Read(ref _lastSuccess)) + wait > _options.GiveUpAfter)
            throw new NodeClientException($"{problem}; gave up after {_options.GiveUpAfter.TotalSeconds:0} s without success");
        OnRetry?.Invoke(problem);
        await Task.Delay(wait, _clock, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<(NodeResponse? Response, string Problem, TimeSpan? RetryAfter)> TryAsync(
        Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        var (response, problem, _) = await ExchangeAsync(request, cancellationToken);
        return response?.Status switch
        {
            null => (null, problem, null),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout =>
                (null, $"the node answered {(int)response.Status}: {response.Detail}", response.RetryAfter),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => throw new NodeClientException(
                $"the node at {_options.Url} refused the token; give the one of its actornode.http.token-file by --token-file"),
            _ => (response, "", null),
        };
    }

    /// <summary>One request and its answer, or why there is none and whether the request was sent nevertheless.</summary>
    private async Task<(NodeResponse? Response, string Problem, bool Sent)> ExchangeAsync(Func<HttpRequestMessage> request, CancellationToken cancellationToken)
    {
        try
        {
            using var message = request();
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? set.ToImmutableArray() : [];
            return (new NodeResponse(response.StatusCode, body) { Cookies = cookies, RetryAfter = RetryAfterOf(response) }, "", true);
        }
        catch (HttpRequestException unreachable)
        {
            var unsent = unreachable.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            return (null, $"the node at {_options.Url} cannot be reached: {Innermost(unreachable)}", !unsent);
        }
        catch (IOException broken)
        {
            return (null, $"the connection to {_options.Url} broke: {broken.Message}", true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, $"the node at {_options.Url} did not answer within {_options.RequestTimeout.TotalSeconds:0} s", true);
        }
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date - _clock.GetUtcNow() is var left && left > TimeSpan.Zero => left,
        _ => null,
    };

    private static string Innermost(Exception exception)
    {
        while (exception is not SocketException && exception.InnerException is { } inner)
            exception = inner;
        return exception.Message;
    }

    /// <summary>What a problem document or a list of errors says, or the start of whatever came instead.</summary>
    internal static string DetailOf(ReadOnlyMemory<byte> body)
    {
        const int Shown = 200;
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object)
            {
                foreach (var name in (ReadOnlySpan<string>)["detail", "title"])
                {
                    if (root.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String)
                        return text.GetString()!;
                }

                if (root.TryGetProperty("errors", out var errors) && errors is { ValueKind: JsonValueKind.Array } && errors.GetArrayLength() > 0)
                    return string.Join(Environment.NewLine, errors.EnumerateArray().Select(ErrorOf));
            }
        }
        catch (JsonException)
        {
            // Not ours: a proxy's page, say. It is shown as text below.
        }

        var start = System.Text.Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, Shown)]).ReplaceLineEndings(" ").Trim();
        return start.Length == 0 ? "no details" : string.Create(CultureInfo.InvariantCulture, $"{start}{(body.Length > Shown ? "..." : "")}");
    }

    private static string ErrorOf(JsonElement error) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty("detail", out var detail) && detail.ValueKind == JsonValueKind.String
            ? detail.GetString()!
            : error.GetRawText();
}

/// <summary>A final answer of the node.</summary>
public sealed record NodeResponse(HttpStatusCode Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>The cookies that it sets, as it writes them.</summary>
    public ImmutableArray<string> Cookies { get; init; } = [];

    /// <summary>When the node wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the answer says about itself, where it is a problem.</summary>
    public string Detail => NodeClient.DetailOf(Body);

    /// <summary>The answer's JSON object.</summary>
    /// <exception cref="NodeClientException">It has none.</exception>
    public JsonObject Json()
    {
        try
        {
            if (JsonNode.Parse(Body.Span) is JsonObject json)
                return json;
        }
        catch (JsonException)
        {
            // Not of this node: a proxy's page, say. It is shown below.
        }

        throw new NodeClientException($"the answer is no JSON object: {Detail}");
    }
}

/// <summary>The node refused, or could not be reached for too long. The message is for operators.</summary>
public sealed class NodeClientException(string message) : Exception(message);
