using System.Text;
using ActorNode.Ethereum.Adapters;
using ActorNode.Ethereum.Tests.Support;
using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Ethereum.Tests.Adapters;

public sealed class EthTxSpec
{
    private const string Address = "0x356a04bce728ba4c62a30294a55e6a8600a320b3";
    private const string EmptyResponse = "RPC error(-32700): Bad response on request: [ TransactionIndex ]. Error cause was EmptyResponse, majority count: 94 / total: 94";
    private const string Word1 = "0000000000000000000000000000000000000000000000000000000000000001";
    private const string Offset1 = "0000000000000000000000000000000000000000000000000000000000000020";
    private const string Offset2 = "0000000000000000000000000000000000000000000000000000000000000040";

    private readonly FakeChain _chain = new();
    private readonly RunId _run = RunId.New();
    private RunId _task = RunId.New();
    private bool _dev;

    [Theory(DisplayName = "The transaction's data are selector, prefix and the result in its format")]
    [InlineData("""{"functionSelector":"0xb3f98adc","dataPrefix":"0x@"}""", "\"0x9786856756\"", "b3f98adc", "@", "0000000000000000000000000000000000000000000000000000009786856756")]
    [InlineData("""{"functionSelector":"0xb3f98adc"}""", "\"9786856756\"", "b3f98adc", "", "0000000000000000000000000000000000000000000000000000009786856756")]
    [InlineData("""{"functionSelector":"0xb3f98adc"}""", "\"0x123\"", "b3f98adc", "", "0000000000000000000000000000000000000000000000000000000000000123")]
    [InlineData("""{"functionSelector":"0xb3f98adc"}""", "\"0x0102030405060708091011121314151617181920212223242526272829303132aa\"", "b3f98adc", "", "02030405060708091011121314151617181920212223242526272829303132aa")]
    [InlineData("""{"functionSelector":"0xb3f98adc"}""", "12", "b3f98adc", "", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"functionSelector":"0xb3f98adc"}""", "null", "b3f98adc", "", "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("{}", "\"0x01\"", "00000000", "", Word1)]
    [InlineData("""{"functionSelector":"setBytes(bytes32,bytes)"}""", "\"0x01\"", "2e28d084", "", Word1)]
    [InlineData("""{"functionSelector":"transfer(address,uint256)"}""", "\"0x01\"", "a9059cbb", "", Word1)]
    [InlineData("""{"functionSelector":"0xb3f98adc","format":"bytes","dataPrefix":"0x@"}""", "\"cönfirmed\"", "b3f98adc", "@", Offset2 + "000000000000000000000000000000000000000000000000000000000000000a" + "63c3b66e6669726d656400000000000000000000000000000000000000000000")]
    [InlineData("""{"format":"bytes"}""", "\"cönfirmed\"", "00000000", "", Offset1 + "000000000000000000000000000000000000000000000000000000000000000a" + "63c3b66e6669726d656400000000000000000000000000000000000000000000")]
    [InlineData("""{"format":"bytes"}""", "\"\"", "00000000", "", Offset1 + "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"format":"bytes"}""", "\"01234567890123456789012345678901\"", "00000000", "", Offset1 + Offset1 + "3031323334353637383930313233343536373839303132333435363738393031")]
    [InlineData("""{"format":"bytes"}""", "\"012345678901234567890123456789012\"", "00000000", "", Offset1 + "0000000000000000000000000000000000000000000000000000000000000021" + "3031323334353637383930313233343536373839303132333435363738393031" + "3200000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"format":"bytes"}""", "true", "00000000", "", Offset1 + Offset1 + Word1)]
    [InlineData("""{"format":"bytes"}""", "false", "00000000", "", Offset1 + Offset1 + "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"format":"bytes"}""", "-1", "00000000", "", Offset1 + Offset1 + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("""{"format":"uint256"}""", "\"16800.01\"", "00000000", "", Offset1 + Offset1 + "00000000000000000000000000000000000000000000000000000000000041a0")]
    [InlineData("""{"format":"int256","dataPrefix":"0x@"}""", "-123", "00000000", "@", Offset2 + Offset1 + "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff85")]
    [InlineData("""{"format":"bool"}""", "true", "00000000", "", Offset1 + Offset1 + Word1)]
    [InlineData("""{"format":"bool"}""", "\"x\"", "00000000", "", Offset1 + Offset1 + Word1)]
    [InlineData("""{"format":"bool"}""", "0.1", "00000000", "", Offset1 + Offset1 + Word1)]
    [InlineData("""{"format":"bool"}""", "[0]", "00000000", "", Offset1 + Offset1 + Word1)]
    [InlineData("""{"format":"bool"}""", "0.0", "00000000", "", Offset1 + Offset1 + "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"format":"bool"}""", "\"\"", "00000000", "", Offset1 + Offset1 + "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"format":"bool"}""", "{}", "00000000", "", Offset1 + Offset1 + "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("""{"format":"bool"}""", "null", "00000000", "", Offset1 + Offset1 + "0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Calldata(string parameters, string result, string selector, string prefix, string payload)
    {
        const string Prefix = "88888888888888888888888888888888888888888888888888888888888888ff";
        await PerformAsync(parameters.Replace("@", Prefix), $$"""{"result":{{result}}}""");
        var request = Assert.Single(_chain.Sent).Request;
        Assert.Equal(selector + prefix.Replace("@", Prefix) + payload, Convert.ToHexStringLower(request.Data.Span));
        Assert.Equal(Address, request.To.ToLower());
    }

    [Fact(DisplayName = "ethtx_format_bytes: the fixture's last task calls setBytes with the bytes of the price")]
    public async Task Fixture_calldata()
    {
        var task = Fixture.Json("ethtx_format_bytes.json").GetProperty("tasks")[2].GetProperty("params");
        await PerformAsync(JobData.Of(task).ToString(), """{"result":"10221.30"}""");
        var request = Assert.Single(_chain.Sent).Request;
        Assert.Equal("0xaa664fa2fdc390c662de1dbacf1218ac6e066ae6", request.To.ToLower());
        Assert.Equal(
            "2e28d084" + Word1 + Offset2 + "0000000000000000000000000000000000000000000000000000000000000008" + "31303232312e3330000000000000000000000000000000000000000000000000",
            Convert.ToHexStringLower(request.Data.Span));
    }

    [Theory(DisplayName = "Parameters that break a rule fail the task as it is made")]
    [InlineData("""{"functionSelector":"0xb3f98a"}""", "Function ID must be 4 bytes in length")]
    [InlineData("""{"functionSelector":"0xb3f98adc00"}""", "Function ID must be 4 bytes in length")]
    [InlineData("""{"functionSelector":"0xnothexad"}""", "Function ID must be 4 bytes in length")]
    [InlineData("""{"functionSelector":1}""", "functionSelector: must be a string")]
    [InlineData("""{"address":"0x01"}""", "address: must be 0x and 40 hexadecimal digits")]
    [InlineData("""{"address":[]}""", "address: must be a string")]
    [InlineData("""{"dataPrefix":"01"}""", "dataPrefix: must be 0x and whole bytes in hexadecimal digits")]
    [InlineData("""{"dataPrefix":"0x0"}""", "dataPrefix: must be 0x and whole bytes in hexadecimal digits")]
    [InlineData("""{"format":1}""", "format: must be a string")]
    [InlineData("""{"gasPrice":-1}""", "gasPrice: must be a whole number that is not negative, as a number or as a string of digits")]
    [InlineData("""{"gasPrice":1.5}""", "gasPrice: must be a whole number that is not negative, as a number or as a string of digits")]
    [InlineData("""{"gasPrice":"abc"}""", "gasPrice: must be a whole number that is not negative, as a number or as a string of digits")]
    [InlineData("""{"gasLimit":true}""", "gasLimit: must be a whole number that is not negative, as a number or as a string of digits")]
    [InlineData("""{"gasLimit":"18446744073709551616"}""", "gasLimit: must be at most 18446744073709551615")]
    public void Wrong_parameters(string parameters, string error) =>
        Assert.Equal(error, Assert.Throws<AdapterException>(() => Type().Create(JobData.Parse(parameters))).Message);

    [Theory(DisplayName = "A result that has no such form fails the task, and nothing is sent")]
    [InlineData("""{"format":"bytes"}""", "null", "unsupported encoding for value: Null")]
    [InlineData("""{"format":"bytes"}""", "{}", "unsupported encoding for value: JSON")]
    [InlineData("""{"format":"bytes"}""", "[1]", "unsupported encoding for value: JSON")]
    [InlineData("""{"format":"uint256"}""", "-1", "-1 cannot be represented as uint256")]
    [InlineData("""{"format":"uint256"}""", "true", "unsupported encoding for value: True")]
    [InlineData("""{"format":"string"}""", "\"x\"", "unsupported format: string")]
    [InlineData("{}", "\"11779.99\"", "the result is no hexadecimal text: a task before ethtx, or its format, must make it one")]
    [InlineData("""{"address":null}""", "\"0x01\"", "address: is missing, and nothing is sent to the zero address")]
    [InlineData("""{"address":"0x0000000000000000000000000000000000000000"}""", "\"0x01\"", "address: is missing, and nothing is sent to the zero address")]
    public async Task Wrong_results(string parameters, string result, string error)
    {
        var failed = await Assert.ThrowsAsync<AdapterException>(() => PerformAsync(parameters, $$"""{"result":{{result}}}"""));
        Assert.Equal(error, failed.Message);
        Assert.Empty(_chain.Sent);
    }

    [Theory(DisplayName = "A task says what gas costs in development mode only: a requester may override every parameter")]
    [InlineData(true, """{"gasPrice":"20000000000","gasLimit":500000}""", "20000000000", 500000UL)]
    [InlineData(true, """{"gasPrice":7,"gasLimit":"8"}""", "7", 8UL)]
    [InlineData(true, "{}", null, null)]
    [InlineData(false, """{"gasPrice":"20000000000","gasLimit":500000}""", null, null)]
    public async Task Gas(bool dev, string parameters, string? price, ulong? limit)
    {
        _dev = dev;
        await PerformAsync(parameters, """{"result":"0x01"}""");
        var request = Assert.Single(_chain.Sent).Request;
        Assert.Equal((price, limit), (request.GasPrice?.ToString(System.Globalization.CultureInfo.InvariantCulture), request.GasLimit));
    }

    [Theory(DisplayName = "Without a connection the task waits for one, and nothing happened: before and after its transaction was sent")]
    [InlineData(RunStatus.Unstarted)]
    [InlineData(RunStatus.PendingConnection)]
    [InlineData(RunStatus.PendingConfirmations)]
    public async Task Not_connected(RunStatus own)
    {
        _chain.IsConnected = false;
        var outcome = await PerformAsync("{}", """{"result":"0x01"}""", own);
        Assert.Equal((RunStatus.PendingConnection, """{"result":"0x01"}"""), (outcome.Status, outcome.Data.ToString()));
        Assert.Empty(_chain.Sent);
        Assert.Empty(_chain.Looked);
        var none = EthereumAdapters.All(new JobsSettings()).Single(type => type.Name == "ethtx").Create(JobData.Empty);
        Assert.Equal(RunStatus.PendingConnection, (await none.PerformAsync(Input(JobData.Empty, RunStatus.Unstarted), default)).Status);
    }

    [Fact(DisplayName = "What is sent and not deep enough waits for blocks, with the hash as its result")]
    public async Task Sends()
    {
        foreach (var state in new[] { TransactionState.Unknown, TransactionState.Unconfirmed, TransactionState.Confirmed })
        {
            _task = RunId.New();
            _chain.Check = hash => new TransactionProgress(state, state == TransactionState.Confirmed ? Receipt(hash) : null);
            var outcome = await PerformAsync("{}", """{"result":"0x01","kept":true}""");
            var (key, _) = _chain.Sent.Last();
            Assert.Equal(new TransactionKey(_run, _task), key);
            Assert.Equal(
                (RunStatus.PendingConfirmations, $$"""{"kept":true,"result":"{{FakeChain.Hash(_chain.Sent.Count)}}"}"""), (outcome.Status, outcome.Data.ToString()));
        }
    }

    [Fact(DisplayName = "What is sent and deep enough at once is complete")]
    public async Task Safe_at_once()
    {
        _chain.Check = hash => new TransactionProgress(TransactionState.Safe, Receipt(hash));
        var outcome = await PerformAsync("{}", """{"result":"0x01"}""");
        Assert.Equal(RunStatus.Completed, outcome.Status);
        Assert.Equal(FakeChain.Hash(1), outcome.Data.Result.GetString());
        Assert.Equal(1, outcome.Data.Find("ethereumReceipts").GetArrayLength());
    }

    [Fact(DisplayName = "Block after block: unconfirmed, then confirmed by another attempt, then safe with its receipt after those of earlier tasks")]
    public async Task Confirms()
    {
        var waiting = await PerformAsync("{}", """{"result":"0x01","ethereumReceipts":[{"earlier":1}]}""");
        waiting = await PerformAsync("{}", waiting.Data.ToString(), RunStatus.PendingConfirmations);
        Assert.Equal((RunStatus.PendingConfirmations, FakeChain.Hash(1)), (waiting.Status, waiting.Data.Result.GetString()));

        _chain.Bump = _ => new TransactionProgress(TransactionState.Confirmed, Receipt(FakeChain.Hash(9)));
        waiting = await PerformAsync("{}", waiting.Data.ToString(), RunStatus.PendingConfirmations);
        Assert.Equal(
            (RunStatus.PendingConfirmations, FakeChain.Hash(9), FakeChain.Hash(9)),
            (waiting.Status, waiting.Data.Result.GetString(), waiting.Data.Find("latestOutgoingTxHash").GetString()));

        _chain.Bump = _ => new TransactionProgress(TransactionState.Safe, Receipt(FakeChain.Hash(9)));
        var done = await PerformAsync("{}", waiting.Data.ToString(), RunStatus.PendingConfirmations);
        Assert.Equal((RunStatus.Completed, FakeChain.Hash(9)), (done.Status, done.Data.Result.GetString()));
        Assert.Equal($$"""[{"earlier":1},{"transactionHash":"{{FakeChain.Hash(9)}}"}]""", done.Data.Find("ethereumReceipts").GetRawText());
        Assert.Equal([FakeChain.Hash(1), FakeChain.Hash(1), FakeChain.Hash(9)], _chain.Looked);
        Assert.Single(_chain.Sent);
    }

    [Fact(DisplayName = "A task that is performed again sends nothing again; two tasks of one run send one transaction each")]
    public async Task Sends_once()
    {
        var first = await PerformAsync("{}", """{"result":"0x01"}""");
        var again = await PerformAsync("{}", """{"result":"0x01"}""", RunStatus.PendingConnection);
        Assert.Equal(first.Data, again.Data);
        var afterwards = await PerformAsync("{}", first.Data.ToString());
        Assert.Equal(first.Data, afterwards.Data);
        Assert.Single(_chain.Sent);

        _task = RunId.New();
        var second = await PerformAsync("{}", first.Data.ToString());
        Assert.Equal(FakeChain.Hash(2), second.Data.Result.GetString());
        Assert.Equal(2, _chain.Sent.Count);
    }

    [Fact(DisplayName = "A failure that passes waits for the connection; the answer that got lost is found again, and nothing is sent twice")]
    public async Task Passing_failures()
    {
        _chain.LosesAnswer = true;
        var waiting = await PerformAsync("{}", """{"result":"0x01"}""");
        Assert.Equal((RunStatus.PendingConnection, """{"result":"0x01"}"""), (waiting.Status, waiting.Data.ToString()));

        _chain.LosesAnswer = false;
        _chain.Check = _ => throw new ChainUnavailableException("Cannot talk to chain, pending connection");
        waiting = await PerformAsync("{}", waiting.Data.ToString(), waiting.Status);
        Assert.Equal((RunStatus.PendingConnection, """{"result":"0x01"}"""), (waiting.Status, waiting.Data.ToString()));

        _chain.Check = _ => new TransactionProgress(TransactionState.Unconfirmed);
        waiting = await PerformAsync("{}", waiting.Data.ToString(), waiting.Status);
        Assert.Equal((RunStatus.PendingConfirmations, FakeChain.Hash(1)), (waiting.Status, waiting.Data.Result.GetString()));
        Assert.Single(_chain.Sent);

        _chain.Bump = _ => throw new ChainUnavailableException("i/o timeout");
        waiting = await PerformAsync("{}", waiting.Data.ToString(), waiting.Status);
        Assert.Equal((RunStatus.PendingConfirmations, FakeChain.Hash(1)), (waiting.Status, waiting.Data.Result.GetString()));
    }

    [Fact(DisplayName = "A chain's node that answers EmptyResponse has only not looked yet")]
    public async Task Empty_response()
    {
        _chain.SendFails = new TransactionException(EmptyResponse);
        var waiting = await PerformAsync("{}", """{"result":"0x01"}""");
        Assert.Equal((RunStatus.PendingConnection, """{"result":"0x01"}"""), (waiting.Status, waiting.Data.ToString()));

        _chain.SendFails = null;
        _chain.Check = _ => throw new TransactionException(EmptyResponse);
        waiting = await PerformAsync("{}", waiting.Data.ToString(), waiting.Status);
        Assert.Equal((RunStatus.PendingConfirmations, FakeChain.Hash(1)), (waiting.Status, waiting.Data.Result.GetString()));

        _chain.Bump = _ => throw new TransactionException(EmptyResponse);
        waiting = await PerformAsync("{}", waiting.Data.ToString(), waiting.Status);
        Assert.Equal((RunStatus.PendingConfirmations, FakeChain.Hash(1)), (waiting.Status, waiting.Data.Result.GetString()));
    }

    [Fact(DisplayName = "Other failures are the task's error; while it waits for blocks only one that leaves nothing known")]
    public async Task Failures()
    {
        _chain.SendFails = new TransactionException("insufficient funds for gas * price + value");
        var failed = await Assert.ThrowsAsync<AdapterException>(() => PerformAsync("{}", """{"result":"0x01"}"""));
        Assert.Equal("insufficient funds for gas * price + value", failed.Message);

        var data = $$"""{"result":"{{FakeChain.Hash(1)}}"}""";
        _chain.Bump = _ => throw new TransactionException("no transaction has this attempt");
        failed = await Assert.ThrowsAsync<AdapterException>(() => PerformAsync("{}", data, RunStatus.PendingConfirmations));
        Assert.Equal("no transaction has this attempt", failed.Message);

        _chain.Bump = _ => throw new TransactionException("replacement transaction underpriced", TransactionState.Unconfirmed);
        var waiting = await PerformAsync("{}", data, RunStatus.PendingConfirmations);
        Assert.Equal((RunStatus.PendingConfirmations, data), (waiting.Status, waiting.Data.ToString()));

        failed = await Assert.ThrowsAsync<AdapterException>(() => PerformAsync("{}", """{"result":1}""", RunStatus.PendingConfirmations));
        Assert.Equal("non string result", failed.Message);
    }

    private static TransactionReceipt Receipt(string hash) => new(hash, Fixture.Parse($$"""{"transactionHash":"{{hash}}"}"""));

    private IAdapterType Type() => EthereumAdapters.All(new JobsSettings { Dev = _dev }, _chain).Single(type => type.Name == "ethtx");

    private TaskInput Input(JobData data, RunStatus own) => new(_run, _task, data, JobData.Empty, new RunResult(JobData.Empty, own));

    private async Task<TaskOutcome> PerformAsync(string parameters, string data, RunStatus own = RunStatus.Unstarted)
    {
        var merged = JobData.Empty.With("address", Address).Merge(JobData.Parse(Encoding.UTF8.GetBytes(parameters)));
        return await Type().Create(merged).PerformAsync(Input(JobData.Parse(data), own), default);
    }
}
