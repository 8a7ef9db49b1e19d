using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorNode.Configuration;
using ActorNode.Forging;
using ActorNode.Server.Hosting;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;
using Xunit;

namespace ActorNode.Server.Tests.Http.Signer;

public sealed class SignerAccessSpec : IDisposable
{
    private const string Token = "a-token-of-the-tests";
    private readonly SigningKey _key = new(SecretKey.Generate(KeyType.Ed25519), Network.Mavryk);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-signer-");

    public void Dispose()
    {
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory(DisplayName = "With authorized keys a request must be signed by one of them over key and payload: 401 without, 403 when it is not")]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.Secp256k1)]
    [InlineData(KeyType.P256)]
    public async Task Authorized(KeyType type)
    {
        using var client = SecretKey.Generate(type);
        using var stranger = SecretKey.Generate(type);
        await using var node = await SignerNode.StartAsync(_key, settings => With(settings, client));
        var payload = SignerNode.Attestation(5);
        string By(SecretKey key, byte[] signed) => $"?authentication={key.Sign(SignerPayload.OfAuthentication(_key.Hash, signed))}";

        var shown = await node.GetAsync("/authorized_keys");
        var without = await node.SignAsync(_key, payload);
        var wrong = await node.SignAsync(_key, payload, By(stranger, payload));
        var other = await node.SignAsync(_key, payload, By(client, SignerNode.Attestation(6)));
        var garbage = await node.SignAsync(_key, payload, "?authentication=edsig");
        var twice = await node.SignAsync(_key, payload, By(client, payload) + "&" + By(client, payload)[1..]);
        var right = await node.SignAsync(_key, payload, By(client, payload));

        Assert.Equal(client.GetPublicKey().Hash(Network.Tezos).ToString(), (string)shown.Json["authorized_keys"]!.AsArray().Single()!);
        Assert.Equal((401, "missing authentication signature field"), (without.Status, without.Error));
        foreach (var refused in (SignerNode.Answer[])[wrong, other, garbage, twice])
            Assert.Equal((403, "invalid authentication signature"), (refused.Status, refused.Error));
        Assert.Equal(200, right.Status);
    }

    [Fact(DisplayName = "Beyond loopback nothing is signed for everybody, with the bearer token neither, unless it comes over TLS")]
    public async Task Beyond_loopback()
    {
        await using (var open = await SignerNode.StartAsync(_key, settings => Beyond(settings, "http")))
        {
            open.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
            foreach (var answer in (SignerNode.Answer[])[await open.SignAsync(_key, SignerNode.Attestation(1)), await open.GetAsync($"/keys/{_key.Hash}"), await open.GetAsync("/authorized_keys")])
            {
                Assert.Equal(403, answer.Status);
                Assert.Contains("set actornode.forging.http.authorized-keys", answer.Error, StringComparison.Ordinal);
            }
        }

        await using var node = await SignerNode.StartAsync(_key, settings => Beyond(settings, "https"));
        Assert.Equal("https", node.Url.Scheme);
        var without = await node.SignAsync(_key, SignerNode.Attestation(1));
        node.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        var with = await node.SignAsync(_key, SignerNode.Attestation(1));

        Assert.Equal((401, 200), (without.Status, with.Status));
        Assert.Contains("needs this node's bearer token", without.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Beyond loopback authorized keys need no token")]
    public async Task Beyond_loopback_authorized()
    {
        using var client = SecretKey.Generate(KeyType.Ed25519);
        await using var node = await SignerNode.StartAsync(_key, settings => With(Beyond(settings, "http"), client));
        var payload = SignerNode.Attestation(5);

        var signed = await node.SignAsync(_key, payload, $"?authentication={client.Sign(SignerPayload.OfAuthentication(_key.Hash, payload))}");

        Assert.Equal(200, signed.Status);
    }

    [Fact(DisplayName = "On loopback a token of the API is not asked for, but a host that somebody made up is refused")]
    public async Task Loopback()
    {
        await using var node = await SignerNode.StartAsync(_key, settings => settings with { Http = settings.Http with { TokenFile = TokenFile() } });
        using var foreign = new HttpRequestMessage(HttpMethod.Get, $"/keys/{_key.Hash}") { Headers = { Host = "attacker.example" } };

        var signed = await node.SignAsync(_key, SignerNode.Attestation(1));
        var refused = await node.SendAsync(foreign);

        Assert.Equal((200, 421), (signed.Status, refused.Status));
    }

    [Theory(DisplayName = "A certificate or key of the settings that cannot be used is refused at the start, and a secret is not repeated")]
    [InlineData("actornode.forging.http.authorized-keys: public key: must be", "edsk3gUfUPyBSfrS9CCgmCiQsTCHGkviBDusMxDJstFtojtc1zcpsh", null, null)]
    [InlineData("actornode.forging.http.chain: 'NetX'", null, "NetX", null)]
    [InlineData("actornode.http.tls: 'absent.pem' and its key cannot be used", null, null, "absent.pem")]
    public void Settings(string problem, string? authorized, string? chain, string? certificate)
    {
        var settings = new NodeSettings
        {
            Http = new HttpSettings { Tls = new TlsSettings { CertificateFile = certificate } },
            Forging = new ForgingSettings { Http = new ForgingHttpSettings { AuthorizedKeys = authorized is null ? [] : [authorized], Chain = chain } },
        };

        var refused = Assert.Throws<SettingsException>(() => StartRules.Check(settings));

        Assert.StartsWith(problem, refused.Problems[0], StringComparison.Ordinal);
        Assert.DoesNotContain("edsk3gUf", refused.Problems[0], StringComparison.Ordinal);
    }

    private static NodeSettings With(NodeSettings settings, SecretKey client) => settings with
    {
        Forging = settings.Forging with
        {
            Http = settings.Forging.Http with { AuthorizedKeys = [client.GetPublicKey().ToString()], Network = ForgingNetwork.Tezos },
        },
    };

    /// <summary>A node that other machines reach.</summary>
    private NodeSettings Beyond(NodeSettings settings, string scheme) => settings with
    {
        Http = settings.Http with { Urls = [$"{scheme}://0.0.0.0:0"], TokenFile = TokenFile(), Tls = new TlsSettings { CertificateFile = Certificate() } },
    };

    private string TokenFile()
    {
        var path = Path.Combine(_folder.FullName, "token");
        File.WriteAllText(path, Token);
        return path;
    }

    private string Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=actornode-test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(_folder.FullName, "certificate.pem");
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return path;
    }
}
