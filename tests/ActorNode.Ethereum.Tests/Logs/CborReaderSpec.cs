using System.Text;
using ActorNode.Ethereum.Logs;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Ethereum.Tests.Logs;

public sealed class CborReaderSpec
{
    [Theory(DisplayName = "Requests are read as the original reads them, with and without the delimiters of the map")]
    [InlineData("", "{}")]
    [InlineData("a0", "{}")]
    [InlineData("bfff", "{}")]
    [InlineData("636B65796576616C7565ff", """{"key":"value"}""")]
    [InlineData("636B65796576616C7565", """{"key":"value"}""")]
    [InlineData("636B65796576616C7565ffff", """{"key":"value"}""")]
    [InlineData("636B65796576616C756500000000", """{"key":"value"}""")]
    [InlineData("636B65796576616C7565ff0000000000", """{"key":"value"}""")]
    [InlineData("a1636B65796576616C7565", """{"key":"value"}""")]
    [InlineData("a1636B65796576616C7565ff00", """{"key":"value"}""")]
    [InlineData("bf6375726c781a68747470733a2f2f657468657270726963652e636f6d2f61706964706174689f66726563656e7463757364ffff", """{"path":["recent","usd"],"url":"https://etherprice.com/api"}""")]
    [InlineData("bf6375726c781a68747470733a2f2f657468657270726963652e636f6d2f61706964706174689f66726563656e7463757364ffff000000000000000000000000", """{"path":["recent","usd"],"url":"https://etherprice.com/api"}""")]
    public void Reads(string hex, string json) => Assert.Equal(json, Read(hex));

    // One member "k" with each kind of value, after RFC 8949, appendix A.
    [Theory(DisplayName = "Every kind of value has its place in JSON, and numbers keep their value")]
    [InlineData("00", "0")]
    [InlineData("17", "23")]
    [InlineData("1818", "24")]
    [InlineData("1903e8", "1000")]
    [InlineData("1a000f4240", "1000000")]
    [InlineData("1bffffffffffffffff", "18446744073709551615")]
    [InlineData("c249010000000000000000", "18446744073709551616")]
    [InlineData("c2581e000000000000000000000000000000000000000000000000000000000000", "0")]
    [InlineData("3bffffffffffffffff", "-18446744073709551616")]
    [InlineData("c349010000000000000000", "-18446744073709551617")]
    [InlineData("c25f4101480000000000000000ff", "18446744073709551616")]
    [InlineData("20", "-1")]
    [InlineData("3903e7", "-1000")]
    [InlineData("f90000", "0")]
    [InlineData("f93c00", "1")]
    [InlineData("f93e00", "1.5")]
    [InlineData("f97bff", "65504")]
    [InlineData("f90001", "5.960464477539063e-8")]
    [InlineData("f9c400", "-4")]
    [InlineData("fa47c35000", "100000")]
    [InlineData("fa7f7fffff", "3.4028234663852886e+38")]
    [InlineData("fb3ff199999999999a", "1.1")]
    [InlineData("fb7e37e43c8800759c", "1e+300")]
    [InlineData("f4", "false")]
    [InlineData("f5", "true")]
    [InlineData("f6", "null")]
    [InlineData("f7", "null")]
    [InlineData("4401020304", "\"AQIDBA==\"")]
    [InlineData("5f42010243030405ff", "\"AQIDBAU=\"")]
    [InlineData("60", "\"\"")]
    [InlineData("62225c", """
        "\"\\"
        """)]
    [InlineData("64f0908591", "\"\U00010151\"")]
    [InlineData("7f657374726561646d696e67ff", "\"streaming\"")]
    [InlineData("c074323031332d30332d32315432303a30343a30305a", "\"2013-03-21T20:04:00Z\"")]
    [InlineData("80", "[]")]
    [InlineData("9fff", "[]")]
    [InlineData("8301820203820405", "[1,[2,3],[4,5]]")]
    [InlineData("9f018202039f0405ffff", "[1,[2,3],[4,5]]")]
    [InlineData("a0", "{}")]
    [InlineData("a26161016162820203", """{"a":1,"b":[2,3]}""")]
    [InlineData("bf6346756ef563416d7421ff", """{"Amt":-2,"Fun":true}""")]
    [InlineData("a2616101616102", """{"a":2}""")]
    public void Values(string hex, string json) => Assert.Equal($$"""{"k":{{json}}}""", Read($"a1616b{hex}"));

    [Theory(DisplayName = "Keys are texts at every level; others are refused in the words of the original")]
    [InlineData("a10102", "Unable to coerce key uint64 1 to a string")]
    [InlineData("a12002", "Unable to coerce key int64 -1 to a string")]
    [InlineData("a1f502", "Unable to coerce key bool true to a string")]
    [InlineData("a1f602", "Unable to coerce key <nil> <nil> to a string")]
    [InlineData("a1f93e0002", "Unable to coerce key float64 1.5 to a string")]
    [InlineData("a142010202", "Unable to coerce key []uint8 [1 2] to a string")]
    [InlineData("a1616ba10102", "Unable to coerce key uint64 1 to a string")]
    [InlineData("a1616b81a1616ba10102", "Unable to coerce key uint64 1 to a string")]
    [InlineData("0102", "Unable to coerce key uint64 1 to a string")]
    public void Keys(string hex, string error) => Assert.Equal(error, Assert.Throws<FormatException>(() => Read(hex)).Message);

    [Theory(DisplayName = "What is damaged is refused with the place and the reason")]
    [InlineData("ff", "CBOR: a map is expected, not the byte 0xff")]
    [InlineData("01", "CBOR: a map is expected, not the byte 0x01")]
    [InlineData("a1", "CBOR at byte 2: 1 entries do not fit in the 0 bytes that follow")]
    [InlineData("bf", "CBOR at byte 2: 1 bytes are wanted and 0 are there")]
    [InlineData("bf616b", "CBOR at byte 4: 1 bytes are wanted and 0 are there")]
    [InlineData("a1616bff", "CBOR at byte 4: a break ends nothing")]
    [InlineData("a1616b8201ff", "CBOR at byte 6: a break ends nothing")]
    [InlineData("a1616b78ff00", "CBOR at byte 5: a string of 255 bytes is longer than the 1 that follow")]
    [InlineData("a1616b7bffffffffffffffff", "CBOR at byte 5: a string of 18446744073709551615 bytes is longer than the 0 that follow")]
    [InlineData("a1616b9bffffffffffffffff", "CBOR at byte 5: 18446744073709551615 entries do not fit in the 0 bytes that follow")]
    [InlineData("bbffffffffffffffff", "CBOR at byte 2: 18446744073709551615 entries do not fit in the 0 bytes that follow")]
    [InlineData("a1616b5f6161ff", "CBOR at byte 5: a string has a chunk of another kind")]
    [InlineData("a1616b5f5f4101ffff", "CBOR at byte 5: a string has a chunk of another kind")]
    [InlineData("a1616b62c328", "CBOR at byte 4: a text is no valid UTF-8")]
    [InlineData("a1616bf97e00", "CBOR at byte 4: a number is not finite, as every number in JSON is")]
    [InlineData("a1616bf97c00", "CBOR at byte 4: a number is not finite, as every number in JSON is")]
    [InlineData("a1616bfafF800000", "CBOR at byte 4: a number is not finite, as every number in JSON is")]
    [InlineData("a1616bfb7ff8000000000000", "CBOR at byte 4: a number is not finite, as every number in JSON is")]
    [InlineData("a1616b1c", "CBOR at byte 4: a length or a number has no such form")]
    [InlineData("a1616b1f", "CBOR at byte 4: a length or a number has no such form")]
    [InlineData("a1616bf8ff", "CBOR at byte 4: the byte 0xf8 stands for no value")]
    [InlineData("a1616be0", "CBOR at byte 4: the byte 0xe0 stands for no value")]
    [InlineData("a1616bc201", "CBOR at byte 4: a big number is no byte string")]
    public void Damaged(string hex, string error) => Assert.Equal(error, Assert.Throws<FormatException>(() => Read(hex)).Message);

    [Fact(DisplayName = "Size, depth, keys, items and the length of numbers have limits")]
    public void Limits()
    {
        var limits = new JobDataLimits(MaxBytes: 1000, MaxDepth: 4, MaxKeys: 10);
        Refused("is larger than", [.. "a1616b"u8, .. new byte[1000]]);
        Refused("deeper", Convert.FromHexString("a1616b" + "81818181" + "00"));
        CborReader.Read(Convert.FromHexString("a1616b" + "818181" + "00"), limits);
        Refused("deeper", Convert.FromHexString("a1616b" + string.Concat(Enumerable.Repeat("c0", 900)) + "00"));
        Refused("items", Convert.FromHexString("a1616b9f" + string.Concat(Enumerable.Repeat("80", 100)) + "ff"));
        Refused("keys", Convert.FromHexString("ab" + string.Concat(Enumerable.Range(0, 11).Select(i => $"61{'a' + i:x2}00"))));
        Refused("beyond a double", [.. Convert.FromHexString("a1616bc25881"), .. Enumerable.Repeat((byte)0xff, 129)]);
        Refused("beyond a double", [.. Convert.FromHexString("a1616bc25880"), .. Enumerable.Repeat((byte)0xff, 128)]);
        Refused("as JSON", [.. Convert.FromHexString("a1616b590320"), .. Enumerable.Repeat((byte)1, 800)]);

        void Refused(string why, byte[] cbor) => Assert.Contains(why, Assert.Throws<FormatException>(() => CborReader.Read(cbor, limits)).Message);
    }

    [Fact(DisplayName = "Nothing that bytes can be makes the reader fail but with its own error, or read forever, or leave its limits")]
    public void Fuzz()
    {
        var limits = new JobDataLimits(MaxBytes: 4096, MaxDepth: 16, MaxKeys: 100);
        var random = new Random(20190207);
        var seed = Convert.FromHexString("bf6375726c781a68747470733a2f2f657468657270726963652e636f6d2f61706964706174689f66726563656e7463757364ffff");
        // Bytes that begin something are more frequent than others.
        byte[] heads = [0xa1, 0xbf, 0x9f, 0x82, 0x61, 0x7f, 0x5f, 0x42, 0xc2, 0xc3, 0xd8, 0xf9, 0xfb, 0xff, 0x1b, 0x3b, 0x9b, 0xbb, 0x7b, 0x00];
        var (read, refused) = (0, 0);
        for (var round = 0; round < 40_000; round++)
        {
            byte[] cbor;
            if (round % 2 == 0)
            {
                cbor = new byte[random.Next(0, 60)];
                for (var i = 0; i < cbor.Length; i++)
                    cbor[i] = random.Next(3) == 0 ? heads[random.Next(heads.Length)] : (byte)random.Next(256);
            }
            else
            {
                cbor = seed[..random.Next(seed.Length + 1)];
                for (var changes = random.Next(4); changes > 0 && cbor.Length > 0; changes--)
                    cbor[random.Next(cbor.Length)] = random.Next(2) == 0 ? heads[random.Next(heads.Length)] : (byte)random.Next(256);
            }

            try
            {
                var data = CborReader.Read(cbor, limits);
                Assert.Equal(data, JobData.Parse(data.ToString(), limits));
                read++;
            }
            catch (FormatException)
            {
                refused++;
            }
        }

        Assert.True(read > 1000 && refused > 1000, $"{read} read, {refused} refused");
    }

    [Fact(DisplayName = "What a generator writes is read back: any data of texts, numbers, arrays and maps, in definite and indefinite forms")]
    public void Round_trip()
    {
        var random = new Random(4);
        for (var round = 0; round < 2000; round++)
        {
            var cbor = new List<byte>();
            var json = new StringBuilder();
            CborGenerator.Map(random, cbor, json, depth: 0);
            Assert.Equal(JobData.Parse(json.ToString()), CborReader.Read([.. cbor]));
        }
    }

    private static string Read(string hex) => CborReader.Read(Convert.FromHexString(hex)).ToString();
}
