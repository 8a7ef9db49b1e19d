using System.Globalization;
using System.Numerics;
using ActorNode.Jobs.Adapters;
using Xunit;

namespace ActorNode.Tests.Jobs.Adapters;

public sealed class ArithmeticSpec
{
    [Theory(DisplayName = "Multiply makes a string of the exact product")]
    [InlineData("\"1.23\"", "100", "123")]
    [InlineData("123", "100", "12300")]
    [InlineData("123", "\"100\"", "12300")]
    [InlineData("\"1.23\"", "-5", "-6.15")]
    [InlineData("\"1.23\"", "0", "0")]
    [InlineData("\"-1.50\"", "\"2.0\"", "-3")]
    [InlineData("12345678901", "1", "12345678901")]
    [InlineData("\"9007199254740993\"", "1", "9007199254740993")]
    [InlineData("9007199254740993", "1e18", "9007199254740993000000000000000000")]
    [InlineData("\"1.000000000000000001\"", "1000000000000000000", "1000000000000000001")]
    [InlineData("\"115792089237316195423570985008687907853269984665640564039457584007913129639935\"", "1", "115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    [InlineData("\"0.1\"", "\"0.2\"", "0.02")]
    [InlineData("1e-30", "1", "0.000000000000000000000000000001")]
    [InlineData("\"+5\"", "\"1e2\"", "500")]
    [InlineData("\".5\"", "2", "1")]
    public async Task Multiplies(string result, string times, string expected) =>
        Assert.Equal($"{{\"result\":\"{expected}\"}}", await Tasks.DataAsync("multiply", $"{{\"times\":{times}}}", $"{{\"result\":{result}}}"));

    [Theory(DisplayName = "Without times the number is passed on, as a string")]
    [InlineData("\"3.14\"", "{}", "3.14")]
    [InlineData("3.14", "{\"times\":null}", "3.14")]
    public async Task Passes_on(string result, string parameters, string expected) =>
        Assert.Equal($"{{\"result\":\"{expected}\"}}", await Tasks.DataAsync("multiply", parameters, $"{{\"result\":{result}}}"));

    [Theory(DisplayName = "A result that is no number is an error")]
    [InlineData("{\"result\":{\"a\":1}}", "cannot parse into big.Float: {\"a\":1}")]
    [InlineData("{\"result\":[1]}", "cannot parse into big.Float: [1]")]
    [InlineData("{\"result\":true}", "cannot parse into big.Float: true")]
    [InlineData("{\"result\":null}", "cannot parse into big.Float: ")]
    [InlineData("{}", "cannot parse into big.Float: ")]
    [InlineData("{\"result\":\"\"}", "cannot parse into big.Float: ")]
    [InlineData("{\"result\":\"1.2.3\"}", "cannot parse into big.Float: 1.2.3")]
    [InlineData("{\"result\":\"1.-5\"}", "cannot parse into big.Float: 1.-5")]
    [InlineData("{\"result\":\"--5\"}", "cannot parse into big.Float: --5")]
    [InlineData("{\"result\":\" 5\"}", "cannot parse into big.Float:  5")]
    [InlineData("{\"result\":\"1e\"}", "cannot parse into big.Float: 1e")]
    [InlineData("{\"result\":\"1e1000000000\"}", "cannot parse into big.Float: 1e1000000000")]
    [InlineData("{\"result\":\"Inf\"}", "cannot parse into big.Float: Inf")]
    [InlineData("{\"result\":\".\"}", "cannot parse into big.Float: .")]
    public async Task Refuses_results(string data, string error) => Assert.Equal(error, await Tasks.ErrorAsync("multiply", "{\"times\":2}", data));

    [Theory(DisplayName = "A factor that is no number is an error of the job")]
    [InlineData("\"x\"", "cannot parse into float: x")]
    [InlineData("\"\"", "cannot parse into float: ")]
    [InlineData("[1]", "cannot parse into float: [1]")]
    [InlineData("{}", "cannot parse into float: {}")]
    [InlineData("true", "cannot parse into float: true")]
    public async Task Refuses_factors(string times, string error) =>
        Assert.Equal(error, await Tasks.ErrorAsync("multiply", $"{{\"times\":{times}}}", "{\"result\":1}"));

    [Theory(DisplayName = "Quotient divides its dividend by the result, exactly where the quotient ends")]
    [InlineData("\"1.23\"", "100", "81.3008130081300813008130081300813")]
    [InlineData("5", "\"10\"", "2")]
    [InlineData("8", "1", "0.125")]
    [InlineData("\"-4\"", "1e30", "-250000000000000000000000000000")]
    [InlineData("3", "2", "0.6666666666666666666666666666666667")]
    [InlineData("3", "-1", "-0.3333333333333333333333333333333333")]
    [InlineData("\"0.5\"", "0", "0")]
    public async Task Divides(string result, string dividend, string expected) =>
        Assert.Equal($"{{\"result\":\"{expected}\"}}", await Tasks.DataAsync("quotient", $"{{\"dividend\":{dividend}}}", $"{{\"result\":{result}}}"));

    [Theory(DisplayName = "Nothing is divided by zero, nor by what is no number")]
    [InlineData("{\"result\":0}", "cannot divide by zero")]
    [InlineData("{\"result\":\"-0.00\"}", "cannot divide by zero")]
    [InlineData("{\"result\":\"x\"}", "cannot parse into big.Float: x")]
    public async Task Refuses_divisors(string data, string error) => Assert.Equal(error, await Tasks.ErrorAsync("quotient", "{\"dividend\":1}", data));

    [Theory(DisplayName = "A quotient of more digits is rounded to the nearer, in the middle to the even one")]
    [InlineData("10000000000000000000000000000000005", "10000000000000000000000000000000000")]
    [InlineData("10000000000000000000000000000000015", "10000000000000000000000000000000020")]
    [InlineData("-10000000000000000000000000000000015", "-10000000000000000000000000000000020")]
    [InlineData("10000000000000000000000000000000006", "10000000000000000000000000000000010")]
    [InlineData("100000000000000000000000000000000050000001", "100000000000000000000000000000000100000000")]
    [InlineData("99999999999999999999999999999999995", "100000000000000000000000000000000000")]
    [InlineData("9999999999999999999999999999999999", "9999999999999999999999999999999999")]
    public async Task Rounds(string dividend, string expected) =>
        Assert.Equal($"{{\"result\":\"{expected}\"}}", await Tasks.DataAsync("quotient", $"{{\"dividend\":{dividend}}}", "{\"result\":1}"));

    [Fact(DisplayName = "Products and order are those of whole numbers, for random decimals")]
    public void Agrees_with_whole_numbers()
    {
        var random = new Random(23);
        for (var i = 0; i < 5_000; i++)
        {
            var (left, right) = (random.NextInt64(-1_000_000_000_000, 1_000_000_000_000), random.NextInt64(-1_000_000_000_000, 1_000_000_000_000));
            var (a, b) = (Parse($"{left}e-6"), Parse($"{right}e-6"));

            Assert.Equal(Parse($"{(BigInteger)left * right}e-12"), a * b);
            Assert.Equal(left.CompareTo(right), Math.Sign(a.CompareTo(b)));
            Assert.Equal(a, Parse(a.ToString()));
            Assert.Equal((decimal)left / 1_000_000m, decimal.Parse(a.ToString(), CultureInfo.InvariantCulture));
        }

        static ExactDecimal Parse(string text)
        {
            Assert.True(ExactDecimal.TryParse(text, out var number));
            return number;
        }
    }
}
