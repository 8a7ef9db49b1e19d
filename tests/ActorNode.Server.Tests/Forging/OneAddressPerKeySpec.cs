using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Forging;
using ActorNode.Server.Tests.Http;
using Xunit;

namespace ActorNode.Server.Tests.Forging;

/// <summary>A key under two addresses would have two sets of watermarks, and could be made to sign twice.</summary>
public sealed class OneAddressPerKeySpec
{
    private static readonly SignerKey Mavryk = new(new("mv1"), "edpk", "first");
    private static readonly SignerKey Tezos = new(new("tz1"), "edpk", "second");
    private static readonly SignerKey Other = new(new("mv2"), "sppk", null);

    private readonly ListedSigner _inner = new();
    private readonly CollectingLogger<OneAddressPerKey> _log = new();
    private readonly OneAddressPerKey _signer;

    public OneAddressPerKeySpec() => _signer = new OneAddressPerKey(_inner, _log);

    [Fact(DisplayName = "Of a key with two addresses the first is listed, the other named in a warning")]
    public async Task Lists_the_first()
    {
        _inner.Keys = [Mavryk, Other, Tezos];

        Assert.Equal([Mavryk, Other], (await _signer.GetKeysAsync(default)).AsEnumerable());
        var warning = Assert.Single(_log.Entries);
        Assert.StartsWith("The key tz1 is also known as mv1 and signs under that address only", warning.Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The address that was first stays the key's only one, in whatever order it is listed later, and when it is gone")]
    public async Task Stays_the_first()
    {
        _inner.Keys = [Mavryk];
        await _signer.GetKeysAsync(default);
        _inner.Keys = [Tezos, Mavryk];
        Assert.Equal([Mavryk], (await _signer.GetKeysAsync(default)).AsEnumerable());
        _inner.Keys = [Tezos];
        Assert.Empty(await _signer.GetKeysAsync(default));
        await RefusedAsync(Tezos);
    }

    [Fact(DisplayName = "The other address signs nothing, and neither does a key that was never listed; the signer behind is not asked")]
    public async Task Signs_under_one()
    {
        _inner.Keys = [Mavryk, Tezos];
        await RefusedAsync(Mavryk);
        await _signer.GetKeysAsync(default);

        Assert.Equal("signature of mv1", await _signer.SignAsync(Mavryk.Id, new byte[] { 3 }, default));
        await RefusedAsync(Tezos);
        await RefusedAsync(Other);
        Assert.Equal([Mavryk.Id], _inner.Asked);
    }

    private async Task RefusedAsync(SignerKey key)
    {
        var refused = await Assert.ThrowsAsync<SignerRefusedException>(async () => await _signer.SignAsync(key.Id, new byte[] { 3 }, default));
        Assert.Equal($"{key.Id} is not listed, or is known under another address", refused.Message);
    }

    private sealed class ListedSigner : ISigner
    {
        public ImmutableArray<SignerKey> Keys { get; set; } = [];

        public List<ConsensusKeyId> Asked { get; } = [];

        public ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken) => new(Keys);

        public ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            Asked.Add(key);
            return new($"signature of {key}");
        }
    }
}
