using ActorNode.Ethereum.Agreements;
using ActorNode.Ethereum.Keys;
using ActorNode.Ethereum.Tests.Support;
using ActorNode.Ethereum.Words;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Ethereum.Tests.Agreements;

public sealed class EthereumAgreementsSpec
{
    private static readonly Secp256k1Key Key = new(Convert.FromHexString("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"));

    private readonly EthereumAgreements _agreements = new(new KeyAgreementSigner(Key));

    [Fact(DisplayName = "An agreement has the id that the original gives it")]
    public void Ids()
    {
        var request = Fixture.Parse(
            """{"payment":"1","initiators":[{"type":"web"}],"tasks":[{"type":"httpget","url":"https://bitstamp.net/api/ticker/"},{"type":"jsonparse","path":["last"]},{"type":"ethbytes32"},{"type":"ethtx"}]}""");
        var draft = _agreements.Draft(request, _agreements.ReadTerms(request));
        Assert.Equal("0x4080e87b11b47454e49e19de88af26d9c80628cff774780f4fb4260c12a7c8de", draft.Id.Value);
        Assert.Equal(
            """{"initiators":[{"type":"web"}],"payment":"1","tasks":[{"type":"httpget","url":"https://bitstamp.net/api/ticker/"},{"path":["last"],"type":"jsonparse"},{"type":"ethbytes32"},{"type":"ethtx"}]}""",
            draft.RequestBody);
    }

    [Fact(DisplayName = "Terms are encoded as payment, expiration, end in four bytes, and a word for each oracle")]
    public void Encumbrances()
    {
        const string Start = "0000000000000000000000000000000000000000000000000000000000000001" + "0000000000000000000000000000000000000000000000000000000000000002";
        var terms = new Encumbrance(new Juels(1), 2, null, []);
        Assert.Equal(Start + "886e0900", Encode(terms));
        Assert.Equal(Start + "459a7465", Encode(terms with { EndAt = new(2007, 1, 2, 15, 4, 5, TimeSpan.Zero) }));
        Assert.Equal(Start + "ffffffff", Encode(terms with { EndAt = new(2106, 2, 7, 6, 28, 15, TimeSpan.Zero) }));
        Assert.Equal(
            Start + "886e0900" + "000000000000000000000000a0788fc17b1dee36f057c42b6f373a34b014687e" + "0000000000000000000000003cb8e3fd9d27e39a5e9e6852b0e96160061fd4ea",
            Encode(terms with { Oracles = ["0xa0788FC17B1dEe36f057c42B6F373A34B014687e", "0x3cb8e3FD9d27e39a5e9e6852b0e96160061fd4ea"] }));
    }

    [Theory(DisplayName = "Terms that no contract can hold are refused")]
    [InlineData("2106-02-07T06:28:16Z", "1", "endAt: must be from 1970-01-01T00:00:00Z to 2106-02-07T06:28:15Z")]
    [InlineData("1969-12-31T23:59:59Z", "1", "endAt: must be from 1970-01-01T00:00:00Z to 2106-02-07T06:28:15Z")]
    [InlineData("2020-01-01T00:00:00Z", "-1", "payment: -1 cannot be represented as uint256")]
    public void No_form(string endAt, string payment, string error)
    {
        var request = Fixture.Parse($$"""{"endAt":"{{endAt}}","payment":"{{payment}}"}""");
        Assert.Equal(error, Assert.Throws<FormatException>(() => _agreements.Draft(request, _agreements.ReadTerms(request))).Message);
    }

    [Fact(DisplayName = "The fixture's terms are read, and the node's account signs the hash of the id with a recovery id of 0 or 1")]
    public void Signs()
    {
        var request = Fixture.Json("hello_world_agreement.json");
        var terms = _agreements.ReadTerms(request);
        Assert.Equal(("1000000000000000000", 300UL, new DateTimeOffset(2019, 10, 19, 22, 17, 19, TimeSpan.Zero)), (terms.Payment.ToString(), terms.Expiration, terms.EndAt));
        Assert.Equal(["0x3cb8e3FD9d27e39a5e9e6852b0e96160061fd4ea", "0xa0788FC17B1dEe36f057c42B6F373A34B014687e"], terms.Oracles.AsEnumerable());

        var id = _agreements.Draft(request, terms).Id;
        Assert.True(Hex.TryDecode(_agreements.Sign(id), out var signature));
        Assert.True(Hex.TryDecode(id.Value, out var bytes));
        Assert.Equal(65, signature.Length);
        Assert.InRange(signature[64], 0, 1);
        Assert.Equal(Key.Address, Secp256k1Key.Recover(Keccak256.Hash(bytes), signature));
        Assert.Equal("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", _agreements.Account);
    }

    [Theory(DisplayName = "Requests whose terms are none are refused by the name of the field")]
    [InlineData("""{"payment":1}""", "payment: an amount is a string of decimal digits")]
    [InlineData("""{"payment":"1.5"}""", "payment: an amount is a string of decimal digits")]
    [InlineData("""{"expiration":"300"}""", "expiration: must be a whole number of seconds that is not negative")]
    [InlineData("""{"expiration":-1}""", "expiration: must be a whole number of seconds that is not negative")]
    [InlineData("""{"expiration":18446744073709551616}""", "expiration: must be a whole number of seconds that is not negative")]
    [InlineData("""{"endAt":true}""", "endAt: A boolean is not a time: expected a number or a text")]
    [InlineData("""{"oracles":"0x"}""", "oracles: must be an array of at most 1000 addresses")]
    [InlineData("""{"oracles":[1]}""", "oracles: an address is a string")]
    [InlineData("""{"oracles":["0x3cb8e3fd9d27e39a5e9e6852b0e96160061fd4ea"]}""", "\"0x3cb8e3fd9d27e39a5e9e6852b0e96160061fd4ea\" is not a valid EIP55 formatted address")]
    public void Wrong_terms(string request, string error) =>
        Assert.Equal(error, Assert.Throws<FormatException>(() => _agreements.ReadTerms(Fixture.Parse(request))).Message);

    [Fact(DisplayName = "More oracles than an agreement may have are refused before any is read")]
    public void Many_oracles() => Assert.Contains("at most 1000", Assert.Throws<FormatException>(
        () => _agreements.ReadTerms(Fixture.Parse($$"""{"oracles":[{{string.Join(',', Enumerable.Repeat("1", 1001))}}]}"""))).Message);

    [Fact(DisplayName = "Without an account nothing is signed")]
    public void No_account()
    {
        var nobody = new EthereumAgreements(null);
        Assert.Null(nobody.Account);
        Assert.Equal("No Ethereum Accounts configured", Assert.Throws<InvalidOperationException>(() => nobody.Sign(new AgreementId("0x00"))).Message);
    }

    private static string Encode(Encumbrance terms) => Convert.ToHexStringLower(EncumbranceAbi.Encode(terms));
}
