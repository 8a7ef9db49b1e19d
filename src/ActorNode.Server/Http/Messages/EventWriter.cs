using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorNode.Protocol.Messages;

namespace ActorNode.Server.Http.Messages;

/// <summary>Writes server-sent events. Nothing is held back beyond the call: each one ends with a flush at the client's pace.</summary>
internal sealed class EventWriter : IDisposable
{
    private readonly HttpResponse _response;
    private readonly PooledBuffer _buffer = new(4096);
    private readonly Utf8JsonWriter _json;

    public EventWriter(HttpResponse response)
    {
        _response = response;
        _json = new Utf8JsonWriter(_buffer, HttpJson.Options);
    }

    /// <summary>A line that clients skip.</summary>
    public ValueTask CommentAsync(string text, CancellationToken cancellationToken)
    {
        Text(": ");
        Text(text);
        Text("\n\n");
        return SendAsync(cancellationToken);
    }

    /// <summary>A message; its sequence is the event's id.</summary>
    public ValueTask MessageAsync(StoredMessage message, CancellationToken cancellationToken)
    {
        Text("id: ");
        Number(message.Sequence);
        Text("\ndata: ");
        HttpJson.WriteMessage(_json, message);
        _json.Flush();
        _json.Reset();
        Text("\n\n");
        return SendAsync(cancellationToken);
    }

    /// <summary>
    /// Messages before <paramref name="first"/> are gone. Its id is the sequence before, so that a client which reconnects goes on from
    /// there and is not told again.
    /// </summary>
    public ValueTask GoneAsync(long first, CancellationToken cancellationToken)
    {
        Text("event: gone\nid: ");
        Number(first - 1);
        Text("\ndata: {\"first\":");
        Number(first);
        Text("}\n\n");
        return SendAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _json.Dispose();
        _buffer.Dispose();
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _response.BodyWriter.WriteAsync(_buffer.Written, cancellationToken);
        _buffer.Clear();
    }

    private void Text(string text) => Encoding.ASCII.GetBytes(text, _buffer);

    private void Number(long number)
    {
        number.TryFormat(_buffer.GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
        _buffer.Advance(written);
    }
}
