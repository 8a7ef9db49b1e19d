using ActorNode.Ethereum.Adapters;
using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Ethereum.Tests.Adapters;

public sealed class WordAdapterSpec
{
    [Theory(DisplayName = "ethbytes32: the text of the result, cut off or filled up")]
    [InlineData("""{"result":"16800.01"}""", "31363830302e3031000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":"¡Holá Mündo!"}""", "c2a1486f6cc3a1204dc3bc6e646f210000000000000000000000000000000000")]
    [InlineData("{}", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":null}""", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":true}""", "7472756500000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":false}""", "66616c7365000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":1.68e+4}""", "3136383030000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":16800.00}""", "3136383030000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":-0.5}""", "2d302e3500000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":1e21}""", "3130303030303030303030303030303030303030303000000000000000000000")]
    [InlineData("""{"result":1e-7}""", "302e303030303030310000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":1e300}""", "3130303030303030303030303030303030303030303030303030303030303030")]
    [InlineData("""{"result":1e-999999999}""", "302e303030303030303030303030303030303030303030303030303030303030")]
    [InlineData("""{"result":[1,"a"]}""", "5b312c2261225d00000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":"0123456789012345678901234567890123456789"}""", "3031323334353637383930313233343536373839303132333435363738393031")]
    public Task Bytes32(string data, string word) => Completes("ethbytes32", data, word);

    [Theory(DisplayName = "ethbool: false, null and nothing are 0, everything else is 1")]
    [InlineData("""{"result":false}""", 0)]
    [InlineData("""{"result":null}""", 0)]
    [InlineData("{}", 0)]
    [InlineData("""{"result":true}""", 1)]
    [InlineData("""{"result":0}""", 1)]
    [InlineData("""{"result":""}""", 1)]
    [InlineData("""{"result":"null"}""", 1)]
    [InlineData("""{"result":"false"}""", 1)]
    [InlineData("""{"result":{}}""", 1)]
    [InlineData("""{"result":[]}""", 1)]
    public Task Booleans(string data, int word) => Completes("ethbool", data, new string('0', 63) + word);

    [Theory(DisplayName = "ethint256: texts are rounded, numbers are cut off, negative ones in two's complement")]
    [InlineData("""{"result":-123}""", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff85")]
    [InlineData("""{"result":-123.99}""", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff85")]
    [InlineData("""{"result":123.99}""", "000000000000000000000000000000000000000000000000000000000000007b")]
    [InlineData("""{"result":"123.99"}""", "000000000000000000000000000000000000000000000000000000000000007c")]
    [InlineData("""{"result":"-123.99"}""", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff84")]
    [InlineData("""{"result":"-1022130"}""", "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0674e")]
    [InlineData("""{"result":"0x0a"}""", "000000000000000000000000000000000000000000000000000000000000000a")]
    [InlineData("""{"result":"0xff"}""", "00000000000000000000000000000000000000000000000000000000000000ff")]
    [InlineData("""{"result":"1.68e+4"}""", "00000000000000000000000000000000000000000000000000000000000041a0")]
    [InlineData("""{"result":9223372036854775807}""", "0000000000000000000000000000000000000000000000007fffffffffffffff")]
    [InlineData("""{"result":1e-300}""", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"result":null}""", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("{}", "0000000000000000000000000000000000000000000000000000000000000000")]
    public Task Signed(string data, string word) => Completes("ethint256", data, word);

    [Theory(DisplayName = "ethuint256: as ethint256, without a sign")]
    [InlineData("""{"result":"1022130"}""", "00000000000000000000000000000000000000000000000000000000000f98b2")]
    [InlineData("""{"result":"1.55555555555555555555e+20"}""", "0000000000000000000000000000000000000000000000086ec4599bef6e0000")]
    [InlineData("""{"result":"115792089237316195423570985008687907853269984665640564039457584007913129639935"}""", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("""{"result":115792089237316195423570985008687907853269984665640564039457584007913129639935}""", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("""{"result":16800.00}""", "00000000000000000000000000000000000000000000000000000000000041a0")]
    public Task Unsigned(string data, string word) => Completes("ethuint256", data, word);

    [Theory(DisplayName = "What is no number, or none that fits, is an error in the words of the original")]
    [InlineData("ethint256", "true", "unsupported encoding for value: True")]
    [InlineData("ethint256", "false", "unsupported encoding for value: False")]
    [InlineData("ethint256", "[]", "unsupported encoding for value: JSON")]
    [InlineData("ethuint256", """{"a":1}""", "unsupported encoding for value: JSON")]
    [InlineData("ethuint256", "-1", "-1 cannot be represented as uint256")]
    [InlineData("ethuint256", "\"-123\"", "-123 cannot be represented as uint256")]
    [InlineData("ethuint256", "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"", "Overflow saving big.Int to EVM word: 115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    [InlineData("ethint256", "\"57896044618658097711785492504343953926634992332820282019728792003956564819968\"", "Overflow saving signed big.Int to EVM word: 57896044618658097711785492504343953926634992332820282019728792003956564819968")]
    [InlineData("ethint256", "\"-57896044618658097711785492504343953926634992332820282019728792003956564819968\"", "Overflow saving signed big.Int to EVM word: -57896044618658097711785492504343953926634992332820282019728792003956564819968")]
    [InlineData("ethint256", "\"\"", "error parsing decimal ")]
    [InlineData("ethint256", "\"notanumber\"", "error parsing decimal notanumber")]
    [InlineData("ethint256", "\" 1\"", "error parsing decimal  1")]
    [InlineData("ethint256", "\"NaN\"", "error parsing decimal NaN")]
    [InlineData("ethint256", "\"1e999\"", "error parsing decimal 1e999")]
    [InlineData("ethint256", "\"0x\"", null)]
    [InlineData("ethint256", "\"0xg\"", "error parsing hex 0xg")]
    public async Task Errors(string type, string result, string? error)
    {
        // "0x" has no digits: zero, as the fewest of them.
        if (error is null)
        {
            await Completes(type, $$"""{"result":{{result}}}""", new string('0', 64));
            return;
        }

        var failed = await Assert.ThrowsAsync<AdapterException>(async () => await Perform(type, $$"""{"result":{{result}}}"""));
        Assert.Equal(error, failed.Message);
    }

    [Fact(DisplayName = "A text that is far too long for a number is refused before it is read as one")]
    public async Task Long_numbers()
    {
        var failed = await Assert.ThrowsAsync<AdapterException>(async () => await Perform("ethint256", $$"""{"result":"{{new string('9', 500_000)}}"}"""));
        Assert.Equal("error parsing a number of 500000 characters", failed.Message);
    }

    [Fact(DisplayName = "The adapters have the names, confirmations and payments of the original; other data of a task stay")]
    public async Task Terms()
    {
        var types = EthereumAdapters.All(new JobsSettings { MinIncomingConfirmations = 7, MinimumContractPayment = "100" });
        Assert.Equal(["ethbytes32", "ethbool", "ethint256", "ethuint256", "ethtx"], types.Select(type => type.Name));
        Assert.All(types, type => Assert.Equal(7u, type.MinimumConfirmations));
        Assert.All(types, type => Assert.Equal(new Juels(type.Name == "ethtx" ? 100 : 0), type.MinimumPayment));
        var outcome = await Perform("ethbool", """{"result":true,"other":[1]}""");
        Assert.Equal("[1]", outcome.Data.Find("other").GetRawText());
    }

    private static async Task Completes(string type, string data, string word)
    {
        var outcome = await Perform(type, data);
        Assert.Equal(RunStatus.Completed, outcome.Status);
        Assert.Equal($"0x{word}", outcome.Data.Result.GetString());
    }

    private static ValueTask<TaskOutcome> Perform(string type, string data) => EthereumAdapters.All(new JobsSettings())
        .Single(adapter => adapter.Name == type)
        .Create(JobData.Empty)
        .PerformAsync(new TaskInput(RunId.New(), RunId.New(), JobData.Parse(data), JobData.Empty, RunResult.None), default);
}
