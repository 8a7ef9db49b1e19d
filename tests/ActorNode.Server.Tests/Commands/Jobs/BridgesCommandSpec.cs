using Xunit;

namespace ActorNode.Server.Tests.Commands.Jobs;

public sealed class BridgesCommandSpec
{
    [Fact(DisplayName = "A bridge is created with its tokens shown once, then shown, listed, changed and removed without them")]
    public async Task Life()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var created = await who.TextAsync("bridges", "create", """{"name":"Prices","url":"http://localhost:8080/p","confirmations":2}""");
        var shown = await who.TextAsync("bridges", "show", "prices");
        var listed = await who.TextAsync("bridges", "list");
        var changed = await who.TextAsync("bridges", "update", "prices", """{"url":"http://localhost:9090/"}""");
        var removed = await who.TextAsync("bridges", "remove", "prices");
        var gone = await who.RunAsync("bridges", "show", "prices");

        Assert.Matches(
            @"^Name +URL +Confirmations\nprices  http://localhost:8080/p  2\n\nIncoming token: \w{32}\nOutgoing token: \w{32}\nKeep what is secret of this: it is not shown again\.$", created);
        Assert.Equal("Name    URL                      Confirmations\nprices  http://localhost:8080/p  2", shown);
        Assert.Equal(shown, listed);
        Assert.Equal("Name    URL                     Confirmations\nprices  http://localhost:9090/  2", changed);
        Assert.Equal("Bridge prices is removed.", removed);
        Assert.Equal((1, "", "bridge not found"), (gone.ExitCode, gone.Output, gone.Error.Trim()));
    }

    [Fact(DisplayName = "A run waits for a bridge, which a job's use keeps from being removed")]
    public async Task In_use()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        await who.TextAsync("bridges", "create", $$"""{"name":"later","url":"{{who.Node.BridgeUrl}}"}""");
        var job = await who.JobAsync("""{"initiators":[{"type":"web"}],"tasks":[{"type":"later"}]}""");
        var run = (string)(await who.JsonAsync("runs", "create", job))["data"]!["id"]!;
        await who.RunBecomesAsync(run, "pending_bridge");

        var removed = await who.RunAsync("bridges", "remove", "later");

        Assert.Equal((1, $"Can't remove the bridge because there are jobs associated with it: {job}"), (removed.ExitCode, removed.Error.Trim()));
        Assert.Contains("pending_bridge", await who.TextAsync("runs", "list"), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "What the node refuses is exit code 1 with its words")]
    [InlineData("bridge not found", "show", "abc")]
    [InlineData("bridge not found", "remove", "abc")]
    [InlineData("bridge not found", "update", "abc", "{}")]
    [InlineData("No name specified", "create", """{"url":"http://localhost:1"}""")]
    [InlineData("url must be a string", "create", """{"name":"a","url":1}""")]
    public async Task Refused(string problem, params string[] arguments)
    {
        await using var who = await JobsOperator.LoggedInAsync();

        var run = await who.RunAsync(["bridges", .. arguments]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(problem, run.Error, StringComparison.OrdinalIgnoreCase);
    }
}
