using Xunit;

namespace ActorNode.Server.Tests.Http.Jobs;

public sealed class InitiatorRoutesSpec
{
    private const string Initiators = "/v2/external_initiators";
    private const string NotInProduction = "External Initiators are currently under development and not yet usable outside of development mode";

    [Fact(DisplayName = "Outside of dev mode there are no external initiators: 405")]
    public async Task Only_in_dev()
    {
        await using var node = await JobsNode.StartAsync();
        var client = await node.ClientAsync();
        var create = await client.PostAsync(Initiators, "{}");
        var delete = await client.DeleteAsync($"{Initiators}/x");
        Assert.Equal((405, NotInProduction), (create.Status, create.Errors));
        Assert.Equal((405, NotInProduction), (delete.Status, delete.Errors));
    }

    [Fact(DisplayName = "An external initiator gets its key and secret once, with or without a body, and can be deleted")]
    public async Task Creates_and_deletes()
    {
        await using var node = await JobsNode.StartAsync(settings => settings with { Jobs = settings.Jobs with { Dev = true } });
        var client = await node.ClientAsync();
        var plain = await client.PostAsync(Initiators, null);
        var named = await client.PostAsync(Initiators, """{"name":"Bitcoin","url":"http://localhost:8080/jobs"}""");
        var twice = await client.PostAsync(Initiators, """{"name":"bitcoin"}""");
        var key = (string)plain.Attributes["AccessKey"]!;
        var deleted = await client.DeleteAsync($"{Initiators}/{key}");
        var again = await client.DeleteAsync($"{Initiators}/{key}");

        Assert.Equal((201, "external_initiators", key), (plain.Status, (string?)plain.Data["type"], (string?)plain.Data["id"]));
        Assert.Matches("^[A-Za-z0-9]{64}$", (string?)plain.Attributes["Secret"]);
        Assert.Equal((201, "bitcoin"), (named.Status, (string?)named.Attributes["name"]));
        Assert.Matches("^[A-Za-z0-9]{64}$", (string?)named.Attributes["outgoingSecret"]);
        Assert.Equal((400, "Initiator bitcoin already exists"), (twice.Status, twice.Errors));
        Assert.Equal((204, ""), (deleted.Status, deleted.Text));
        Assert.Equal(404, again.Status);
    }
}
