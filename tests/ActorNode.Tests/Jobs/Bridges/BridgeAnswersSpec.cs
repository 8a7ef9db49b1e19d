using System.Text.Json;
using ActorNode.Jobs.Bridges;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Bridges;

public sealed class BridgeAnswersSpec
{
    [Theory(DisplayName = "An answer is errored, pending or completed by what it says; data that are no object are the result, as text")]
    [InlineData("""{}""", RunStatus.Completed, "{}", null)]
    [InlineData("""{"data":null,"error":null,"status":null,"pending":null,"amount":null}""", RunStatus.Completed, "{}", null)]
    [InlineData("""{"data":{"result":null}}""", RunStatus.Completed, """{"result":null}""", null)]
    [InlineData("""{"data":"text"}""", RunStatus.Completed, """{"result":"text"}""", null)]
    [InlineData("""{"data":251990120}""", RunStatus.Completed, """{"result":"251990120"}""", null)]
    [InlineData("""{"data":1.50}""", RunStatus.Completed, """{"result":"1.5"}""", null)]
    [InlineData("""{"data":[1,"a"]}""", RunStatus.Completed, """{"result":"[1,\"a\"]"}""", null)]
    [InlineData("""{"data":true}""", RunStatus.Completed, """{"result":"true"}""", null)]
    [InlineData("""{"error":"boom","pending":true,"data":{"a":1}}""", RunStatus.Errored, """{"a":1}""", "boom")]
    [InlineData("""{"error":""}""", RunStatus.Errored, "{}", "")]
    [InlineData("""{"status":"errored"}""", RunStatus.Errored, "{}", null)]
    [InlineData("""{"pending":true}""", RunStatus.PendingBridge, "{}", null)]
    [InlineData("""{"status":"pending_bridge","pending":false}""", RunStatus.PendingBridge, "{}", null)]
    [InlineData("""{"status":"in_progress","jobRunId":1,"accessToken":{}}""", RunStatus.Completed, "{}", null)]
    public void Reads(string answer, RunStatus status, string data, string? error)
    {
        var read = Read(answer);
        Assert.Equal((status, data, error), (read.Status, read.Data.ToString(), read.Error));
    }

    [Fact(DisplayName = "An amount is juels as text")]
    public void Amounts() => Assert.Equal(new Juels(100), Read("""{"amount":"100"}""").Amount);

    [Theory(DisplayName = "Members of another type are refused by name")]
    [InlineData("""[]""", "a bridge's answer must be a JSON object")]
    [InlineData("""{"error":1}""", "error must be a string")]
    [InlineData("""{"status":1}""", "status must be a string")]
    [InlineData("""{"pending":"true"}""", "pending must be true or false")]
    [InlineData("""{"amount":100}""", "amount must be a string of decimal digits")]
    public void Refuses(string answer, string problem) => Assert.Equal(problem, Assert.Throws<FormatException>(() => Read(answer)).Message);

    private static RunResult Read(string answer)
    {
        using var document = JsonDocument.Parse(answer);
        return BridgeAnswers.Read(document.RootElement);
    }
}
