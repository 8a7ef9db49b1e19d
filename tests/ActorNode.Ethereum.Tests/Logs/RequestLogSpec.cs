using ActorNode.Ethereum.Logs;
using ActorNode.Ethereum.Tests.Support;
using ActorNode.Ethereum.Words;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Ethereum.Tests.Logs;

public sealed class RequestLogSpec
{
    private const string Request = "c524fafafcaec40652b1f84fca09c231185437d008d195fccf2f51e64b7062f8";
    private const string Requester = "0000000000000000000000009fbda871d559710256a2502a2517b794b482db40";
    private const string Payment = "0000000000000000000000000000000000000000000000000de0b6b3a7640001";
    private const string Callback = "0000000000000000000000009fbda871d559710256a2502a2517b794b482db40";
    private const string Function = "042f2b6500000000000000000000000000000000000000000000000000000000";
    private const string Expiration = "000000000000000000000000000000000000000000000000000000005c4a7338";
    private const string One = "0000000000000000000000000000000000000000000000000000000000000001";
    private const string Parameters = "6375726c784768747470733a2f2f6d696e2d6170692e63727970746f636f6d706172652e636f6d2f646174612f70726963653f6673796d3d455448267473796d733d5553442c4555522c4a505964706174689f63555344ff000000000000000000";

    private static readonly EthereumAddress Oracle = EthereumAddress.Parse("0xf25186B5081Ff5cE73482AD761DB0eB0d25abfBF");
    private static readonly JobId Job = new("4c7b7ffb66b344fbaa64995af81e355a");

    [Theory(DisplayName = "Events and functions of the generations have the hashes that contracts use")]
    [InlineData("original", "0x6d6db1f8fe19d95b1d0fa6a4bce7bb24fbf84597b35a33ff95521fac453c1529", "0x76005c26")]
    [InlineData("20190123", "0xe9cf09ba23a60c27cfb5ad84043dba257ed0ccea7f0095ff7054ec8088ce5871", "0xeea57e70")]
    [InlineData("20190207", "0xd8d7ecc4800d25fa53ce0372f13a416d98907a7ef3d8d3bdd79cf4fe75529c65", "0x4ab0d190")]
    [InlineData("execagreement", "0x2ea0759b6563d8ce8fe9e1277cc47ce5bc7079092274040ae6ae2f63e7cb2d6a", "0x76005c26")]
    public void Hashes(string name, string topic, string selector)
    {
        var layout = RequestLayout.All.Single(layout => layout.Name == name);
        Assert.Equal((topic, selector), (Hex.Encode(layout.Topic.Span), layout.Selector));
        Assert.Same(layout, RequestLayout.Find(layout.Topic.Span));
    }

    [Fact(DisplayName = "requestLog0original: the parameters, where they came from, and one juel")]
    public void Original()
    {
        var log = EthereumLog.Read(Fixture.Json("requestLog0original.json").GetProperty("params").GetProperty("result"));
        var request = RequestLog.Parse(log);
        Assert.Equal(
            """{"address":"0x3cCad4715152693fE3BC4460591e3D3Fbd071b42","dataPrefix":"0x0000000000000000000000000000000000000000000000000000000000000017","functionSelector":"0x76005c26","path":["recent","usd"],"url":"https://etherprice.com/api"}""",
            request.Input.ToString());
        Assert.Equal(new Juels(1), request.Payment);
        Assert.Equal("0xd352677fcded6c358e03c73ea2a8a2832dffc0a4", request.Requester.ToLower());
        Assert.Equal("0x0000000000000000000000000000000000000000000000000000000000000017", request.RequestId);
        Assert.Equal((5UL, false), (log.BlockNumber, log.Removed));
    }

    [Fact(DisplayName = "20190207: everything but the job is in the data")]
    public void Newest()
    {
        var request = RequestLog.Parse(V20190207());
        Assert.Equal("https://min-api.cryptocompare.com/data/price?fsym=ETH&tsyms=USD,EUR,JPY", request.Input.Find("url").GetString());
        Assert.Equal("""["USD"]""", request.Input.Find("path").GetRawText());
        Assert.Equal("1000000000000000001", request.Payment.ToString());
        Assert.Equal("0x9FBDa871d559710256a2502A2517b794B482Db40", request.Requester.ToString());
        Assert.Equal($"0x{Request}", request.RequestId);
        Assert.Equal($"0x{Request}{Payment}{Callback}{Function}{Expiration}", request.Input.Find("dataPrefix").GetString());
        Assert.Equal("0x4ab0d190", request.Input.Find("functionSelector").GetString());
        Assert.Equal("0xf25186B5081Ff5cE73482AD761DB0eB0d25abfBF", request.Input.Find("address").GetString());
    }

    [Fact(DisplayName = "20190123: requester and payment are topics, and the payment goes back in the middle of the prefix")]
    public void Middle()
    {
        var request = RequestLog.Parse(Log(RequestLayout.V20190123, [JobAsText(), Requester.Replace("db40", "db41"), Payment], $"{Request}{One}{Callback}{Function}{Expiration}{One}{One}{Parameters}"));
        Assert.Equal("""["USD"]""", request.Input.Find("path").GetRawText());
        Assert.Equal("1000000000000000001", request.Payment.ToString());
        Assert.Equal("0x9fbda871d559710256a2502a2517b794b482db41", request.Requester.ToLower());
        Assert.Equal($"0x{Request}", request.RequestId);
        Assert.Equal($"0x{Request}{Payment}{Callback}{Function}{Expiration}", request.Input.Find("dataPrefix").GetString());
        Assert.Equal("0xeea57e70", request.Input.Find("functionSelector").GetString());
    }

    [Fact(DisplayName = "execagreement: as the original")]
    public void Agreement()
    {
        var request = RequestLog.Parse(Log(RequestLayout.Agreement, [JobAsText(), Requester, Payment], $"{Request}{One}{One}{One}{Parameters}"));
        Assert.Equal($"0x{Request}", request.Input.Find("dataPrefix").GetString());
        Assert.Equal("0x76005c26", request.Input.Find("functionSelector").GetString());
        Assert.Equal("0x9FBDa871d559710256a2502A2517b794B482Db40", request.Requester.ToString());
    }

    [Fact(DisplayName = "runlogReceipt: the log of a real receipt is read")]
    public void Receipt()
    {
        var log = EthereumLog.Read(Fixture.Json("runlogReceipt.json").GetProperty("result").GetProperty("logs")[3]);
        var request = RequestLog.Parse(log);
        Assert.Equal("1000000000000000000", request.Payment.ToString());
        Assert.Equal($"0x{Request}", request.RequestId);
        Assert.Equal("https://min-api.cryptocompare.com/data/price?fsym=ETH&tsyms=USD,EUR,JPY", request.Input.Find("url").GetString());
    }

    [Fact(DisplayName = "A requester cannot redirect the answer: what is read from the log stands over parameters of these names")]
    public void No_redirection()
    {
        // {"address":"x","dataPrefix":"y","functionSelector":"z"}
        const string Forged = "6761646472657373" + "6178" + "6a64617461507265666978" + "6179" + "7066756e6374696f6e53656c6563746f72" + "617a" + "ff";
        Assert.Equal("""{"address":"x","dataPrefix":"y","functionSelector":"z"}""", CborReader.Read(Convert.FromHexString(Forged)).ToString());
        var request = RequestLog.Parse(Log(RequestLayout.Agreement, [JobAsText(), Requester, Payment], $"{Request}{One}{One}{One}{Forged}"));
        Assert.Equal(Oracle.ToString(), request.Input.Find("address").GetString());
        Assert.Equal($"0x{Request}", request.Input.Find("dataPrefix").GetString());
        Assert.Equal("0x76005c26", request.Input.Find("functionSelector").GetString());
    }

    [Fact(DisplayName = "A log that is too short anywhere is refused, byte by byte and topic by topic, and so is one of another event")]
    public void Malformed()
    {
        foreach (var layout in RequestLayout.All)
        {
            var whole = Log(layout, [JobAsText(), Requester, Payment], string.Concat(Enumerable.Repeat(One, layout.Cbor / 32)));
            Assert.Equal(4, RequestLog.Parse(whole).Input.ToString().Split("\":").Length);
            for (var length = 0; length < layout.Cbor; length++)
                Assert.Contains("the data of a log", Assert.Throws<FormatException>(() => RequestLog.Parse(whole with { Data = whole.Data[..length] })).Message);
            for (var topics = 1; topics < layout.Topics; topics++)
                Assert.Contains("topics", Assert.Throws<FormatException>(() => RequestLog.Parse(whole with { Topics = whole.Topics[..topics] })).Message);
        }

        var log = V20190207();
        Assert.Contains("No parser for the RunLogEvent topic", Assert.Throws<FormatException>(() => RequestLog.Parse(log with { Topics = [] })).Message);
        Assert.Equal(
            $"No parser for the RunLogEvent topic 0x{Request}",
            Assert.Throws<FormatException>(() => RequestLog.Parse(log with { Topics = [Convert.FromHexString(Request), .. log.Topics[1..]] })).Message);
    }

    [Fact(DisplayName = "A log is for the job that its topic names, as text or as bytes")]
    public void Names_a_job()
    {
        var other = new JobId("4c7b7ffb66b344fbaa64995af81e355b");
        var asText = V20190207();
        var asBytes = asText with { Topics = [asText.Topics[0], Convert.FromHexString(Job.Value + new string('0', 32))] };
        foreach (var log in new[] { asText, asBytes })
        {
            Assert.Null(RequestLog.Problem(log, Job, InitiatorType.RunLog));
            Assert.Null(RequestLog.Problem(log, Job, InitiatorType.ExecAgreement));
            Assert.Equal(
                $"Run Log didn't have matching job ID: {Hex.Encode(log.Topics[1].Span)} != {other}", RequestLog.Problem(log, other, InitiatorType.RunLog));
            Assert.Null(RequestLog.Problem(log, other, InitiatorType.EthLog));
        }

        Assert.Equal($"Run Log didn't have matching job ID:  != {Job}", RequestLog.Problem(asText with { Topics = asText.Topics[..1] }, Job, InitiatorType.RunLog));
        Assert.NotNull(RequestLog.Problem(EthereumLog.Read(Fixture.Json("runlogReceipt.json").GetProperty("result").GetProperty("logs")[3]), Job, InitiatorType.RunLog));
    }

    [Fact(DisplayName = "subscription_logs: the log itself is the input of an ethlog run, numbers as hexadecimal, addresses in small letters")]
    public void Plain_logs()
    {
        var log = EthereumLog.Read(Fixture.Json("subscription_logs.json").GetProperty("params").GetProperty("result"));
        Assert.Equal(JobData.Of(Fixture.Json("subscription_logs.json").GetProperty("params").GetProperty("result")), log.ToJobData());
    }

    [Theory(DisplayName = "A log with a field that is none is refused by its name")]
    [InlineData("address", "\"0x01\"")]
    [InlineData("address", "1")]
    [InlineData("topics", "{}")]
    [InlineData("topics", """["0x01"]""")]
    [InlineData("topics", "[1]")]
    [InlineData("data", "\"0x0\"")]
    [InlineData("data", "null")]
    [InlineData("blockNumber", "\"0x10000000000000000\"")]
    [InlineData("blockNumber", "5")]
    [InlineData("blockHash", "\"0x00\"")]
    [InlineData("logIndex", "\"-1\"")]
    public void Wrong_fields(string field, string json)
    {
        var log = JobData.Of(Fixture.Json("subscription_logs.json").GetProperty("params").GetProperty("result")).With(field, System.Text.Encoding.UTF8.GetBytes(json));
        Assert.StartsWith($"a log's {field} must be", Assert.Throws<FormatException>(() => EthereumLog.Read(Fixture.Parse(log.ToString()))).Message);
    }

    private static EthereumLog V20190207() =>
        Log(RequestLayout.V20190207, [JobAsText()], $"{Requester}{Request}{Payment}{Callback}{Function}{Expiration}{One}{One}{One}{Parameters}");

    private static string JobAsText() => Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(Job.Value));

    private static EthereumLog Log(RequestLayout layout, string[] topics, string data) =>
        new(Oracle, [layout.Topic, .. topics.Select(topic => (ReadOnlyMemory<byte>)Convert.FromHexString(topic))], Convert.FromHexString(data));
}
