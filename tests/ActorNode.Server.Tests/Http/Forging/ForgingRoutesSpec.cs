using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Http.Forging;
using ActorNode.Server.Tests.Http.Signer;
using ActorNode.Tezos.Keys;
using ActorNode.Tezos.Signers;
using Akka.Actor;
using Xunit;

namespace ActorNode.Server.Tests.Http.Forging;

public sealed class ForgingRoutesSpec : IDisposable
{
    private const string Chain = "NetXdQprcVkpaWU";
    private readonly SigningKey _key = new(SecretKey.Generate(KeyType.Ed25519), Network.Mavryk, "alice");
    private readonly SigningKey _other = new(SecretKey.Generate(KeyType.P256), Network.Mavryk);

    public void Dispose()
    {
        _key.Dispose();
        _other.Dispose();
    }

    [Fact(DisplayName = "Votes of several keys are accepted for each, and what becomes of them is on the event stream")]
    public async Task Votes()
    {
        await using var node = await StartAsync();
        using var stream = await node.Http.GetStreamAsync("/v1/forging/events?source=baker-1");
        using var events = new StreamReader(stream);
        Assert.Equal(": following", await LineAsync(events));
        var payload = SignerNode.Attestation(5);

        var (status, json) = await PostAsync(node, "/v1/forging/requests", Batch("r1", 5, (_key, payload), (_other, payload)));

        Assert.Equal(202, status);
        Assert.All([_key, _other], key => Assert.True((bool)json["keys"]![key.Hash.ToString()]!["accepted"]!));
        var heard = new Dictionary<string, JsonNode>();
        while (heard.Count < 2)
        {
            var (name, data) = await EventAsync(events);
            Assert.Equal("attestation-ready", name);
            heard.Add((string)data["key"]!, data);
        }

        foreach (var key in (SigningKey[])[_key, _other])
        {
            var data = heard[key.Hash.ToString()];
            Assert.Equal(("r1", 5, "baker-1"), ((string)data["id"]!, (int)data["level"]!, (string)data["source"]!));
            Assert.True(key.PublicKey.Verify(payload, Signature.Parse((string)data["signature"]!)));
        }

        // The baker's rule: what was signed once is refused, and that is an event too.
        await PostAsync(node, "/v1/forging/requests", Batch("r2", 5, (_key, payload)));
        var (refused, why) = await EventAsync(events);
        Assert.Equal(("refused", "r2", "highwatermarks.block_previously_attested"), (refused, (string)why["id"]!, (string)why["reason"]!));
    }

    [Fact(DisplayName = "A key that no signer has is rejected alone, beside the keys that accept")]
    public async Task Mixed()
    {
        await using var node = await StartAsync();
        using var stranger = new SigningKey(SecretKey.Generate(KeyType.Ed25519), Network.Mavryk);

        var (mixed, json) = await PostAsync(node, "/v1/forging/requests", Batch("r1", 5, (_key, SignerNode.Attestation(5)), (stranger, SignerNode.Attestation(5))));
        var (alone, _) = await PostAsync(node, "/v1/forging/requests", Batch("r2", 5, (stranger, SignerNode.Attestation(5))));

        Assert.Equal((207, 404), (mixed, alone));
        Assert.True((bool)json["keys"]![_key.Hash.ToString()]!["accepted"]!);
        Assert.Equal("unknown-key", (string)json["keys"]![stranger.Hash.ToString()]!["reason"]!);
    }

    [Theory(DisplayName = "A request that breaks a rule is a 400 that names the field")]
    [InlineData("[]", "body")]
    [InlineData("{", "body")]
    [InlineData("""{"kind":"vote","id":"1","chain":"c","level":1,"round":0,"votes":[]}""", "kind")]
    [InlineData("""{"kind":"attestation","id":"1","chain":"c","level":-1,"round":0,"votes":[]}""", "level")]
    [InlineData("""{"kind":"attestation","id":"1","chain":"c","level":2147483648,"round":0,"votes":[]}""", "level")]
    [InlineData("""{"kind":"attestation","id":"1","chain":"c","level":1,"round":0,"votes":[]}""", "votes")]
    [InlineData("""{"kind":"attestation","id":"1","chain":"c","level":1,"round":0,"votes":[{"key":"k","payload":"0g"}]}""", "votes[0].payload")]
    [InlineData("""{"kind":"attestation","id":"1","chain":"c","level":1,"round":0,"votes":[{"key":"k","payload":"031"}]}""", "votes[0].payload")]
    [InlineData("""{"kind":"attestation","id":"1","chain":"c","level":1,"round":0,"votes":[{"key":"k","payload":"03"},{"key":"k","payload":"03"}]}""", "votes[1].key")]
    [InlineData("""{"kind":"block","id":"1","chain":"c","level":1,"round":0,"key":"k"}""", "content")]
    [InlineData("""{"kind":"block","id":"1","chain":"c","level":1,"round":0,"key":"k","content":"03","force":true}""", "force")]
    public async Task Bad_request(string body, string field)
    {
        await using var node = await StartAsync();

        var (status, json) = await PostAsync(node, "/v1/forging/requests", body);

        Assert.Equal((400, field), (status, (string?)json["field"]));
    }

    [Fact(DisplayName = "The status lists keys with what they did, and pending work can be dropped by key, level and source")]
    public async Task Status()
    {
        await using var node = await StartAsync();
        Assert.Equal(200, (await node.SignAsync(_key, SignerNode.Attestation(1))).Status);

        var status = JsonNode.Parse(await node.Http.GetStringAsync("/v1/forging"))!;
        using var response = await node.Http.DeleteAsync($"/v1/forging/pending?key={_key.Hash}&level=7&source=baker-1");
        using var wrong = await node.Http.DeleteAsync("/v1/forging/pending?levle=7");

        var key = Assert.Single(status["keys"]!.AsArray(), each => (string)each!["key"]! == _key.Hash.ToString())!;
        Assert.Equal((1, "alice", _key.PublicKey.ToString()), ((int)key["signed"]!, (string)key["alias"]!, (string)key["publicKey"]!));
        Assert.Equal(0, (int)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["cancelled"]!);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact(DisplayName = "Watermarks are shown and raised, never lowered, and what is below them is not signed")]
    public async Task Marks()
    {
        await using var node = await StartAsync();
        await node.SignAsync(_key, SignerNode.Attestation(5, round: 1));
        var path = $"/v1/forging/watermarks/{_key.Hash}";

        var shown = JsonNode.Parse(await node.Http.GetStringAsync(path))!;
        var (lower, kept) = await PostAsync(node, path, $$"""{"marks":[{"chain":"{{Chain}}","kind":"attestation","level":4,"round":0}]}""");
        var (higher, raised) = await PostAsync(node, path, $$"""{"marks":[{"chain":"{{Chain}}","kind":"attestation","level":9,"round":0}]}""");
        var below = await node.SignAsync(_key, SignerNode.Attestation(8));
        var above = await node.SignAsync(_key, SignerNode.Attestation(10));
        var (bad, problem) = await PostAsync(node, path, """{"marks":[{"chain":"x","kind":"operation","level":9,"round":0}]}""");

        var mark = Assert.Single(shown["marks"]!.AsArray())!;
        Assert.Equal((Chain, "attestation", 5, 1), ((string)mark["chain"]!, (string)mark["kind"]!, (int)mark["level"]!, (int)mark["round"]!));
        Assert.Equal((200, 200), (lower, higher));
        Assert.Equal((0, 5), (kept["raised"]!.AsArray().Count, (int)kept["kept"]![0]!["level"]!));
        Assert.Equal(9, (int)raised["raised"]![0]!["level"]!);
        Assert.Equal((409, 200), (below.Status, above.Status));
        Assert.Equal((400, "marks[0].kind"), (bad, (string?)problem["field"]));
    }

    [Fact(DisplayName = "A client that does not keep up hears of no event with a hole before it: what waits for it, then that it lost some, then the end")]
    public async Task Falls_behind()
    {
        const int Flood = 3 * ForgeListenerActor.Capacity / 2;
        await using var node = await StartAsync();
        using var stream = await node.Http.GetStreamAsync("/v1/forging/events?source=flood");
        using var events = new StreamReader(stream);
        Assert.Equal(": following", await LineAsync(events));
        var ended = await ListenerEndsAsync(node);

        // More than the stream's connection and the listener can hold. As from delegates.
        var payload = new byte[16 * 1024];
        for (var i = 0; i < Flood; i++)
        {
            var duty = new ForgeDuty(new($"{i}"), _key.Hash.Id, ForgeKind.Operation, new(""), default, "flood");
            node.Worker.Tell(new ForgeEvents.PayloadSigned(duty, payload, "sig", Stored: false));
        }

        await ended.WaitAsync(TimeSpan.FromSeconds(60));
        var next = 0;
        var (name, data) = await EventAsync(events);
        for (; name == "payload-signed"; (name, data) = await EventAsync(events))
            Assert.Equal($"{next++}", (string)data["id"]!);
        Assert.Equal(("lost", "{}"), (name, data.ToJsonString()));
        Assert.InRange(next, ForgeListenerActor.Capacity, Flood - 1);
        Assert.Equal("", await events.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60)) is "\n" or "" ? "" : "more");

        // Another stream follows what comes now.
        using var again = await node.Http.GetStreamAsync("/v1/forging/events?source=baker-1");
        using var later = new StreamReader(again);
        Assert.Equal(": following", await LineAsync(later));
        await PostAsync(node, "/v1/forging/requests", Batch("r1", 5, (_key, SignerNode.Attestation(5))));
        Assert.Equal("attestation-ready", (await EventAsync(later)).Name);
    }

    /// <summary>Completes with the end of the listener behind the only event stream that is open.</summary>
    private static async Task<Task> ListenerEndsAsync(SignerNode node)
    {
        var watching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.System.ActorOf(Props.Create(() => new ListenerWatch(watching, ended)), "listener-watch");
        await watching.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return ended.Task;
    }

    /// <summary>Actors of single requests have no name of their own.</summary>
    private sealed class ListenerWatch(TaskCompletionSource watching, TaskCompletionSource ended) : UntypedActor
    {
        protected override void PreStart() => Context.ActorSelection("/user/*").Tell(new Identify(1));

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ActorIdentity { Subject: { } actor } when actor.Path.Name.StartsWith('$'):
                    Context.Watch(actor);
                    watching.TrySetResult();
                    break;
                case Terminated:
                    ended.TrySetResult();
                    break;
            }
        }
    }

    private Task<SignerNode> StartAsync() => SignerNode.StartAsync(new InMemorySigner(_key, _other));

    private static string Batch(string id, int level, params (SigningKey Key, byte[] Payload)[] votes) => new JsonObject
    {
        ["id"] = id,
        ["kind"] = "attestation",
        ["source"] = "baker-1",
        ["chain"] = Chain,
        ["level"] = level,
        ["round"] = 0,
        ["votes"] = new JsonArray([.. votes.Select(vote => (JsonNode)new JsonObject { ["key"] = vote.Key.Hash.ToString(), ["payload"] = Convert.ToHexStringLower(vote.Payload) })]),
    }.ToJsonString();

    private static async Task<(int Status, JsonNode Json)> PostAsync(SignerNode node, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await node.Http.PostAsync(path, content);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    private static async Task<(string Name, JsonNode Data)> EventAsync(StreamReader events)
    {
        string? line;
        do
            line = await LineAsync(events);
        while (!line.StartsWith("event: ", StringComparison.Ordinal));
        var data = await LineAsync(events);
        return (line["event: ".Length..], JsonNode.Parse(data["data: ".Length..])!);
    }

    private static async Task<string> LineAsync(StreamReader events) =>
        await events.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? throw new EndOfStreamException("the stream of events ended");
}
