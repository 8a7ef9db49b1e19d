using System.Collections.Immutable;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Signers;

public sealed class SignerSpec
{
    [Fact(DisplayName = "Keys in memory sign for themselves alone, until they are disposed of")]
    public async Task In_memory()
    {
        using var key = Some.Key(KeyType.P256, Network.Mavryk, "alice");
        var signer = new InMemorySigner(key, Some.Key());
        var listed = (await signer.GetKeysAsync(default))[0];
        Assert.Equal("alice", listed.Alias);
        Assert.StartsWith("mv3", listed.Id.Value, StringComparison.Ordinal);
        Assert.True(Some.Verifies(key.PublicKey, Some.Payload(), await signer.SignAsync(listed.Id, Some.Payload(), default)));
        await Assert.ThrowsAsync<SignerRefusedException>(async () => await signer.SignAsync(new("mv1unknown"), Some.Payload(), default));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await signer.SignAsync(listed.Id, Some.Payload(), new(canceled: true)));
        Assert.Throws<ArgumentException>(() => new InMemorySigner(key, key));
        signer.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await signer.SignAsync(listed.Id, Some.Payload(), default));
    }

    [Fact(DisplayName = "Many threads sign with one key at once, and every signature is right")]
    public async Task Concurrent()
    {
        foreach (var type in new[] { KeyType.Ed25519, KeyType.Secp256k1, KeyType.P256 })
        {
            var key = Some.Key(type);
            using var memory = new InMemorySigner(key);
            var signer = new VerifyingSigner(memory);
            await Parallel.ForAsync(1, 200, async (level, cancel) => await signer.SignAsync(new(key.Hash.ToString()), Some.Payload(level), cancel));
        }
    }

    [Fact(DisplayName = "A key of a BLS type cannot become a key to sign with")]
    public void Bls()
    {
        using var secret = SecretKey.Parse(Vectors.Group("bls_known_keys_taquito")[0].Text("secret_key"));
        Assert.Throws<UnsupportedKeyTypeException>(() => new SigningKey(secret, Network.Tezos));
    }

    [Fact(DisplayName = "Verification refuses BLS keys before they sign, and public keys of another hash")]
    public async Task Verifying_refuses()
    {
        var vector = Vectors.Group("bls_known_keys_taquito")[0];
        var bls = new StubSigner(new SignerKey(new(vector.Text("pkh")), vector.Text("public_key"), null));
        await Assert.ThrowsAsync<SignerRefusedException>(async () => await new VerifyingSigner(bls).SignAsync(new(vector.Text("pkh")), Some.Payload(), default));
        Assert.Equal(0, bls.Signed);

        using var key = Some.Key();
        using var other = Some.Key();
        foreach (var publicKey in new[] { other.PublicKey.ToString(), "edpk" })
        {
            var liar = new StubSigner(new SignerKey(new(key.Hash.ToString()), publicKey, null));
            await Assert.ThrowsAsync<SignatureMismatchException>(async () => await new VerifyingSigner(liar).SignAsync(new(key.Hash.ToString()), Some.Payload(), default));
            Assert.Equal(0, liar.Signed);
        }

        var none = new StubSigner();
        await Assert.ThrowsAsync<SignerRefusedException>(async () => await new VerifyingSigner(none).SignAsync(new(key.Hash.ToString()), Some.Payload(), default));
    }

    [Fact(DisplayName = "A set routes each key to the signer that has it, the first where several do")]
    public async Task Routes()
    {
        var first = new StubSigner(Key("a"), Key("b"));
        var second = new StubSigner(Key("b"), Key("c"));
        var set = new SignerSet(first, second);
        Assert.Equal(["a", "b", "c"], (await set.GetKeysAsync(default)).Select(key => key.Id.Value));
        foreach (var key in new[] { "a", "b", "c" })
            await set.SignAsync(new(key), Some.Payload(), default);
        Assert.Equal((2, 1), (first.Signed, second.Signed));
        await Assert.ThrowsAsync<SignerRefusedException>(async () => await set.SignAsync(new("d"), Some.Payload(), default));

        second.Keys = [Key("d")];
        await set.SignAsync(new("d"), Some.Payload(), default);
        await Assert.ThrowsAsync<SignerRefusedException>(async () => await set.SignAsync(new("c"), Some.Payload(), default));
    }

    [Fact(DisplayName = "A signer that is away costs a set its own keys only, and they come back with it")]
    public async Task One_away()
    {
        var first = new StubSigner(Key("a"));
        var second = new StubSigner(Key("b"));
        var set = new SignerSet(first, second);
        second.Failure = new SignerUnavailableException("away");
        Assert.Equal(["a"], (await set.GetKeysAsync(default)).Select(key => key.Id.Value));
        await set.SignAsync(new("a"), Some.Payload(), default);
        await Assert.ThrowsAsync<SignerUnavailableException>(async () => await set.SignAsync(new("b"), Some.Payload(), default));
        second.Failure = null;
        await set.SignAsync(new("b"), Some.Payload(), default);
        second.Failure = new SignerUnavailableException("away again");
        Assert.Equal(["a", "b"], (await set.GetKeysAsync(default)).Select(key => key.Id.Value));
        first.Failure = new SignerUnavailableException("away too");
        await Assert.ThrowsAsync<SignerUnavailableException>(async () => await set.GetKeysAsync(default));
    }

    [Fact(DisplayName = "A key that nobody signed with yet does not wait for a signer that hangs")]
    public async Task One_hangs()
    {
        var hanging = new StubSigner(Key("a")) { Gate = new TaskCompletionSource().Task };
        var set = new SignerSet(hanging, new StubSigner(Key("b")));
        Assert.Equal("signature", await set.SignAsync(new("b"), Some.Payload(), default));
    }

    private static SignerKey Key(string id) => new(new(id), "edpk", null);

    /// <summary>Lists and signs as it is told.</summary>
    private sealed class StubSigner(params SignerKey[] keys) : ISigner
    {
        public ImmutableArray<SignerKey> Keys { get; set; } = [.. keys];

        public SignerException? Failure { get; set; }

        public Task Gate { get; init; } = Task.CompletedTask;

        public int Signed { get; private set; }

        public async ValueTask<ImmutableArray<SignerKey>> GetKeysAsync(CancellationToken cancellationToken)
        {
            await Gate;
            return Failure is null ? Keys : throw Failure;
        }

        public ValueTask<string> SignAsync(ConsensusKeyId key, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            Signed++;
            return new("signature");
        }
    }
}
