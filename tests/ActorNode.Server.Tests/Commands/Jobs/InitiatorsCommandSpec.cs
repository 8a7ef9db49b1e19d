using ActorNode.Server.Tests.Http.Jobs;
using Xunit;

namespace ActorNode.Server.Tests.Commands.Jobs;

public sealed class InitiatorsCommandSpec
{
    [Fact(DisplayName = "An external initiator is created with its secrets shown once, and deleted by its key")]
    public async Task Life()
    {
        await using var who = await JobsOperator.LoggedInAsync(JobsNode.Dev);
        var plain = await who.TextAsync("initiators", "create");
        var named = await who.TextAsync("initiators", "create", """{"name":"bitcoin","url":"http://localhost:8080/jobs"}""");
        var key = plain.Split('\n')[0]["Access key: ".Length..];
        var deleted = await who.TextAsync("initiators", "delete", key);
        var again = await who.RunAsync("initiators", "delete", key);
        var twice = await who.RunAsync("initiators", "create", """{"name":"bitcoin"}""");

        Assert.Matches(@"^Access key: \w{32}\nSecret: \w{64}\nKeep what is secret of this: it is not shown again\.$", plain);
        Assert.Matches(@"^Name: bitcoin\nURL: http://localhost:8080/jobs\nAccess key: \w{32}\nSecret: \w{64}\nOutgoing token: \w+\nOutgoing secret: \w{64}\nKeep", named);
        Assert.Equal($"External initiator {key} is deleted.", deleted);
        Assert.Equal((1, "External initiator not found"), (again.ExitCode, again.Error.Trim()));
        Assert.Equal((1, "Initiator bitcoin already exists"), (twice.ExitCode, twice.Error.Trim()));
    }

    [Fact(DisplayName = "Outside of dev mode the node says that there are none")]
    public async Task Only_in_dev()
    {
        await using var who = await JobsOperator.LoggedInAsync();

        var run = await who.RunAsync("initiators", "create");

        Assert.Equal((1, "External Initiators are currently under development and not yet usable outside of development mode"), (run.ExitCode, run.Error.Trim()));
    }
}
