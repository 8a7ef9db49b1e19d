using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace ActorNode.Server.Tests.Http;

/// <summary>One server-sent event.</summary>
public sealed record SentEvent(string Event, string? Id, string Data);

/// <summary>A client of server-sent events.</summary>
public sealed class EventStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly IDisposable _connection;
    private readonly StreamReader _reader;

    private EventStream(IDisposable connection, Stream stream)
    {
        _connection = connection;
        _reader = new StreamReader(stream, Encoding.UTF8);
    }

    /// <summary>Opens a stream; when this returns, the account is followed.</summary>
    public static async Task<EventStream> OpenAsync(HttpNode node, string path, string? lastEventId = null)
    {
        var response = await RequestAsync(node, path, lastEventId);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        return await BegunAsync(new EventStream(response, await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>The same as soon as the node has room for it.</summary>
    public static async Task<EventStream> OpenWhenFreeAsync(HttpNode node, string path)
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            var response = await RequestAsync(node, path, lastEventId: null);
            if (response.StatusCode == HttpStatusCode.OK)
                return await BegunAsync(new EventStream(response, await response.Content.ReadAsStreamAsync()));
            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.True(DateTime.UtcNow < until, "no room for another stream");
            response.Dispose();
        }
    }

    /// <summary>Opens a stream over a connection that takes in next to nothing by itself: bytes move only while a test reads.</summary>
    public static async Task<EventStream> OpenSlowAsync(HttpNode node, string path)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, node.Address.Port);
        var stream = new NetworkStream(socket, ownsSocket: true);
        // HTTP/1.0 has no chunks, so the body is what follows the headers.
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.0\r\n\r\n"));
        var slow = new EventStream(stream, stream);
        while (await slow.LineAsync() is { Length: > 0 })
        {
        }

        return await BegunAsync(slow);
    }

    /// <summary>The next line, null at the end.</summary>
    public Task<string?> LineAsync() => _reader.ReadLineAsync().WaitAsync(Patience);

    /// <summary>The next event, without the comments before it; null at the end.</summary>
    public async Task<SentEvent?> NextAsync()
    {
        var (name, id, data) = ("message", (string?)null, (string?)null);
        while (await LineAsync() is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
                name = line[7..];
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
                data = line[6..];
            else if (line.Length == 0 && data is not null)
                return new SentEvent(name, id, data);
            else
                Assert.True(line.Length == 0 || line[0] == ':', line);
        }

        return null;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _connection.Dispose();
    }

    private static async Task<HttpResponseMessage> RequestAsync(HttpNode node, string path, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await node.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<EventStream> BegunAsync(EventStream stream)
    {
        Assert.Equal(": following", await stream.LineAsync());
        Assert.Equal("", await stream.LineAsync());
        return stream;
    }
}
