using System.Text.Json;
using Xunit;

namespace ActorNode.Tests.Jobs.Adapters;

public sealed class JsonParseSpec
{
    private const string Ticker = """{"high":"11850.00","last":"11779.99","timestamp":1512487535,"open":11613.07}""";
    private const string Ten = """{"data":[0,1,2,3,4,5,6,7,8,9]}""";
    private const string Eleven = """{"data":[0,1,2,3,4,5,6,7,8,9,10]}""";

    [Theory(DisplayName = "A value is found along the path, of the type that it has")]
    [InlineData(Ticker, """["last"]""", "\"11779.99\"")]
    [InlineData(Ticker, "\"last\"", "\"11779.99\"")]
    [InlineData(Ticker, """["open"]""", "11613.07")]
    [InlineData(Ticker, """["timestamp"]""", "1512487535")]
    [InlineData("""{"availability":0.99991}""", """["availability"]""", "0.99991")]
    [InlineData("""{"a":{"b":true}}""", "\"a.b\"", "true")]
    [InlineData("""{"a":{"b":null}}""", "\"a.b\"", "null")]
    [InlineData("""{"a":{"b":[1,{"c":2}]}}""", "\"a\"", """{"b":[1,{"c":2}]}""")]
    [InlineData("""{"data":[0,1]}""", """["data","0"]""", "0")]
    [InlineData("""{"data":[0,1]}""", """["data","-1"]""", "1")]
    [InlineData(Ten, """["data","-10"]""", "0")]
    [InlineData("""[[1,2],[3,4]]""", "\"-1.0\"", "3")]
    [InlineData("""{"1":{"":{"":{"b":"deep"}}}}""", "\"1...b\"", "\"deep\"")]
    [InlineData("""{"":5}""", "\"\"", "5")]
    [InlineData("""{"a.b":5}""", """["a.b"]""", "5")]
    [InlineData("""{"big":115792089237316195423570985008687907853269984665640564039457584007913129639935}""", "\"big\"", "115792089237316195423570985008687907853269984665640564039457584007913129639935")]
    [InlineData("""{"a":1,"a":2}""", "\"a\"", "2")]
    [InlineData("\"text\"", "[]", "\"text\"")]
    [InlineData("7", "[]", "7")]
    public async Task Finds(string document, string path, string expected) => Assert.Equal($"{{\"result\":{expected}}}", await ParseAsync(document, path));

    [Theory(DisplayName = "Where only the last key is missing the result is null")]
    [InlineData(Ticker, """["doesnotexist"]""")]
    [InlineData("""{"data":[0,1]}""", """["data","2"]""")]
    [InlineData("""{"data":[0,1]}""", """["data","-3"]""")]
    [InlineData(Eleven, """["data","-12"]""")]
    [InlineData(Ten, """["data","18446744073709551616"]""")]
    [InlineData(Ten, """["data","-18446744073709551616"]""")]
    [InlineData(Ten, """["data","2147483648"]""")]
    [InlineData(Ten, """["data","-2147483648"]""")]
    [InlineData(Ten, """["data","x"]""")]
    [InlineData(Ten, """["data"," 1"]""")]
    [InlineData(Ten, """["data","1.0"]""")]
    [InlineData("\"text\"", """["a"]""")]
    [InlineData("null", """["a"]""")]
    public async Task Last_key_missing(string document, string path) => Assert.Equal("{\"result\":null}", await ParseAsync(document, path));

    [Theory(DisplayName = "Where a key before the last is missing the task is errored and its data stay")]
    [InlineData(Ticker, """["no","really"]""", "No value could be found for the key 'no'")]
    [InlineData(Ten, """["data","10","x"]""", "No value could be found for the key '10'")]
    [InlineData("""{"a":null}""", """["a","b","c"]""", "No value could be found for the key 'b'")]
    public async Task Early_key_missing(string document, string path, string error) =>
        Assert.Equal(error, await Tasks.ErrorAsync("jsonparse", $"{{\"path\":{path}}}", Result(document)));

    [Theory(DisplayName = "Without a path, and with an empty one, the result is the whole document")]
    [InlineData("{}")]
    [InlineData("""{"path":null}""")]
    [InlineData("""{"path":[]}""")]
    public async Task Whole(string parameters) =>
        Assert.Equal("""{"other":1,"result":{"a":[1,"x"]}}""", await Tasks.DataAsync("jsonparse", parameters, """{"other":1,"result":"{\"a\":[1,\"x\"]}"}"""));

    [Theory(DisplayName = "A result that is no string, or no JSON, is an error")]
    [InlineData("{}", "non string result")]
    [InlineData("""{"result":null}""", "non string result")]
    [InlineData("""{"result":{"a":1}}""", "non string result")]
    [InlineData("""{"result":1}""", "non string result")]
    [InlineData("""{"result":"{\"a\":"}""", "invalid JSON at line 1, byte 6")]
    [InlineData("""{"result":""}""", "invalid JSON at line 1, byte 1")]
    [InlineData("""{"result":"<html></html>"}""", "invalid JSON at line 1, byte 1")]
    [InlineData("""{"result":"{\"a\":1e999}"}""", "JSON has a number at byte 6 that is beyond a double")]
    public async Task Refuses(string data, string error) => Assert.Equal(error, await Tasks.ErrorAsync("jsonparse", """{"path":"a"}""", data));

    [Theory(DisplayName = "A path that is neither text nor texts is an error of the job")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[[\"a\"]]")]
    public async Task Refuses_paths(string path) =>
        Assert.Equal("path: expected a string or an array of strings", await Tasks.ErrorAsync("jsonparse", $"{{\"path\":{path}}}", "{}"));

    [Fact(DisplayName = "What is nested deeper than data may be is an error, not a run that cannot be read again")]
    public async Task Bounds_depth()
    {
        var deep = new string('[', 50) + new string(']', 50);

        Assert.Equal("JSON is nested deeper than data may be", await Tasks.ErrorAsync("jsonparse", "{}", Result(deep)));
        Assert.Contains("invalid JSON", await Tasks.ErrorAsync("jsonparse", "{}", Result(new string('[', 100_000))), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Copy looks along its path in all the data, of which it keeps the rest")]
    [InlineData("""{"availability":0.99991}""", """["availability"]""", """{"availability":0.99991,"result":0.99991}""")]
    [InlineData("""{"price":"123","quote":{"usd":1}}""", "\"quote.usd\"", """{"price":"123","quote":{"usd":1},"result":1}""")]
    [InlineData("""{"availability":"\""}""", "\"\\\"\"", """{"availability":"\"","result":null}""")]
    [InlineData("""{"availability":"\""}""", "[\"\\\"\"]", """{"availability":"\"","result":null}""")]
    [InlineData("""{"result":"old","a":1}""", "\"a\"", """{"a":1,"result":1}""")]
    [InlineData("""{"result":"old"}""", "\"result\"", """{"result":"old"}""")]
    [InlineData("""{"a":1}""", "[]", """{"a":1,"result":{"a":1}}""")]
    public async Task Copies(string data, string path, string expected) =>
        Assert.Equal(expected, await Tasks.DataAsync("copy", $"{{\"copyPath\":{path}}}", data));

    [Fact(DisplayName = "Copy fails as jsonparse does")]
    public async Task Copy_fails() =>
        Assert.Equal("No value could be found for the key 'no'", await Tasks.ErrorAsync("copy", """{"copyPath":["no","really"]}""", """{"a":1}"""));

    private static Task<string> ParseAsync(string document, string path) => Tasks.DataAsync("jsonparse", $"{{\"path\":{path}}}", Result(document));

    private static string Result(string document) => $"{{\"result\":{JsonSerializer.Serialize(document)}}}";
}
