using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Adapters.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ActorNode.Tests.Jobs.Adapters.Http;

public sealed class HttpCallsSpec
{
    private const string NotPublic = "its address is not public; actornode.jobs.http.allow lists what tasks may reach nevertheless";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly JobsHttpSettings Anywhere = new() { AllowPrivate = true };

    [Fact(DisplayName = "An answer may be as large as the limit, and no byte larger, whether it says its size or not")]
    public async Task Limits_answers()
    {
        await using var server = await LocalServer.StartAsync(async context =>
        {
            var body = Encoding.ASCII.GetBytes(new string('x', int.Parse(context.Request.Path.Value![2..], System.Globalization.CultureInfo.InvariantCulture)));
            if (context.Request.Path.Value[1] == 'l')
                context.Response.ContentLength = body.Length;
            foreach (var part in body.Chunk(3000))
            {
                await context.Response.Body.WriteAsync(part);
                await context.Response.Body.FlushAsync();
            }
        });
        using var calls = new HttpCalls(Anywhere);

        foreach (var kind in new[] { "l", "c" })
        {
            Assert.Equal(32768, (await GetAsync(calls, $"{server.Url}/{kind}32768")).Body.Length);
            Assert.Equal(4095, (await GetAsync(calls, $"{server.Url}/{kind}4095")).Body.Length);
            Assert.Equal(4096, (await GetAsync(calls, $"{server.Url}/{kind}4096")).Body.Length);
            Assert.Empty((await GetAsync(calls, $"{server.Url}/{kind}0")).Body);
            Assert.Equal("HTTP request too large, must be less than 32768 bytes", await ErrorAsync(calls, $"{server.Url}/{kind}32769"));
        }
    }

    [Fact(DisplayName = "An answer without an end is given up at the limit, and its connection closed")]
    public async Task Gives_up_endless_answers()
    {
        var gone = new TaskCompletionSource();
        await using var server = await LocalServer.StartAsync(async context =>
        {
            using var _ = context.RequestAborted.Register(gone.SetResult);
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string('x', 1000), CancellationToken.None);
        });
        using var calls = new HttpCalls(Anywhere with { DefaultHttpLimit = 5000 });

        Assert.Equal("HTTP request too large, must be less than 5000 bytes", await ErrorAsync(calls, server.Url));
        await gone.Task.WaitAsync(Patience);
    }

    [Fact(DisplayName = "A slow server is left when the token says so, before it answers and within its answer")]
    public async Task Ends_with_its_token()
    {
        var asked = new SemaphoreSlim(0);
        await using var server = await LocalServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/body")
            {
                await context.Response.WriteAsync("begun");
                await context.Response.Body.FlushAsync();
            }

            asked.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var calls = new HttpCalls(Anywhere);

        foreach (var path in new[] { "/head", "/body" })
        {
            using var cancel = new CancellationTokenSource();
            var call = GetAsync(calls, server.Url + path, cancel.Token);
            Assert.True(await asked.WaitAsync(Patience));
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Patience));
        }
    }

    [Fact(DisplayName = "A name that is not looked up within the wait for a connection is an error")]
    public async Task Bounds_the_connection()
    {
        using var calls = new HttpCalls(Anywhere with { ConnectTimeout = TimeSpan.FromMilliseconds(50) }, async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return [];
        });

        Assert.Equal("GET http://slow.example: no connection within 0.05 s", await ErrorAsync(calls, "http://slow.example/secret?key=secret"));
    }

    [Fact(DisplayName = "A server that is not there, or does not speak HTTP, is an error without path, query or user")]
    public async Task Reports_failures()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var calls = new HttpCalls(Anywhere);

        var call = ErrorAsync(calls, $"http://user:secret@127.0.0.1:{port}/secret?key=secret");
        using (var socket = await listener.AcceptSocketAsync())
            await socket.SendAsync("no http\r\n\r\n"u8.ToArray());
        var garbage = await call;
        listener.Stop();
        var refused = await ErrorAsync(calls, $"http://user:secret@127.0.0.1:{port}/secret?key=secret");

        Assert.StartsWith($"GET http://127.0.0.1:{port}: ", garbage, StringComparison.Ordinal);
        Assert.StartsWith($"GET http://127.0.0.1:{port}: ", refused, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", garbage + refused, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A name that no server knows is an error")]
    public async Task Reports_unknown_names()
    {
        using var calls = new HttpCalls(new JobsHttpSettings(), (_, _) => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)));
        using var empty = new HttpCalls(new JobsHttpSettings(), (_, _) => Task.FromResult<IPAddress[]>([]));

        Assert.StartsWith("GET http://nowhere.example: ", await ErrorAsync(calls, "http://nowhere.example/"), StringComparison.Ordinal);
        Assert.StartsWith("GET http://nowhere.example: ", await ErrorAsync(empty, "http://nowhere.example/"), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A task does not reach this machine, however its address is written, and nothing arrives there")]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://LOCALHOST:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f.1:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://0.0.0.0:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::]:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://user@127.0.0.1:{0}/")]
    [InlineData("http://example.com@127.0.0.1:{0}/")]
    public async Task Refuses_loopback(string url)
    {
        await using var server = await LocalServer.StartAsync("secret");
        using var calls = new HttpCalls(new JobsHttpSettings());

        var error = await ErrorAsync(calls, string.Format(System.Globalization.CultureInfo.InvariantCulture, url, server.Port));

        Assert.EndsWith(NotPublic, error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact(DisplayName = "A name that means this machine is refused at each connection, whatever it meant before")]
    public async Task Refuses_rebinding()
    {
        await using var server = await LocalServer.StartAsync("secret");
        var lookups = 0;
        // Between a check and a connection there is no lookup: what is checked is what is connected to.
        using var calls = new HttpCalls(
            new JobsHttpSettings(), (_, _) => Task.FromResult<IPAddress[]>(Interlocked.Increment(ref lookups) == 1 ? [IPAddress.Parse("::ffff:127.0.0.1")] : [IPAddress.Loopback]));

        for (var i = 0; i < 3; i++)
            Assert.Equal($"GET http://rebind.example:{server.Port}: {NotPublic}", await ErrorAsync(calls, $"http://rebind.example:{server.Port}/"));
        Assert.Equal(3, lookups);
        Assert.Empty(server.Requests);
    }

    [Fact(DisplayName = "Of the addresses of a name only those that are allowed are tried, until one answers")]
    public async Task Tries_allowed_addresses()
    {
        await using var server = await LocalServer.StartAsync("ok");
        using var calls = new HttpCalls(
            new JobsHttpSettings { Allow = ["127.0.0.1", "::1"] }, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("10.0.0.1"), IPAddress.IPv6Loopback, IPAddress.Loopback]));

        Assert.Equal("ok", (await GetAsync(calls, $"http://many.example:{server.Port}/")).Text);
    }

    [Fact(DisplayName = "What the operator lists is reached by its name")]
    public async Task Reaches_listed_names()
    {
        await using var server = await LocalServer.StartAsync("ok");
        using var calls = new HttpCalls(new JobsHttpSettings { Allow = ["localhost"] });

        Assert.Equal("ok", (await GetAsync(calls, $"http://localhost:{server.Port}/")).Text);
        Assert.EndsWith(NotPublic, await ErrorAsync(calls, server.Url), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A redirect to this machine is refused, however it is written")]
    public async Task Refuses_redirects_inwards()
    {
        await using var inner = await LocalServer.StartAsync("secret");
        string[] targets = [inner.Url, $"http://localhost:{inner.Port}/", $"//127.0.0.1:{inner.Port}/", $"http://[::ffff:7f00:1]:{inner.Port}/"];
        await using var outer = await LocalServer.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = targets[int.Parse(context.Request.Path.Value![1..], System.Globalization.CultureInfo.InvariantCulture)];
            return Task.CompletedTask;
        });
        // The outer server is allowed by its name alone.
        using var calls = new HttpCalls(
            new JobsHttpSettings { Allow = ["outer.example"] }, (host, cancellationToken) => host == "outer.example" ? Task.FromResult<IPAddress[]>([IPAddress.Loopback]) : Dns.GetHostAddressesAsync(host, cancellationToken));

        for (var i = 0; i < targets.Length; i++)
            Assert.Equal($"GET http://outer.example:{outer.Port}: {NotPublic}", await ErrorAsync(calls, $"http://outer.example:{outer.Port}/{i}"));
        Assert.Equal(targets.Length, outer.Requests.Count);
        Assert.Empty(inner.Requests);
    }

    [Theory(DisplayName = "Redirects are followed: 307 and 308 with the request as it was, the others as a get")]
    [InlineData(301, "GET", "")]
    [InlineData(302, "GET", "")]
    [InlineData(303, "GET", "")]
    [InlineData(307, "POST", "{}")]
    [InlineData(308, "POST", "{}")]
    public async Task Follows(int status, string method, string body)
    {
        await using var server = await RedirectingAsync(path => path == "/a/b" ? (status, "../c?d=e f") : null);
        using var calls = new HttpCalls(Anywhere);

        var reply = await calls.SendAsync(new HttpCall(CallKind.Task, HttpMethod.Post, HttpTarget.Parse(server.Url + "/a/b"), [], "{}"u8.ToArray()), default);

        Assert.Equal((200, "end"), (reply.Status, reply.Text));
        Assert.Equal((method, "/c?d=e%20f", body), server.Requests.Last() is var last ? (last.Method, last.Target, last.Body) : default);
    }

    [Fact(DisplayName = "As many redirects as the limit are followed and no more")]
    public async Task Limits_redirects()
    {
        await using var server = await RedirectingAsync(path => int.Parse(path[1..], System.Globalization.CultureInfo.InvariantCulture) is > 0 and var left ? (302, $"/{left - 1}") : null);
        using var calls = new HttpCalls(Anywhere);

        Assert.Equal("end", (await GetAsync(calls, server.Url + "/10")).Text);
        Assert.Equal(11, server.Requests.Count);
        Assert.Equal($"GET {server.Url}: stopped after 10 redirects", await ErrorAsync(calls, server.Url + "/11"));
    }

    [Fact(DisplayName = "A loop of redirects ends")]
    public async Task Ends_loops()
    {
        await using var server = await RedirectingAsync(_ => (308, "/loop"));
        using var calls = new HttpCalls(Anywhere with { MaxRedirects = 3 });

        Assert.Equal($"GET {server.Url}: stopped after 3 redirects", await ErrorAsync(calls, server.Url));
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory(DisplayName = "A redirect to what is no http address is an error")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1/")]
    [InlineData("http://")]
    [InlineData("javascript:alert(1)")]
    public async Task Refuses_schemes(string location)
    {
        await using var server = await RedirectingAsync(_ => (302, location));
        using var calls = new HttpCalls(Anywhere);

        Assert.Equal($"GET {server.Url}: the server redirects to what is no http or https address", await ErrorAsync(calls, server.Url));
    }

    [Fact(DisplayName = "A redirect without a target is the answer")]
    public async Task Takes_bare_redirects()
    {
        await using var server = await LocalServer.StartAsync("moved", 301);
        using var calls = new HttpCalls(Anywhere);

        Assert.Equal((301, "moved"), await GetAsync(calls, server.Url) is var reply ? (reply.Status, reply.Text) : default);
    }

    [Fact(DisplayName = "Headers and user of the job go to the server that it names and to no other")]
    public async Task Keeps_headers_at_home()
    {
        await using var other = await LocalServer.StartAsync("other");
        await using var server = await RedirectingAsync(path => path switch { "/1" => (302, "/2"), "/2" => (302, other.Url), _ => null });
        using var calls = new HttpCalls(Anywhere);

        var reply = await calls.SendAsync(
            new HttpCall(CallKind.Task, HttpMethod.Get, new Uri($"http://me:secret@127.0.0.1:{server.Port}/1"), [new("X-Key", ["secret"]), new("Cookie", ["secret"])]), default);

        Assert.Equal("other", reply.Text);
        Assert.All(server.Requests, request => Assert.Equal("secret", request.Headers["X-Key"]));
        Assert.All(server.Requests, request => Assert.StartsWith("Basic ", request.Headers["Authorization"], StringComparison.Ordinal));
        Assert.DoesNotContain(Assert.Single(other.Requests).Headers, header => header.Key is "X-Key" or "Cookie" or "Authorization");
    }

    [Fact(DisplayName = "No cookie of an answer comes back with another request")]
    public async Task Keeps_no_cookies()
    {
        await using var server = await LocalServer.StartAsync(context =>
        {
            context.Response.Headers.SetCookie = "session=1; Path=/";
            return context.Response.WriteAsync("ok");
        });
        using var calls = new HttpCalls(Anywhere);

        await GetAsync(calls, server.Url);
        await GetAsync(calls, server.Url);

        Assert.All(server.Requests, request => Assert.False(request.Headers.ContainsKey("Cookie")));
    }

    [Fact(DisplayName = "Connections are used again, but a bridge's never serves a task")]
    public async Task Reuses_connections()
    {
        await using var server = await LocalServer.StartAsync("ok");
        using var calls = new HttpCalls(new JobsHttpSettings());

        var bridge = new HttpCall(CallKind.Bridge, HttpMethod.Get, new Uri(server.Url), []);
        await calls.SendAsync(bridge, default);
        await calls.SendAsync(bridge, default);

        Assert.Single(server.Requests.Select(request => request.Connection).Distinct());
        Assert.EndsWith(NotPublic, await ErrorAsync(calls, server.Url), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Only so many calls are under way at once; others wait for them")]
    public async Task Bounds_calls()
    {
        var open = new TaskCompletionSource();
        var arrived = new SemaphoreSlim(0);
        var (now, most) = (0, 0);
        await using var server = await LocalServer.StartAsync(async context =>
        {
            var n = Interlocked.Increment(ref now);
            InterlockedMax(ref most, n);
            arrived.Release();
            await open.Task;
            Interlocked.Decrement(ref now);
            await context.Response.WriteAsync("ok");
        });
        using var calls = new HttpCalls(Anywhere with { MaxCalls = 3 });

        var all = Enumerable.Range(0, 10).Select(_ => GetAsync(calls, server.Url)).ToArray();
        for (var i = 0; i < 3; i++)
            Assert.True(await arrived.WaitAsync(Patience));
        open.SetResult();

        Assert.All(await Task.WhenAll(all).WaitAsync(Patience), reply => Assert.Equal("ok", reply.Text));
        Assert.Equal(3, most);

        static void InterlockedMax(ref int most, int n)
        {
            int seen;
            while ((seen = Volatile.Read(ref most)) < n && Interlocked.CompareExchange(ref most, n, seen) != seen)
            {
            }
        }
    }

    private static Task<LocalServer> RedirectingAsync(Func<string, (int Status, string Location)?> next) => LocalServer.StartAsync(context =>
    {
        if (next(context.Request.Path.Value!) is not { } redirect)
            return context.Response.WriteAsync("end");
        context.Response.StatusCode = redirect.Status;
        context.Response.Headers.Location = redirect.Location;
        return Task.CompletedTask;
    });

    private static async Task<HttpReply> GetAsync(HttpCalls calls, string url, CancellationToken cancellationToken = default) =>
        await calls.SendAsync(new HttpCall(CallKind.Task, HttpMethod.Get, HttpTarget.Parse(url), []), cancellationToken);

    private static async Task<string> ErrorAsync(HttpCalls calls, string url) =>
        (await Assert.ThrowsAsync<AdapterException>(() => GetAsync(calls, url))).Message;
}
