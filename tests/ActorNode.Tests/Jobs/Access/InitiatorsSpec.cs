using ActorNode.Jobs.Access;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Access;

public sealed class InitiatorsSpec : AccessSpec
{
    [Fact(DisplayName = "An external initiator has an access key and a secret of 64 letters and digits, which both open, also after a restart")]
    public async Task Opens()
    {
        Start();
        var created = await AskAsync<AccessReplies.InitiatorCreated>(new AccessCommands.CreateInitiator());
        await RestartAsync();
        var found = await AskAsync<AccessReplies.InitiatorIs>(new AccessQueries.InitiatorOf(created.AccessKey, created.Secret));

        Assert.Matches("^[A-Za-z0-9]{64}$", created.Secret.Reveal());
        Assert.Matches("^[0-9a-f]{32}$", created.AccessKey);
        Assert.Equal(created.AccessKey, found.Initiator.AccessKey);
        foreach (var (key, secret) in new[]
        {
            (created.AccessKey, ""), (created.AccessKey, created.Secret.Reveal()[..63]), (created.AccessKey, new string('a', 64)),
            ("", created.Secret.Reveal()), (created.AccessKey.ToUpperInvariant() + "0", created.Secret.Reveal()), ("", ""),
        })
        {
            await AskAsync<AccessReplies.NoInitiator>(new AccessQueries.InitiatorOf(key, new Secret(secret)));
        }
    }

    [Fact(DisplayName = "A deleted external initiator opens nothing more; an unknown one cannot be deleted")]
    public async Task Deletes()
    {
        Start();
        var created = await AskAsync<AccessReplies.InitiatorCreated>(new AccessCommands.CreateInitiator("bitcoin"));
        await AskAsync<AccessReplies.InitiatorDeleted>(new AccessCommands.DeleteInitiator(created.AccessKey));
        await RestartAsync();
        await AskAsync<AccessReplies.NoInitiator>(new AccessQueries.InitiatorOf(created.AccessKey, created.Secret));
        await AskAsync<AccessReplies.NoInitiator>(new AccessQueries.InitiatorNamed("bitcoin"));
        await AskAsync<AccessReplies.NoInitiator>(new AccessCommands.DeleteInitiator(created.AccessKey));
    }

    [Fact(DisplayName = "One with a name is found by it whatever its letters; one with a url has credentials of the node for it")]
    public async Task Named()
    {
        Start();
        await AskAsync<AccessReplies.InitiatorCreated>(new AccessCommands.CreateInitiator("Bitcoin", "https://localhost:8080/jobs"));
        var found = await AskAsync<AccessReplies.InitiatorIs>(new AccessQueries.InitiatorNamed("BITCOIN"));
        Assert.Equal(("bitcoin", "https://localhost:8080/jobs"), (found.Initiator.Name, found.Initiator.Url));
        Assert.Matches("^[A-Za-z0-9]{64}$", found.Initiator.OutgoingToken!);
        Assert.Matches("^[A-Za-z0-9]{64}$", found.Initiator.OutgoingSecret!.Reveal());
    }

    [Theory(DisplayName = "Names and urls that break rules are refused")]
    [InlineData("", null, "name must be 1 to 128 letters, digits, '-' and '_'")]
    [InlineData("a b", null, "name must be 1 to 128 letters, digits, '-' and '_'")]
    [InlineData("TAKEN", null, "Initiator TAKEN already exists")]
    [InlineData("free", "ftp://example.com", "url must be an http or https url")]
    [InlineData("free", "example.com", "url must be an http or https url")]
    [InlineData(null, "http://example.com", "url needs a name")]
    public async Task Rules(string? name, string? url, string problem)
    {
        Start();
        await AskAsync<AccessReplies.InitiatorCreated>(new AccessCommands.CreateInitiator("taken"));
        var refused = await AskAsync<AccessReplies.Refused>(new AccessCommands.CreateInitiator(name, url));
        Assert.Equal(problem, Assert.Single(refused.Problems));
    }

    [Fact(DisplayName = "What is kept of a secret is the hexadecimal SHA3-256 of v0-key-secret-salt, and of a bridge's token that of token-salt")]
    public void Hashes()
    {
        // Of another implementation.
        Assert.Equal("c3a3a8c7be1d03e8c9a259357610a67d6548b7004c640bb747a019f7d892df41", Credentials.HashOfInitiator("key", "secret", "salt"));
        Assert.Equal("67a20a0dd98596915b883892ef1f7311379a39df5414a86177756a9c52018f9d", Credentials.HashOfBridgeToken("token", "salt"));
    }
}
