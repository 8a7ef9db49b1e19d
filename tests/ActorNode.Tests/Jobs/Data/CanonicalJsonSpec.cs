using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Data;

public sealed class CanonicalJsonSpec
{
    [Theory(DisplayName = "A number prints as Go prints a double")]
    [InlineData("0", "0")]
    [InlineData("-0", "-0")]
    [InlineData("0.0e5", "0")]
    [InlineData("1", "1")]
    [InlineData("1.0", "1")]
    [InlineData("-1.50", "-1.5")]
    [InlineData("100", "100")]
    [InlineData("1e2", "100")]
    [InlineData("1.23E+2", "123")]
    [InlineData("12.5e-1", "1.25")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("0.00000012", "1.2e-7")]
    [InlineData("1e-10", "1e-10")]
    [InlineData("123456789012345680000", "123456789012345680000")]
    [InlineData("100000000000000000000", "100000000000000000000")]
    [InlineData("1000000000000000000000", "1e+21")]
    [InlineData("1.5e300", "1.5e+300")]
    [InlineData("0.99991", "0.99991")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    public void Prints_as_go(string given, string expected) => Assert.Equal(expected, CanonicalJson.Number(given));

    [Theory(DisplayName = "A number that a double would change keeps its digits")]
    [InlineData("9007199254740993")]
    [InlineData("1000000000000000001")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    [InlineData("0.1000000000000000000000000000000000001")]
    [InlineData("-123456789012345678901234567890.123456789")]
    [InlineData("1e-400")]
    [InlineData("1e-99999999999")]
    public void Loses_nothing(string number) => Assert.Equal(number, CanonicalJson.Number(number));

    [Fact(DisplayName = "Every double, printed shortest, prints the same again and means the same")]
    public void Doubles_survive()
    {
        var random = new Random(7);
        var bytes = new byte[8];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            var value = BitConverter.ToDouble(bytes);
            if (!double.IsFinite(value))
                continue;
            var once = CanonicalJson.Number(value.ToString("R", CultureInfo.InvariantCulture));
            Assert.Equal(value, double.Parse(once, CultureInfo.InvariantCulture));
            Assert.Equal(once, CanonicalJson.Number(once));
            Assert.Equal(Math.Abs(value) is < 1e-6 or >= 1e21 && value != 0, once.Contains('e'));
        }
    }

    [Theory(DisplayName = "Texts are escaped as Go escapes them")]
    [InlineData("<a href='x'>&</a>", "\"\\u003ca href='x'\\u003e\\u0026\\u003c/a\\u003e\"")]
    [InlineData("\"\\/", "\"\\\"\\\\/\"")]
    [InlineData("\n\r\t\b\f\u0001\u001f", "\"\\n\\r\\t\\u0008\\u000c\\u0001\\u001f\"")]
    [InlineData("\u2028\u2029", "\"\\u2028\\u2029\"")]
    [InlineData("\u007f é 😀 \u0000", "\"\u007f é 😀 \\u0000\"")]
    public void Escapes(string text, string expected)
    {
        var buffer = new ArrayBufferWriter<byte>();

        CanonicalJson.WriteText(text, buffer);

        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Fact(DisplayName = "Keys are in the order of their UTF-8 bytes at every level, and the last of equal keys stands")]
    public void Sorts_keys() =>
        Assert.Equal(
            """{"":1,"A":1,"a":{"b":2,"c":[{"y":1,"z":2}]},"aa":1,"é":1,"":1,"":2,"😀":3}""".Replace("\"\":1,\"\":2", "\"\uE000\":1,\"\uFFFD\":2", StringComparison.Ordinal),
            JobData.Parse("{\"😀\":3,\"\uFFFD\":2,\"\uE000\":1,\"é\":1,\"aa\":1,\"a\":{\"c\":[{\"z\":2,\"y\":1}],\"b\":1,\"b\":2},\"A\":1,\"\":1}").ToString());

    [Theory(DisplayName = "What is no JSON, or beyond a limit, is refused with a message that says what")]
    [InlineData("", "invalid JSON at line 1, byte 1")]
    [InlineData("{", "invalid JSON")]
    [InlineData("{\"a\":1}x", "invalid JSON at line 1, byte 8")]
    [InlineData("{\"a\":01}", "invalid JSON")]
    [InlineData("{\"a\":NaN}", "invalid JSON")]
    [InlineData("{\"a\":1,}", "invalid JSON")]
    [InlineData("{\"a\":1e400}", "JSON has a number at byte 6 that is beyond a double")]
    [InlineData("{\"a\":-1e309}", "beyond a double")]
    [InlineData("{\"a\":\"\\ud800\"}", "invalid JSON: a string is no valid UTF-8")]
    [InlineData("{\"\\udc00\":1}", "invalid JSON: a string is no valid UTF-8")]
    [InlineData("[]", "expected a JSON object, found an array")]
    [InlineData("3", "expected a JSON object, found a number")]
    [InlineData("null", "expected a JSON object, found null")]
    [InlineData("\"x\"", "expected a JSON object, found a string")]
    [InlineData("false", "expected a JSON object, found a boolean")]
    public void Refuses(string json, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => JobData.Parse(json)).Message, StringComparison.Ordinal);

    [Fact(DisplayName = "Bytes that are no UTF-8 are refused")]
    public void Refuses_bad_utf8() =>
        Assert.Contains("UTF-8", Assert.Throws<FormatException>(() => JobData.Parse([.. "{\"a\":\""u8, 0xff, .. "\"}"u8])).Message, StringComparison.Ordinal);

    [Fact(DisplayName = "Size, depth and number of keys are limited, and the limits themselves are allowed")]
    public void Limits()
    {
        var limits = new JobDataLimits(MaxBytes: 60, MaxDepth: 4, MaxKeys: 5);

        Assert.Equal(60, JobData.Parse($"{{\"a\":\"{new string('x', 52)}\"}}", limits).Utf8.Length);
        Assert.Equal("JSON of 61 bytes is larger than 60", Refusal($"{{\"a\":\"{new string('x', 53)}\"}}", limits));
        Assert.NotNull(JobData.Parse("{\"a\":[[{}]]}", limits));
        Assert.Contains("invalid JSON", Refusal("{\"a\":[[[{}]]]}", limits), StringComparison.Ordinal);
        Assert.NotNull(JobData.Parse("{\"a\":1,\"b\":[{\"c\":1},{\"c\":1,\"d\":1}]}", limits));
        Assert.Equal("JSON has more than 5 keys", Refusal("{\"a\":1,\"b\":[{\"c\":1},{\"c\":1,\"d\":1,\"e\":1}]}", limits));
    }

    [Fact(DisplayName = "Random JSON keeps its meaning, is the same when written twice, and is no longer than its sorted self")]
    public void Fuzz()
    {
        var random = new Random(11);
        for (var i = 0; i < 2_000; i++)
        {
            var text = RandomJson.Object(random, depth: 4);
            var data = JobData.Parse(text);
            using var given = JsonDocument.Parse(text);
            using var canonical = JsonDocument.Parse(data.Utf8);

            Assert.True(JsonElement.DeepEquals(given.RootElement, canonical.RootElement), text);
            Assert.Equal(data, JobData.Parse(data.Utf8.Span));
            Assert.Equal(data.GetHashCode(), JobData.Parse(data.Utf8.Span).GetHashCode());
        }
    }

    [Fact(DisplayName = "Random bytes are either data or refused as such")]
    public void Fuzz_bytes()
    {
        var random = new Random(13);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Encoding.UTF8.GetBytes(RandomJson.Object(random, depth: 2));
            text[random.Next(text.Length)] = (byte)random.Next(256);
            try
            {
                var data = JobData.Parse(text);
                Assert.Equal(data, JobData.Parse(data.Utf8.Span));
            }
            catch (FormatException refused)
            {
                Assert.NotEmpty(refused.Message);
            }
        }
    }

    private static string Refusal(string json, JobDataLimits limits) => Assert.Throws<FormatException>(() => JobData.Parse(json, limits)).Message;
}
