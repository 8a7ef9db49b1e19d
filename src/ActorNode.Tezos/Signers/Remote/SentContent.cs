using System.Net;
using System.Net.Http.Headers;

namespace ActorNode.Tezos.Signers.Remote;

/// <summary>
/// The body of a request that knows whether any of it left: until it begins to be written there is no request that a signer could act
/// on. It is written once: a transport that would send it again by itself gets an error.
/// </summary>
internal sealed class SentContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _json;
    private int _begun;

    public SentContent(ReadOnlyMemory<byte> json)
    {
        _json = json;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    public bool Begun => Volatile.Read(ref _begun) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref _begun, 1) == 0
            ? stream.WriteAsync(_json, cancellationToken).AsTask()
            : throw new InvalidOperationException("a request to sign is never sent twice");

    protected override bool TryComputeLength(out long length)
    {
        length = _json.Length;
        return true;
    }
}
