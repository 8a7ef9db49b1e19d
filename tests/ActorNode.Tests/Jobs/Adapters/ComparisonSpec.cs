using Xunit;

namespace ActorNode.Tests.Jobs.Adapters;

public sealed class ComparisonSpec
{
    [Theory(DisplayName = "Compare answers whether the result and the value are as the operator says")]
    [InlineData("eq", "\"hello\"", "hello", true)]
    [InlineData("eq", "\"hello\"", "Hello", false)]
    [InlineData("neq", "\"hello\"", "Hello", true)]
    [InlineData("eq", "100.0", "100", true)]
    [InlineData("eq", "\"100.0\"", "100", false)]
    [InlineData("eq", "true", "true", true)]
    [InlineData("eq", "{\"a\":1}", "{\"a\":1}", true)]
    [InlineData("gt", "\"100.5\"", "100", true)]
    [InlineData("gt", "100", "100", false)]
    [InlineData("gte", "100", "1e2", true)]
    [InlineData("lt", "-1", "0", true)]
    [InlineData("lte", "\"0.1\"", "0.10", true)]
    [InlineData("gt", "\"9007199254740993\"", "9007199254740992", true)]
    [InlineData("lt", "\"1.0000000000000000001\"", "1", false)]
    public async Task Compares(string @operator, string result, string value, bool expected) =>
        Assert.Equal(
            $"{{\"a\":1,\"result\":{(expected ? "true" : "false")}}}",
            await Tasks.DataAsync("compare", $"{{\"operator\":\"{@operator}\",\"value\":{System.Text.Json.JsonSerializer.Serialize(value)}}}", $"{{\"a\":1,\"result\":{result}}}"));

    [Theory(DisplayName = "What cannot be compared is an error")]
    [InlineData("""{"operator":"gt","value":"1"}""", "\"x\"", "the result was not a number")]
    [InlineData("""{"operator":"gt","value":"1"}""", "null", "the result was not a number")]
    [InlineData("""{"operator":"lte","value":"x"}""", "1", "the value was not a number")]
    [InlineData("""{"operator":"eq"}""", "1", "value not specified")]
    [InlineData("""{"operator":"eq","value":""}""", "1", "value not specified")]
    [InlineData("""{"value":"1"}""", "1", "operator not specified")]
    [InlineData("""{"operator":"like","value":"1"}""", "1", "operator not specified")]
    [InlineData("""{"operator":5,"value":"1"}""", "1", "operator: expected a string")]
    [InlineData("""{"operator":"eq","value":1}""", "1", "value: expected a string")]
    public async Task Refuses(string parameters, string result, string error) =>
        Assert.Equal(error, await Tasks.ErrorAsync("compare", parameters, $"{{\"result\":{result}}}"));
}
