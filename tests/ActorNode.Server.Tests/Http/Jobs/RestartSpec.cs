using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class RestartSpec : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actornode-test-").FullName;

    [Fact(DisplayName = "User, session, bridge, external initiator, job and waiting run are there after a restart, and the bridge's answer finds its run")]
    public async Task Survives()
    {
        string cookie, token, key, secret, job, run;
        await using (var node = await JobsNode.StartAsync(JobsNode.Dev, folder: _folder))
        {
            var client = await node.ClientAsync();
            cookie = client.Cookie;
            token = (string)(await client.PostAsync("/v2/bridge_types", $$"""{"name":"price","url":"{{node.BridgeUrl}}"}""")).Attributes["incomingToken"]!;
            var initiator = (await client.PostAsync("/v2/external_initiators", null)).Attributes;
            (key, secret) = ((string)initiator["AccessKey"]!, (string)initiator["Secret"]!);
            job = await client.JobAsync("price", "noop");
            run = await client.RunAsync(job);
            await client.RunBecomesAsync(run, "pending_bridge");
        }

        await using var again = await JobsNode.StartAsync(JobsNode.Dev, withUser: false, folder: _folder);
        await again.AccessAsync<AccessReplies.UserIs>(AccessQueries.User.Instance);
        var back = new ApiClient(again, cookie);
        Assert.Equal("price", (string?)(await back.GetAsync("/v2/bridge_types")).Data[0]!["id"]);
        Assert.Equal(job, (string?)(await back.GetAsync("/v2/specs")).Data[0]!["id"]);
        Assert.Equal("pending_bridge", (string?)(await back.GetAsync($"/v2/runs/{run}")).Attributes["status"]);
        Assert.Equal(200, (await again.SendAsync(HttpMethod.Patch, $"/v2/runs/{run}", """{"data":{"result":"1"}}""", null, ("Authorization", $"Bearer {token}"))).Status);
        Assert.Equal("1", (string?)(await back.RunBecomesAsync(run, "completed")).Attributes["result"]!["data"]!["result"]);
        Assert.Equal(200, (await again.SendAsync(
            HttpMethod.Post, $"/v2/specs/{job}/runs", null, null, ("X-Chainlink-EA-AccessKey", key), ("X-Chainlink-EA-Secret", secret))).Status);
        Assert.Equal(200, (await again.LogInAsync()).Status);
    }

    [Fact(DisplayName = "Neither a password nor a session's id nor a secret is anywhere in the data folder")]
    public async Task Stores_no_secrets()
    {
        var secrets = new List<string> { JobsNode.Password };
        await using (var node = await JobsNode.StartAsync(JobsNode.Dev, folder: _folder))
        {
            var client = await node.ClientAsync();
            secrets.Add(client.Cookie["clsession=".Length..][..64]);
            secrets.Add((string)(await client.PostAsync("/v2/external_initiators", null)).Attributes["Secret"]!);
            secrets.Add((string)(await client.PostAsync("/v2/bridge_types", $$"""{"name":"price","url":"{{node.BridgeUrl}}"}""")).Attributes["incomingToken"]!);
        }

        foreach (var file in Directory.GetFiles(_folder, "*", SearchOption.AllDirectories))
        {
            var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file));
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
