using System.Collections.Immutable;
using System.Globalization;
using ActorNode.Jobs.Bridges;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Forging.Support;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorNode.Tests.Jobs.Bridges;

public sealed class BridgesActorSpec() : TestKit(
    $$"""
    akka.loglevel = DEBUG
    akka.test.single-expect-default = 300s
    akka.test.default-timeout = 300s
    {{FaultyJournal.Hocon}}
    """)
{
    private const string Url = "http://localhost:8080/price";

    private Func<string, Task<ImmutableArray<JobId>>> _users = _ => Task.FromResult(ImmutableArray<JobId>.Empty);
    private BridgeBook _book = new();
    private IActorRef _bridges = ActorRefs.Nobody;

    [Fact(DisplayName = "A new bridge is stored under its name in small letters, with an incoming token that is seen once and an outgoing one")]
    public async Task Creates()
    {
        Start();
        var created = await AskAsync<BridgeReplies.Created>(new BridgeCommands.Create("RandomNumber", Url, 10, new Juels(100)));
        await RestartAsync();
        var found = (await AskAsync<BridgeReplies.Found>(new BridgeQueries.Find("RANDOMnumber"))).Bridge;

        Assert.Equal(created.Bridge, found);
        Assert.Equal(("randomnumber", Url, 10u, new Juels(100)), (found.Name, found.Url, found.Confirmations, found.MinimumContractPayment));
        Assert.Matches("^[0-9a-f]{32}$", created.IncomingToken.Reveal());
        Assert.Matches("^[0-9a-f]{32}$", found.OutgoingToken.Reveal());
        Assert.DoesNotContain(created.IncomingToken.Reveal(), found.IncomingTokenHash);
        Assert.True(BridgeRules.Opens(found, created.IncomingToken));
        Assert.False(BridgeRules.Opens(found, found.OutgoingToken));
        Assert.False(BridgeRules.Opens(found, new Secret("")));
        Assert.DoesNotContain(found.OutgoingToken.Reveal(), $"{created} {found} {_book.Find("randomnumber")}");
    }

    [Theory(DisplayName = "All rules that a bridge breaks are told, in order and in the words of the original")]
    [InlineData("", "", "No name specified|Invalid URL format")]
    [InlineData("invalid/adapter", "http://example.com", "Task Type validation: name invalid/adapter contains invalid characters")]
    [InlineData("a b", "nowhere", "Task Type validation: name a b contains invalid characters|Invalid URL format")]
    [InlineData("ok", "//denergy", "Invalid URL format")]
    [InlineData("ok", "denergy", "Invalid URL format")]
    [InlineData("ok", "http://", "Invalid URL format")]
    [InlineData("ok", "ftp://example.com", "Invalid URL format")]
    [InlineData("ok", "http:///path", "Invalid URL format")]
    [InlineData("ok", "file:///etc/passwd", "Invalid URL format")]
    [InlineData("HttpGet", "http://example.com", "Adapter HttpGet already exists")]
    [InlineData("TAKEN", "//denergy", "Invalid URL format|Adapter TAKEN already exists")]
    public async Task Rules(string name, string url, string problems)
    {
        Start();
        await AskAsync<BridgeReplies.Created>(new BridgeCommands.Create("taken", Url));
        var refused = await AskAsync<BridgeReplies.Refused>(new BridgeCommands.Create(name, url));
        Assert.Equal(problems, string.Join('|', refused.Problems));
        Assert.Single(_book.Bridges);
    }

    [Theory(DisplayName = "Localhost, addresses and ports are fine")]
    [InlineData("http://localhost")]
    [InlineData("https://localhost:6688/a?b=c")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080")]
    [InlineData("https://denergy.eth")]
    public async Task Urls(string url)
    {
        Start();
        await AskAsync<BridgeReplies.Created>(new BridgeCommands.Create("new-bridge_1", url));
    }

    [Fact(DisplayName = "An update changes what it names, keeps the tokens, and is stored")]
    public async Task Updates()
    {
        Start();
        var created = (await AskAsync<BridgeReplies.Created>(new BridgeCommands.Create("price", Url, 3, new Juels(5)))).Bridge;
        var url = await AskAsync<BridgeReplies.Updated>(new BridgeCommands.Update("Price", Url: "http://localhost:1/"));
        var free = await AskAsync<BridgeReplies.Updated>(new BridgeCommands.Update("price", Confirmations: 0, MinimumContractPayment: new BridgeCommands.NewPayment(null)));
        var refused = await AskAsync<BridgeReplies.Refused>(new BridgeCommands.Update("price", Url: "//denergy"));
        await AskAsync<BridgeReplies.NotFound>(new BridgeCommands.Update("other", Url: Url));
        await RestartAsync();

        Assert.Equal(created with { Url = "http://localhost:1/" }, url.Bridge);
        Assert.Equal(created with { Url = "http://localhost:1/", Confirmations = 0, MinimumContractPayment = null }, free.Bridge);
        Assert.Equal("Invalid URL format", Assert.Single(refused.Problems));
        Assert.Equal(free.Bridge, (await AskAsync<BridgeReplies.Found>(new BridgeQueries.Find("price"))).Bridge);
    }

    [Fact(DisplayName = "A bridge that jobs use is not deleted; one that none uses is, for good")]
    public async Task Deletes()
    {
        var job = JobId.New();
        _users = name => Task.FromResult<ImmutableArray<JobId>>(name == "price" ? [job] : []);
        Start();
        await AskAsync<BridgeReplies.Created>(new BridgeCommands.Create("price", Url));
        await AskAsync<BridgeReplies.Created>(new BridgeCommands.Create("idle", Url));
        var used = await AskAsync<BridgeReplies.InUse>(new BridgeCommands.Delete("Price"));
        var deleted = await AskAsync<BridgeReplies.Deleted>(new BridgeCommands.Delete("Idle"));
        await AskAsync<BridgeReplies.NotFound>(new BridgeCommands.Delete("idle"));
        await RestartAsync();

        Assert.Equal(job, Assert.Single(used.Jobs));
        Assert.Equal("idle", deleted.Bridge.Name);
        Assert.Equal("price", Assert.Single((await AskAsync<BridgeReplies.All>(BridgeQueries.List.Instance)).Bridges).Name);
        Assert.Equal("price", Assert.Single(_book.Bridges).Key);
        Assert.Null(_book.Find("idle"));
    }

    [Fact(DisplayName = "Where it is not known who uses a bridge it is not deleted")]
    public async Task Unknown_users()
    {
        _users = _ => Task.FromException<ImmutableArray<JobId>>(new IOException("the disk is gone"));
        Start();
        await AskAsync<BridgeReplies.Created>(new BridgeCommands.Create("price", Url));
        await AskAsync<BridgeReplies.Unavailable>(new BridgeCommands.Delete("price"));
        await AskAsync<BridgeReplies.Found>(new BridgeQueries.Find("price"));
    }

    [Fact(DisplayName = "Bridges are listed by name, and the book has what is stored and nothing else")]
    public async Task Lists()
    {
        Start();
        foreach (var name in new[] { "b", "c", "a" })
            await AskAsync<BridgeReplies.Created>(new BridgeCommands.Create(name, Url, 7, new Juels(1)));
        var all = (await AskAsync<BridgeReplies.All>(BridgeQueries.List.Instance)).Bridges;
        var terms = _book.Find("b")!;

        Journal.FailWrites = true;
        Watch(_bridges);
        await AskAsync<BridgeReplies.Unavailable>(new BridgeCommands.Create("d", Url));
        await ExpectTerminatedAsync(_bridges);

        Assert.Equal("a b c", string.Join(' ', all.Select(bridge => bridge.Name)));
        Assert.Equal((new Uri(Url), 7u, new Juels(1)), (terms.Url, terms.Confirmations, terms.MinimumPayment));
        Assert.Equal(3, _book.Bridges.Count);
    }

    [Fact(DisplayName = "Snapshots hold all bridges, and what comes after them is not lost")]
    public async Task Snapshots()
    {
        Start();
        for (var i = 0; i < 450; i++)
            await AskAsync<BridgeReplies.Created>(new BridgeCommands.Create(string.Create(CultureInfo.InvariantCulture, $"bridge-{i}"), Url, (uint)i));
        await RestartAsync();
        await AskAsync<BridgeReplies.Found>(new BridgeQueries.Find("bridge-0"));
        Assert.Equal(450, _book.Bridges.Count);
        Assert.Equal(449u, _book.Find("bridge-449")!.Confirmations);
    }

    [Fact(DisplayName = "The book says when the bridges were read")]
    public async Task Loads()
    {
        Assert.False(_book.Loaded.IsCompleted);
        Start();
        await _book.Loaded.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private JournalFaults Journal => JournalFaults.Of(Sys);

    private void Start()
    {
        _book = new BridgeBook();
        _bridges = Sys.ActorOf(BridgesActor.Props(_book, name => name == "httpget", name => _users(name)));
    }

    private async Task RestartAsync()
    {
        Watch(_bridges);
        Sys.Stop(_bridges);
        await ExpectTerminatedAsync(_bridges);
        Unwatch(_bridges);
        Start();
    }

    private async Task<T> AskAsync<T>(object message)
    {
        _bridges.Tell(message, TestActor);
        return await ExpectMsgAsync<T>();
    }
}
