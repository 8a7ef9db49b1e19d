using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Tests.Support;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers.KeyFiles;
using ActorNode.Tezos.Tests.Support;
using Xunit;

namespace ActorNode.Tezos.Tests.Signers.KeyFiles;

public sealed class KeyFileSpec : IDisposable
{
    private static readonly ScryptCost Cheap = new(N: 16, R: 1, P: 1);
    private static readonly byte[] Passphrase = "correct horse battery staple"u8.ToArray();

    private readonly TemporaryFolder _folder = new();

    private string Path => System.IO.Path.Combine(_folder.Path, "keys");

    private KeyFolder Folder => new(Path, Cheap);

    public void Dispose() => _folder.Dispose();

    [Theory(DisplayName = "A key that was generated is listed without the passphrase and signs with it, after a restart too")]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.Secp256k1)]
    [InlineData(KeyType.P256)]
    public async Task Generates(KeyType type)
    {
        var added = await Folder.GenerateAsync(type, Network.Mavryk, "alice", Passphrase);
        var listed = Assert.Single(Folder.List().Keys);
        Assert.Equal((added.Hash, added.PublicKey, "alice"), (listed.Hash, listed.PublicKey, listed.Alias));
        Assert.Equal(added.Hash, Folder.Find("alice")!.Hash);
        Assert.Equal(added.Hash, Folder.Find(added.Hash.ToString())!.Hash);
        Assert.Null(Folder.Find("bob"));
        using var signer = new KeyFileSigner(Folder, Passphrase);
        var signature = await signer.SignAsync(new(added.Hash.ToString()), Some.Payload(), default);
        Assert.True(added.PublicKey.Verify(Some.Payload(), Signature.Parse(signature)));
        Assert.Equal(new SignerKey(new(added.Hash.ToString()), added.PublicKey.ToString(), "alice"), Assert.Single(await signer.GetKeysAsync(default)));
    }

    [Fact(DisplayName = "The file holds no secret in clear, and on Unix nobody else may read it")]
    public async Task No_secret_in_clear()
    {
        using var secret = SecretKey.Generate(KeyType.Ed25519);
        var added = await Folder.ImportAsync(secret, Network.Tezos, null, Passphrase);
        var file = System.IO.Path.Combine(Path, added.Hash + ".json");
        var text = await File.ReadAllTextAsync(file);
        var bytes = new byte[32];
        secret.CopyTo(bytes);
        Assert.DoesNotContain(secret.RevealBase58(), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(bytes), text, StringComparison.Ordinal);
        Assert.DoesNotContain(Encoding.UTF8.GetString(Passphrase), text, StringComparison.Ordinal);
        Assert.Equal(["." + "lock", added.Hash + ".json"], Directory.GetFiles(Path).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path));
        }
    }

    [Fact(DisplayName = "A wrong passphrase, and a change of anything in the file, keep it shut")]
    public void Tampering()
    {
        using var secret = SecretKey.Generate(KeyType.Secp256k1);
        using var other = SecretKey.Generate(KeyType.Secp256k1);
        var sealedKey = KeyFile.Seal(secret, Network.Tezos, "alice", Passphrase, Cheap);
        sealedKey.Unlock(Passphrase).Dispose();
        Assert.Contains("wrong passphrase", Assert.Throws<KeyFileException>(() => sealedKey.Unlock("wrong"u8)).Message, StringComparison.Ordinal);
        var json = Encoding.UTF8.GetString(sealedKey.ToJson());
        KeyFile.Parse(Encoding.UTF8.GetBytes(json)).Unlock(Passphrase).Dispose();
        foreach (var change in new Action<JsonNode>[]
        {
            file => file["alias"] = "bob",
            file => file["alias"] = null,
            file => file["secret"]!["p"] = 2,
            file => file["secret"]!["salt"] = Convert.ToBase64String(new byte[32]),
            file => file["secret"]!["nonce"] = Convert.ToBase64String(new byte[12]),
            file => file["secret"]!["tag"] = Convert.ToBase64String(new byte[16]),
            file => file["secret"]!["data"] = Convert.ToBase64String(new byte[32]),
            file => file["publicKeyHash"] = secret.GetPublicKey().Hash(Network.Mavryk).ToString(),
            file =>
            {
                file["publicKeyHash"] = other.GetPublicKey().Hash(Network.Tezos).ToString();
                file["publicKey"] = other.GetPublicKey().ToString();
            },
        })
        {
            var changed = JsonNode.Parse(json)!;
            change(changed);
            Assert.Throws<KeyFileException>(() => KeyFile.Parse(Encoding.UTF8.GetBytes(changed.ToJsonString())).Unlock(Passphrase));
        }
    }

    [Fact(DisplayName = "A file that is none is refused with field and rule, and numbers that would cost gigabytes before they are computed with")]
    public void Bad_files()
    {
        using var secret = SecretKey.Generate(KeyType.Ed25519);
        var json = Encoding.UTF8.GetString(KeyFile.Seal(secret, Network.Tezos, null, Passphrase, Cheap).ToJson());
        foreach (var (change, rule) in new (Action<JsonNode>, string)[]
        {
            (file => file["version"] = 2, "version: 2"),
            (file => file["secret"]!["n"] = 1 << 30, "scrypt n and r"),
            (file => file["secret"]!["n"] = 1000, "power of two"),
            (file => file["secret"]!["r"] = 0, "scrypt r"),
            (file => file["secret"]!["p"] = 100_000, "scrypt p"),
            (file => file["secret"]!["kdf"] = "none", "must be encrypted"),
            (file => file["secret"]!["cipher"] = "none", "must be encrypted"),
            (file => file["secret"]!["data"] = "", "wrong length"),
            (file => file["publicKeyHash"] = "tz1", "public key hash"),
            (file => file["publicKey"] = "edpk", "public key"),
            (file => file["alias"] = "a\nb", "control character"),
            (file => file["alias"] = new string('a', 65), "alias: 65 characters"),
            (file => file["more"] = 1, "is no key file"),
            (file => file.AsObject().Remove("secret"), "is no key file"),
        })
        {
            var changed = JsonNode.Parse(json)!;
            change(changed);
            Assert.Contains(rule, Assert.Throws<KeyFileException>(() => KeyFile.Parse(Encoding.UTF8.GetBytes(changed.ToJsonString()))).Message, StringComparison.Ordinal);
        }

        Assert.Throws<KeyFileException>(() => KeyFile.Parse("null"u8));
        Assert.Throws<KeyFileException>(() => KeyFile.Parse(Encoding.UTF8.GetBytes(json[..^10])));
        Assert.Throws<KeyFileException>(() => KeyFile.Parse(new byte[KeyFile.MaxLength + 1]));
        Assert.Throws<KeyFileException>(() => KeyFile.Seal(secret, Network.Tezos, null, [], Cheap));
    }

    [Fact(DisplayName = "The default cost opens what it sealed")]
    public void Default_cost()
    {
        using var secret = SecretKey.Generate(KeyType.Ed25519);
        using var opened = KeyFile.Seal(secret, Network.Tezos, null, Passphrase).Unlock(Passphrase);
        Assert.Equal(secret.RevealBase58(), opened.RevealBase58());
    }

    [Fact(DisplayName = "A key, an alias or a second passphrase is not taken twice, and BLS keys not at all")]
    public async Task Import_rules()
    {
        using var secret = SecretKey.Generate(KeyType.Ed25519);
        await Folder.ImportAsync(secret, Network.Tezos, "alice", Passphrase);
        Assert.Contains("already", (await Assert.ThrowsAsync<KeyFileException>(() => Folder.ImportAsync(secret, Network.Tezos, null, Passphrase))).Message, StringComparison.Ordinal);
        Assert.Contains("called 'alice'", (await Assert.ThrowsAsync<KeyFileException>(() => Folder.GenerateAsync(KeyType.P256, Network.Tezos, "alice", Passphrase))).Message, StringComparison.Ordinal);
        Assert.Contains("share one", (await Assert.ThrowsAsync<KeyFileException>(() => Folder.GenerateAsync(KeyType.P256, Network.Tezos, null, "other"u8.ToArray()))).Message, StringComparison.Ordinal);
        using var bls = SecretKey.Parse(Vectors.Group("bls_known_keys_taquito")[0].Text("secret_key"));
        Assert.Contains("cannot be used to import keys", (await Assert.ThrowsAsync<UnsupportedKeyTypeException>(() => Folder.ImportAsync(bls, Network.Tezos, null, Passphrase))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnsupportedKeyTypeException>(() => Folder.GenerateAsync(KeyType.Bls12381, Network.Tezos, null, Passphrase));
        Assert.Single(Folder.List().Keys);
    }

    [Fact(DisplayName = "An edit waits for another's lock, and gives up with a clear error")]
    public async Task Locked()
    {
        Directory.CreateDirectory(Path);
        Task<KeyFile> waiting;
        using (new FileStream(System.IO.Path.Combine(Path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            var hurried = new KeyFolder(Path, Cheap) { LockTimeout = TimeSpan.Zero };
            Assert.Contains("another process", (await Assert.ThrowsAsync<KeyFileException>(() => hurried.GenerateAsync(KeyType.Ed25519, Network.Tezos, null, Passphrase))).Message, StringComparison.Ordinal);
            waiting = new KeyFolder(Path, Cheap) { LockTimeout = TimeSpan.FromMinutes(5) }.GenerateAsync(KeyType.Ed25519, Network.Tezos, null, Passphrase);
            Assert.Empty(Folder.List().Keys);
        }

        await waiting;
        Assert.Single(Folder.List().Keys);
    }

    [Fact(DisplayName = "Many edits at once all succeed, and what a killed one left behind is cleared away")]
    public async Task Concurrent_edits()
    {
        Directory.CreateDirectory(Path);
        await File.WriteAllTextAsync(System.IO.Path.Combine(Path, ".mv1left.tmp"), "half a file");
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() =>
            new KeyFolder(Path, Cheap) { LockTimeout = TimeSpan.FromMinutes(5) }.GenerateAsync(KeyType.Ed25519, Network.Tezos, null, Passphrase))));
        Assert.Equal(10, Folder.List().Keys.Length);
        Assert.Equal(11, Directory.GetFiles(Path).Length);
    }

    [Fact(DisplayName = "A running signer notices keys that are added and removed")]
    public async Task Notices_changes()
    {
        using var signer = new KeyFileSigner(Folder, Passphrase);
        Assert.Empty(await signer.GetKeysAsync(default));
        var first = await Folder.GenerateAsync(KeyType.Ed25519, Network.Tezos, null, Passphrase);
        await signer.SignAsync(Id(first), Some.Payload(), default);
        var second = await Folder.GenerateAsync(KeyType.P256, Network.Tezos, null, Passphrase);
        Assert.Equal(2, (await signer.GetKeysAsync(default)).Length);
        await signer.SignAsync(Id(second), Some.Payload(), default);

        File.Delete(System.IO.Path.Combine(Path, first.Hash + ".json"));
        await Assert.ThrowsAsync<SignerRefusedException>(async () => await signer.SignAsync(Id(first), Some.Payload(), default));
        await signer.SignAsync(Id(second), Some.Payload(), default);
        Assert.Equal(Id(second), Assert.Single(await signer.GetKeysAsync(default)).Id);
    }

    [Fact(DisplayName = "Files that give no key are told and harm no other")]
    public async Task Problems()
    {
        var good = await Folder.GenerateAsync(KeyType.Ed25519, Network.Tezos, null, Passphrase);
        await File.WriteAllTextAsync(System.IO.Path.Combine(Path, "0.json"), "{}");
        await File.WriteAllTextAsync(System.IO.Path.Combine(Path, "readme.txt"), "no key");
        using var foreign = SecretKey.Generate(KeyType.Ed25519);
        await File.WriteAllBytesAsync(System.IO.Path.Combine(Path, "1.json"), KeyFile.Seal(foreign, Network.Tezos, null, "other"u8, Cheap).ToJson());
        await File.WriteAllBytesAsync(System.IO.Path.Combine(Path, "2.json"), new byte[KeyFile.MaxLength + 1]);
        File.Copy(System.IO.Path.Combine(Path, good.Hash + ".json"), System.IO.Path.Combine(Path, "zz.json"));
        using var signer = new KeyFileSigner(Folder, Passphrase);
        Assert.Equal(Id(good), Assert.Single(await signer.GetKeysAsync(default)).Id);
        Assert.Equal(["0.json", "1.json", "2.json", "zz.json"], signer.Problems.Select(problem => problem.File));
        Assert.Contains("wrong passphrase", signer.Problems[1].Problem, StringComparison.Ordinal);
        Assert.Equal(["0.json", "2.json"], Folder.List().Problems.Select(problem => problem.File));
        await signer.SignAsync(Id(good), Some.Payload(), default);
    }

    [Fact(DisplayName = "A folder that is not there has no keys, and a signer that was disposed of signs no more")]
    public async Task Edges()
    {
        Assert.Empty(Folder.List().Keys);
        Assert.False(Directory.Exists(Path));
        var key = await Folder.GenerateAsync(KeyType.Ed25519, Network.Tezos, null, Passphrase);
        var signer = new KeyFileSigner(Folder, Passphrase);
        await signer.SignAsync(Id(key), Some.Payload(), default);
        signer.Dispose();
        await Assert.ThrowsAsync<SignerRefusedException>(async () => await signer.SignAsync(Id(key), Some.Payload(), default));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await signer.GetKeysAsync(default));
    }

    private static ConsensusKeyId Id(KeyFile key) => new(key.Hash.ToString());
}
