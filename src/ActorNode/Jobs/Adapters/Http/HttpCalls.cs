using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace ActorNode.Jobs.Adapters.Http;

/// <summary>
/// The calls that tasks make. Each is bounded: in time by its token and the wait for a connection, in memory by the limit of its answer and by
/// how many run at once. Nothing of the process leaks into them: no proxy of the environment, no cookies, no credentials but those given.
/// Thread-safe; connections are reused.
/// </summary>
public sealed class HttpCalls : IDisposable
{
    /// <summary>Looks a host name up.</summary>
    internal delegate Task<IPAddress[]> Resolver(string host, CancellationToken cancellationToken);

    private readonly JobsHttpSettings _settings;
    private readonly Resolver _resolve;
    private readonly HttpMessageInvoker _tasks;
    private readonly HttpMessageInvoker _bridges;

    // Not disposed: a call that ends after the node's stop still counts itself out, and there is nothing to free.
    private readonly SemaphoreSlim _calls;

    /// <param name="settings">The limits.</param>
    public HttpCalls(JobsHttpSettings settings)
        : this(settings, Dns.GetHostAddressesAsync)
    {
    }

    internal HttpCalls(JobsHttpSettings settings, Resolver resolve)
    {
        _settings = settings;
        _resolve = resolve;
        // A connection is opened for one kind of call and never serves the other.
        _tasks = Client(new AddressGuard(settings.AllowPrivate, settings.Allow));
        _bridges = Client(new AddressGuard(settings.BridgesAllowPrivate, settings.Allow));
        _calls = new SemaphoreSlim(settings.MaxCalls);
    }

    /// <summary>Sends a request and reads the answer, after redirects, whatever its status.</summary>
    /// <exception cref="AdapterException">There is no answer, it is too large, or it leads to where the call may not go.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async ValueTask<HttpReply> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        await _calls.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await FollowAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException failed)
        {
            throw new AdapterException($"{call}: {Reason(failed)}", failed);
        }
        catch (IOException failed)
        {
            throw new AdapterException($"{call}: {failed.Message}", failed);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AdapterException($"{call}: no connection within {_settings.ConnectTimeout.TotalSeconds:0.###} s", late);
        }
        finally
        {
            _calls.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tasks.Dispose();
        _bridges.Dispose();
    }

    private async ValueTask<HttpReply> FollowAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var (method, target, body) = (call.Method, call.Target, call.Body);
        for (var redirects = 0; ; redirects++)
        {
            using var request = Request(call, method, target, body);
            using var response = await (call.Kind == CallKind.Bridge ? _bridges : _tasks).SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (Redirect(response) is not { } location)
                return new HttpReply((int)response.StatusCode, await ReadAsync(response, cancellationToken).ConfigureAwait(false));
            if (redirects == _settings.MaxRedirects)
                throw new AdapterException($"{call}: stopped after {redirects} redirects");
            var next = HttpTarget.Follow(target, location) ?? throw new AdapterException($"{call}: the server redirects to what is no http or https address");
            if (call.Kind == CallKind.Bridge && !HttpTarget.SameOrigin(call.Target, next))
                throw new AdapterException($"{call}: the bridge redirects to {HttpTarget.Origin(next)}; only redirects to its own origin are followed");
            target = next;
            // As browsers and the original do: only these two repeat the request as it was.
            if (response.StatusCode is not (HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
                (method, body) = (HttpMethod.Get, null);
        }
    }

    private static string? Redirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.NonValidated.TryGetValues("Location", out var values)
            ? values.ToString()
            : null;

    private static HttpRequestMessage Request(HttpCall call, HttpMethod method, Uri target, ReadOnlyMemory<byte>? body)
    {
        var request = new HttpRequestMessage(method, target) { Version = HttpVersion.Version11 };
        if (body is { } bytes)
            request.Content = new ReadOnlyMemoryContent(bytes);
        if (HttpTarget.SameOrigin(call.Target, target))
        {
            foreach (var (name, values) in call.Headers)
                Add(request, name, values);
            if (!request.Headers.NonValidated.Contains("Authorization") && call.Target.UserInfo is { Length: > 0 } user)
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user))));
        }

        if (!request.Headers.NonValidated.Contains("User-Agent"))
            request.Headers.TryAddWithoutValidation("User-Agent", "ActorNode");
        if (body is not null)
            request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }

    private static void Add(HttpRequestMessage request, string name, IEnumerable<string> values)
    {
        if (request.Headers.TryAddWithoutValidation(name, values))
            return;
        // The rest are headers of a body, which a request without one has only for their sake.
        request.Content ??= new ReadOnlyMemoryContent(default);
        request.Content.Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>The body, which is never more than one buffer beyond the limit.</summary>
    private async ValueTask<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var limit = _settings.DefaultHttpLimit;
        if (response.Content.Headers.ContentLength > limit)
            throw TooLarge(limit);
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        // The answer is as long as it says, or grows from what most answers fit in.
        var buffer = new byte[Math.Min(limit + 1L, response.Content.Headers.ContentLength + 1 ?? 4096)];
        var length = 0;
        while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is var read && read > 0)
        {
            length += read;
            if (length > limit)
                throw TooLarge(limit);
            if (length == buffer.Length)
                Array.Resize(ref buffer, (int)Math.Min(limit + 1L, length * 2L));
        }

        return length == buffer.Length ? buffer : buffer[..length];
    }

    private HttpMessageInvoker Client(AddressGuard guard) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        Credentials = null,
        PreAuthenticate = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = _settings.ConnectTimeout,
        MaxConnectionsPerServer = _settings.MaxConnectionsPerServer,
        PooledConnectionIdleTimeout = _settings.IdleTimeout,
        PooledConnectionLifetime = _settings.ConnectionLifetime,
        // An answer that is not read to its end is not worth its connection.
        MaxResponseDrainSize = 0,
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(guard, context.DnsEndPoint, cancellationToken),
    });

    /// <summary>
    /// Connects to an address that is allowed. The very address is checked that the socket connects to, after the lookup of the name, so that a
    /// name which means something else a moment later changes nothing.
    /// </summary>
    private async ValueTask<Stream> ConnectAsync(AddressGuard guard, DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await _resolve(target.Host, cancellationToken).ConfigureAwait(false);
        SocketException? failure = null;
        var refused = false;
        foreach (var address in addresses)
        {
            if (!guard.Allows(target.Host, address))
            {
                refused = true;
                continue;
            }

            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, target.Port), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failed)
            {
                failure = failed;
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        if (failure is null && refused)
            throw new AdapterException("its address is not public; actornode.jobs.http.allow lists what tasks may reach nevertheless");
        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static AdapterException TooLarge(int limit) => new($"HTTP request too large, must be less than {limit} bytes");

    private static string Reason(HttpRequestException failed) => failed.InnerException switch
    {
        AdapterException refused => refused.Message,
        SocketException socket => socket.Message,
        { } cause => cause.Message,
        null => failed.Message,
    };
}
