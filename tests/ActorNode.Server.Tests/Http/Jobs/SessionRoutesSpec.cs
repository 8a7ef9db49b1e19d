using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class SessionRoutesSpec
{
    [Fact(DisplayName = "A login answers with a session and sets the cookie: signed, HttpOnly, SameSite, for 30 days, and not Secure over http on this machine")]
    public async Task Logs_in()
    {
        await using var node = await JobsNode.StartAsync();
        var answer = await node.LogInAsync();
        var cookie = JobsNode.SetCookieOf(answer);

        Assert.Equal((200, "application/vnd.api+json"), (answer.Status, answer.ContentType));
        Assert.Equal("""{"data":{"type":"session","id":"sessionID","attributes":{"authenticated":true}}}""", answer.Text);
        Assert.Matches("^clsession=[0-9a-f]{64}\\.[0-9a-f]{64}; max-age=2592000; path=/; samesite=strict; httponly$", cookie);
    }

    [Fact(DisplayName = "Behind a proxy the cookie is for https, unless the settings say otherwise")]
    public async Task Secure()
    {
        await using var node = await JobsNode.StartAsync();
        await using var open = await JobsNode.StartAsync(settings => settings with { Jobs = settings.Jobs with { Sessions = settings.Jobs.Sessions with { SecureCookies = false } } });
        async Task<string> CookieAsync(JobsNode of) => JobsNode.SetCookieOf(await of.SendAsync(
            HttpMethod.Post, "/sessions", $$"""{"email":"{{JobsNode.Email}}","password":"{{JobsNode.Password}}"}""", null, ("X-Forwarded-Proto", "https")));
        Assert.Contains("; secure;", await CookieAsync(node));
        Assert.DoesNotContain("secure", await CookieAsync(open));
    }

    [Theory(DisplayName = "What is wrong with a login is said: no JSON 400, wrong credentials 401")]
    [InlineData("{", 400, "error binding json invalid JSON at line 1, byte 2")]
    [InlineData("", 400, "error binding json invalid JSON at line 1, byte 1")]
    [InlineData("[]", 400, "error binding json expected a JSON object")]
    [InlineData("""{"email":1,"password":"x"}""", 400, "error binding json email must be a string")]
    [InlineData("{}", 401, "Invalid email")]
    [InlineData("""{"email":"other@example.com","password":"correct horse battery"}""", 401, "Invalid email")]
    [InlineData("""{"email":"operator@example.com","password":"wrong"}""", 401, "Invalid password")]
    [InlineData("""{"email":"operator@example.com"}""", 401, "Invalid password")]
    public async Task Refuses(string body, int status, string errors)
    {
        await using var node = await JobsNode.StartAsync();
        var answer = await node.SendAsync(HttpMethod.Post, "/sessions", body);
        Assert.Equal((status, errors), (answer.Status, answer.Errors));
        Assert.False(answer.Response.Headers.Contains("Set-Cookie"));
    }

    [Fact(DisplayName = "A node without a user runs, lets nobody in, and says so at its start and to who tries")]
    public async Task No_user()
    {
        await using var node = await JobsNode.StartAsync(withUser: false);
        var answer = await node.LogInAsync();
        Assert.Equal((401, "API credentials must be supplied"), (answer.Status, answer.Errors));
        await node.AccessAsync<AccessReplies.NoUser>(AccessQueries.User.Instance);
    }

    [Fact(DisplayName = "A login never takes up the id that the client brings, be it made up, somebody's or its own")]
    public async Task Fixation()
    {
        await using var node = await JobsNode.StartAsync();
        var own = await node.ClientAsync();
        var ids = new List<string> { own.Cookie };
        foreach (var brought in new[] { own.Cookie, $"clsession={new string('a', 64)}.{new string('b', 64)}", "clsession=x" })
            ids.Add(JobsNode.CookieOf(await node.LogInAsync(cookie: brought)));
        Assert.Equal(4, ids.Distinct().Count());
        Assert.Equal(401, (await node.SendAsync(HttpMethod.Get, "/v2/config", null, $"clsession={new string('a', 64)}.{new string('b', 64)}")).Status);
    }

    [Fact(DisplayName = "A logout ends the session and takes the cookie away; a session that ended, expired or never was opens nothing: 401, empty")]
    public async Task Logs_out()
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        Assert.Equal(200, (await client.GetAsync("/v2/config")).Status);
        var answer = await client.DeleteAsync("/sessions");
        var after = await client.GetAsync("/v2/config");
        var again = await client.DeleteAsync("/sessions");

        Assert.Equal("""{"data":{"type":"session","id":"sessionID","attributes":{"authenticated":false}}}""", answer.Text);
        Assert.StartsWith("clsession=; max-age=0;", JobsNode.SetCookieOf(answer));
        Assert.Equal((401, ""), (after.Status, after.Text));
        Assert.Equal((401, ""), (again.Status, again.Text));
    }

    [Fact(DisplayName = "Forged, cut, doubled and unsigned cookies open nothing")]
    public async Task Forgeries()
    {
        await using var node = await JobsNode.StartAsync();
        var (client, other) = (await node.ClientAsync(), await node.ClientAsync());
        var (id, signature) = (client.Cookie["clsession=".Length..][..64], client.Cookie[^64..]);
        foreach (var cookie in new[]
        {
            $"clsession={id}",
            $"clsession={id}.",
            $"clsession={id}.{new string('0', 64)}",
            $"clsession={id}.{signature[..63]}",
            $"clsession={id}.{signature}0",
            $"clsession={id}.{other.Cookie[^64..]}",
            $"clsession={other.Cookie["clsession=".Length..][..64]}.{signature}",
            $"clsession={id.ToUpperInvariant()}.{signature}",
            $"clsession=\"{id}.{signature}\"",
            $"CLSESSION={id}.{signature}",
            $"{client.Cookie}; {other.Cookie}",
            $"{client.Cookie}; {client.Cookie}",
            $"{client.Cookie}; clsession=",
            "clsession=",
            "",
        })
        {
            var answer = await node.SendAsync(HttpMethod.Get, "/v2/config", null, cookie);
            Assert.True((answer.Status, answer.Text) == (401, ""), cookie);
        }

        Assert.Equal(200, (await node.SendAsync(HttpMethod.Get, "/v2/config", null, $"theme=dark; {client.Cookie}; x=y")).Status);
    }

    [Fact(DisplayName = "The password is changed for who knows the old one; other sessions end")]
    public async Task Changes_password()
    {
        await using var node = await JobsNode.StartAsync();
        var (client, other) = (await node.ClientAsync(), await node.ClientAsync());
        const string Path = "/v2/user/password";
        var nobody = await node.SendAsync(HttpMethod.Patch, Path, """{"oldPassword":"x","newPassword":"y"}""");
        var broken = await client.PatchAsync(Path, "{");
        var wrong = await client.PatchAsync(Path, """{"oldPassword":"wrong","newPassword":"battery staple"}""");
        var tooShort = await client.PatchAsync(Path, $$"""{"oldPassword":"{{JobsNode.Password}}","newPassword":"short"}""");
        var changed = await client.PatchAsync(Path, $$"""{"oldPassword":"{{JobsNode.Password}}","newPassword":"battery staple"}""");

        Assert.Equal((401, ""), (nobody.Status, nobody.Text));
        Assert.Equal(422, broken.Status);
        Assert.Equal((409, "Old password does not match"), (wrong.Status, wrong.Errors));
        Assert.Equal((400, "Must enter a password with 8 - 1028 characters"), (tooShort.Status, tooShort.Errors));
        Assert.Equal((200, "users", JobsNode.Email), (changed.Status, (string?)changed.Data["type"], (string?)changed.Attributes["email"]));
        Assert.Equal(200, (await client.GetAsync("/v2/config")).Status);
        Assert.Equal(401, (await other.GetAsync("/v2/config")).Status);
        Assert.Equal(401, (await node.LogInAsync()).Status);
        Assert.Equal(200, (await node.LogInAsync(password: "battery staple")).Status);
    }

    [Fact(DisplayName = "The configuration is shown without anything secret")]
    public async Task Config()
    {
        await using var node = await JobsNode.StartAsync(settings => settings with { Storage = settings.Storage with { ConnectionString = "Host=db;Password=hidden-word" } });
        var answer = await (await node.ClientAsync()).GetAsync("/v2/config");
        Assert.Equal("configWhitelists", (string?)answer.Data["type"]);
        Assert.Equal(32768, (int)answer.Attributes["defaultHttpLimit"]!);
        Assert.Equal("00:15:00", (string?)answer.Attributes["sessionTimeout"]);
        Assert.DoesNotContain("hidden-word", answer.Text);
    }

    [Fact(DisplayName = "No password, session id, cookie, secret or token is in the log, whatever its level, and what is left out says so")]
    public async Task Redacts()
    {
        await using var node = await JobsNode.StartAsync(settings => settings with { Jobs = settings.Jobs with { Dev = true } });
        var client = await node.ClientAsync();
        await node.LogInAsync(password: "a wrong password");
        await client.PatchAsync("/v2/user/password", """{"oldPassword":"old one here","newPassword":"new one here","nested":[{"Password":{"deep":"deep one here"}}]}""");
        await client.GetAsync("/v2/config?password=query%20one%20here&apiToken=query-two-here");
        var bridge = (await client.PostAsync("/v2/bridge_types", """{"name":"price","url":"http://localhost:1/"}""")).Attributes;
        var initiator = (await client.PostAsync("/v2/external_initiators", """{"name":"bit","url":"http://localhost:2/"}""")).Attributes;
        await node.SendAsync(HttpMethod.Post, "/v2/bridge_types", "{}", null, ("X-Chainlink-EA-AccessKey", (string)initiator["AccessKey"]!), ("X-Chainlink-EA-Secret", (string)initiator["Secret"]!));

        var log = node.LogText();
        Assert.Contains("*REDACTED*", log);
        Assert.Contains("POST /sessions", log);
        Assert.Contains("http://localhost:1/", log);
        foreach (var secret in new[]
        {
            JobsNode.Password, "a wrong password", "old one here", "new one here", "deep one here", "query one here", "query%20one", "query-two-here",
            client.Cookie["clsession=".Length..][..64], client.Cookie[^64..],
            (string)bridge["incomingToken"]!, (string)bridge["outgoingToken"]!,
            (string)initiator["Secret"]!, (string)initiator["outgoingSecret"]!, (string)initiator["outgoingToken"]!,
        })
        {
            Assert.DoesNotContain(secret, log);
        }
    }
}
