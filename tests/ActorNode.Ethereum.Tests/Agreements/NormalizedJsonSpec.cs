using System.Security.Cryptography;
using System.Text;
using ActorNode.Ethereum.Agreements;
using ActorNode.Ethereum.Tests.Support;
using Xunit;

namespace ActorNode.Ethereum.Tests.Agreements;

public sealed class NormalizedJsonSpec
{
    [Theory(DisplayName = "Keys are sorted by their bytes, whitespace goes, numbers are written as by %e, texts escaped for HTML and composed")]
    [InlineData("{}", "{}")]
    [InlineData("[]", "[]")]
    [InlineData(""" { "b" : 1, "a" : [ true, false, null ], "B" : {} } """, """{"B":{},"a":[true,false,null],"b":1.000000e+00}""")]
    [InlineData("""{"\ud83d\ude00":1,"\uff5e":2,"z":3}""", """{"z":3.000000e+00,"～":2.000000e+00,"😀":1.000000e+00}""")]
    [InlineData("""{"a":1,"a":2}""", """{"a":2.000000e+00}""")]
    [InlineData("""["<a href='x'>&\u2028\"\\\/\n\u0001"]""", """["\u003ca href='x'\u003e\u0026\u2028\"\\/\n\u0001"]""")]
    [InlineData("""["e\u0301","\u1100\u1161\u11a8","A\u030a","\u212b","a\u0323\u0307","\u0344","\u0958"]""", """["é","각","Å","Å","ạ̇","̈́","क़"]""")]
    [InlineData("[300,0,-0.0,0.1,-1.5,1e100,1e-7,5e-324,1.7976931348623157e308,1234566.5,1234567.5,9999999.5,18446744073709551615]",
        "[3.000000e+02,0.000000e+00,-0.000000e+00,1.000000e-01,-1.500000e+00,1.000000e+100,1.000000e-07,4.940656e-324,1.797693e+308,1.234566e+06,1.234568e+06,1.000000e+07,1.844674e+19]")]
    public void Normalizes(string json, string normal) => Assert.Equal(normal, NormalizedJson.Write(Fixture.Parse(json)));

    [Fact(DisplayName = "The fixture of an agreement has the text that is hashed")]
    public void Fixture_text() => Assert.Equal(
        """{"endAt":"2019-10-19T22:17:19Z","expiration":3.000000e+02,"initiators":[{"type":"execagreement"}],"oracles":["0x3cb8e3FD9d27e39a5e9e6852b0e96160061fd4ea","0xa0788FC17B1dEe36f057c42B6F373A34B014687e"],"payment":"1000000000000000000","tasks":[{"params":{"get":"https://bitstamp.net/api/ticker/"},"type":"HttpGet"},{"params":{"path":["last"]},"type":"JsonParse"},{"type":"EthBytes32"},{"params":{"address":"0x356a04bce728ba4c62a30294a55e6a8600a320b3","functionSelector":"0x609ff1bd"},"type":"EthTx"}]}""",
        NormalizedJson.Write(Fixture.Json("hello_world_agreement.json")));

    [Fact(DisplayName = "Every character of Unicode 14 composes as by another implementation: alone, with two marks, and around a syllable")]
    public void All_characters()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The rest of the planes is empty or for private use.
        foreach (var rune in Enumerable.Range(0, 0xd800).Concat(Enumerable.Range(0xe000, 0x22000)).Concat(Enumerable.Range(0xe0000, 0x200)))
        {
            var text = char.ConvertFromUtf32(rune);
            hash.AppendData(Encoding.UTF8.GetBytes(Nfc.Normalize($"{text}\u0323\u0301a\u0300{text}\u1161\u11a8")));
        }

        Assert.Equal("9e017dd90d1a29e992958e20e0aba209d6970f2b44f7860771c8a0b318008af7", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
