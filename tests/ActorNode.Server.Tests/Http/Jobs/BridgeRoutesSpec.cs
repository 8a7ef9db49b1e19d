using System.Text.Json.Nodes;
using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class BridgeRoutesSpec
{
    private const string Bridges = "/v2/bridge_types";

    [Fact(DisplayName = "A bridge is created with both tokens; later the incoming one is not shown any more")]
    public async Task Creates()
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        var created = await client.PostAsync(Bridges, """{"name":"RandomNumber","url":"http://localhost:3000/randomNumber","confirmations":"10","minimumContractPayment":"100","unknown":1}""");
        var shown = await client.GetAsync($"{Bridges}/randomNUMBER");

        Assert.Equal((200, "application/vnd.api+json", "bridges", "randomnumber"), (created.Status, created.ContentType, (string?)created.Data["type"], (string?)created.Data["id"]));
        Assert.Matches("^[0-9a-f]{32}$", (string?)created.Attributes["incomingToken"]);
        Assert.Matches("^[0-9a-f]{32}$", (string?)created.Attributes["outgoingToken"]);
        Assert.NotEqual((string?)created.Attributes["incomingToken"], (string?)created.Attributes["outgoingToken"]);
        var rest = created.Attributes.DeepClone().AsObject();
        rest.Remove("incomingToken");
        Assert.True(JsonNode.DeepEquals(rest, shown.Attributes));
        Assert.Equal(
            ("randomnumber", "randomnumber", "http://localhost:3000/randomNumber", 10, "100"),
            ((string)rest["id"]!, (string)rest["name"]!, (string)rest["url"]!, (int)rest["confirmations"]!, (string)rest["minimumContractPayment"]!));
    }

    [Theory(DisplayName = "What is wrong with a bridge is said: rules that it breaks 400, all of them; what cannot be read 422")]
    [InlineData("{}", 400, "No name specified|Invalid URL format")]
    [InlineData("""{"name":"a b","url":"//denergy"}""", 400, "Task Type validation: name a b contains invalid characters|Invalid URL format")]
    [InlineData("""{"name":"httpGet","url":"http://localhost"}""", 400, "Adapter httpGet already exists")]
    [InlineData("""{"name":"x","url":"http://localhost","confirmations":-1}""", 422, "confirmations must be a whole number from 0 to 4294967295")]
    [InlineData("""{"name":"x","url":"http://localhost","confirmations":4294967296}""", 422, "confirmations must be a whole number from 0 to 4294967295")]
    [InlineData("""{"name":"x","url":"http://localhost","minimumContractPayment":100}""", 422, "minimumContractPayment must be a string of decimal digits")]
    [InlineData("""{"name":"x","url":"http://localhost","minimumContractPayment":"1.5"}""", 422, "minimumContractPayment must be a string of decimal digits")]
    [InlineData("""{"name":1}""", 422, "name must be a string")]
    [InlineData("[]", 422, "expected a JSON object")]
    [InlineData("{", 422, "invalid JSON at line 1, byte 2")]
    public async Task Refuses(string body, int status, string errors)
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        var answer = await client.PostAsync(Bridges, body);
        Assert.Equal((status, errors), (answer.Status, answer.Errors));
        Assert.Equal(0, (int)(await client.GetAsync(Bridges)).Json["meta"]!["count"]!);
    }

    [Fact(DisplayName = "Confirmations may be left empty")]
    public async Task Empty_confirmations()
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        var text = await client.PostAsync(Bridges, """{"name":"a","url":"http://localhost","confirmations":""}""");
        var none = await client.PostAsync(Bridges, """{"name":"b","url":"http://localhost","confirmations":null,"minimumContractPayment":null}""");
        Assert.Equal((0, 0), ((int)text.Attributes["confirmations"]!, (int)none.Attributes["confirmations"]!));
    }

    [Fact(DisplayName = "A bridge is changed in what the request names")]
    public async Task Updates()
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        await client.PostAsync(Bridges, """{"name":"price","url":"http://localhost:1","confirmations":1,"minimumContractPayment":"7"}""");
        var url = await client.PatchAsync($"{Bridges}/price", """{"url":"http://localhost:2"}""");
        var free = await client.PatchAsync($"{Bridges}/price", """{"minimumContractPayment":null,"confirmations":9}""");
        var wrong = await client.PatchAsync($"{Bridges}/price", """{"url":"nowhere"}""");
        var missing = await client.PatchAsync($"{Bridges}/other", """{"url":"http://localhost:2"}""");

        Assert.Equal(("http://localhost:2", 1, "7"), ((string)url.Attributes["url"]!, (int)url.Attributes["confirmations"]!, (string)url.Attributes["minimumContractPayment"]!));
        Assert.Equal(("http://localhost:2", 9, null), ((string)free.Attributes["url"]!, (int)free.Attributes["confirmations"]!, (string?)free.Attributes["minimumContractPayment"]));
        Assert.Equal((400, "Invalid URL format"), (wrong.Status, wrong.Errors));
        Assert.Equal((404, "bridge not found"), (missing.Status, missing.Errors));
    }

    [Fact(DisplayName = "A bridge in use is not deleted: 409 with the jobs; a free one is, and then is not found")]
    public async Task Deletes()
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        await client.PostAsync(Bridges, """{"name":"price","url":"http://localhost:1"}""");
        var one = await client.JobAsync("price");
        node.Clock.Advance(TimeSpan.FromSeconds(1));
        var two = await client.JobAsync("noop", "Price");
        var used = await client.DeleteAsync($"{Bridges}/price");
        await client.DeleteAsync($"/v2/specs/{one}");
        var stillUsed = await client.DeleteAsync($"{Bridges}/price");
        await client.DeleteAsync($"/v2/specs/{two}");
        var deleted = await client.DeleteAsync($"{Bridges}/Price");
        var again = await client.DeleteAsync($"{Bridges}/price");
        var shown = await client.GetAsync($"{Bridges}/%zz");

        Assert.Equal((409, $"Can't remove the bridge because there are jobs associated with it: {one}, {two}"), (used.Status, used.Errors));
        Assert.Equal((409, $"Can't remove the bridge because there are jobs associated with it: {two}"), (stillUsed.Status, stillUsed.Errors));
        Assert.Equal((200, "price"), (deleted.Status, (string?)deleted.Data["id"]));
        Assert.Equal((404, "bridge not found"), (again.Status, again.Errors));
        Assert.Equal((404, "bridge not found"), (shown.Status, shown.Errors));
    }

    [Fact(DisplayName = "A list has pages with the count, and links that keep the rest of the query")]
    public async Task Lists()
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            await client.PostAsync(Bridges, $$"""{"name":"{{name}}","url":"http://localhost:1"}""");
        var all = await client.GetAsync(Bridges);
        var first = await client.GetAsync($"{Bridges}?size=2&x=a%26b");
        var middle = await client.GetAsync($"{Bridges}?size=2&page=2");
        var last = await client.GetAsync($"{Bridges}?size=2&page=3&sort=-createdAt");
        var beyond = await client.GetAsync($"{Bridges}?size=2&page=9");

        Assert.Equal(("abcde", 5, ""), (Names(all), (int)all.Json["meta"]!["count"]!, Links(all)));
        Assert.Equal(("ab", $"next={Bridges}?page=2&size=2&x=a%26b"), (Names(first), Links(first)));
        Assert.Equal(("cd", $"next={Bridges}?page=3&size=2 prev={Bridges}?page=1&size=2"), (Names(middle), Links(middle)));
        Assert.Equal(("a", $"prev={Bridges}?page=2&size=2&sort=-createdAt"), (Names(last), Links(last)));
        Assert.Equal(("", 5), (Names(beyond), (int)beyond.Json["meta"]!["count"]!));

        static string Names(ApiAnswer answer) => string.Concat(answer.Data.AsArray().Select(bridge => (string)bridge!["id"]!));
        static string Links(ApiAnswer answer) =>
            answer.Json["links"] is JsonObject links ? string.Join(' ', links.Select(link => $"{link.Key}={(string)link.Value!}")) : "";
    }
}
