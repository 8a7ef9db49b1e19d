using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Tests.Http.Signer;
using ActorNode.Server.Tests.Support;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;

namespace ActorNode.Server.Tests.Crash.Forging;

/// <summary>
/// Clients that would have every key sign twice: rivals with two payloads for one level and round, old levels, the same again, through the
/// remote signer protocol and as bakers do. Every signature that comes back goes into the history.
/// </summary>
internal sealed class ForgeLoad(IReadOnlyList<SigningKey> keys, SigningHistory history)
{
    private const int Clients = 6;
    private const int Bakers = 2;
    private const int BatchSize = 5;
    private const int Rounds = 3;

    private static readonly ForgeKind[] Kinds = [ForgeKind.Block, ForgeKind.Preattestation, ForgeKind.Attestation];

    private readonly Lock _lock = new();
    private readonly int[,] _highest = new int[keys.Count, Kinds.Length];
    private long _requests;
    private long _refused;

    /// <summary>A signature was given to somebody.</summary>
    public Milestone Answered { get; } = new();

    /// <summary>A key has taken a baker's duty.</summary>
    public Milestone Accepted { get; } = new();

    public long Requests => Interlocked.Read(ref _requests);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Runs until it is told to stop or the node is gone.</summary>
    public Task RunAsync(NodeProcess node, int seed, CancellationToken stop) => Task.WhenAll(
        Enumerable.Range(0, Clients).Select(i => UntilGoneAsync(ClientAsync(node, new Random((seed * 100) + i), stop)))
            .Concat(Enumerable.Range(0, Bakers).Select(i => UntilGoneAsync(BakerAsync(node, new Random((seed * 100) + Clients + i), stop))))
            .Append(UntilGoneAsync(FollowAsync(node, stop))));

    /// <summary>Reads back every key's watermarks.</summary>
    public Task VerifyAsync(NodeProcess node) => Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (key, stop) =>
    {
        var answer = JsonNode.Parse(await node.Http.GetStringAsync($"/v1/forging/watermarks/{key.Hash}", stop))!;
        history.Covered(key.Hash.ToString(), answer["marks"]!.AsArray());
    });

    private static async Task UntilGoneAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException or IOException or JsonException)
        {
            // The node was killed: what it would have answered nobody knows.
        }
    }

    private async Task ClientAsync(NodeProcess node, Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var key = random.Next(keys.Count);
            var kind = Kinds[random.Next(Kinds.Length)];
            var at = Choose(random, key, kind);
            byte[] rivals = random.Next(3) == 0 ? [1, 2] : [(byte)random.Next(1, 3)];
            await Task.WhenAll(rivals.Select(fill => SignAsync(node, keys[key], Payload(kind, at, fill), stop)));
        }
    }

    private async Task SignAsync(NodeProcess node, SigningKey key, byte[] payload, CancellationToken stop)
    {
        Interlocked.Increment(ref _requests);
        using var body = new StringContent($"\"{Convert.ToHexStringLower(payload)}\"", Encoding.ASCII, "application/json");
        using var response = await node.Http.PostAsync($"/keys/{key.Hash}", body, stop);
        if (response.StatusCode == HttpStatusCode.Conflict)
            Interlocked.Increment(ref _refused);
        if (response.StatusCode != HttpStatusCode.OK)
            return;
        var answer = (await response.Content.ReadFromJsonAsync<JsonNode>(stop))!;
        history.Answered(key.Hash.ToString(), payload, (string)answer["signature"]!);
        Answered.Pass();
    }

    private async Task BakerAsync(NodeProcess node, Random random, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            var kind = Kinds[random.Next(Kinds.Length)];
            var chosen = Enumerable.Range(0, keys.Count).OrderBy(_ => random.Next()).Take(kind == ForgeKind.Block ? 1 : BatchSize).ToList();
            var at = chosen.Select(key => Choose(random, key, kind)).Max();
            var fill = (byte)random.Next(1, 3);
            var request = new JsonObject
            {
                ["id"] = $"{node.Id}-{random.Next()}-{number}",
                ["kind"] = SigningHistory.WordOf(kind),
                ["chain"] = SignerNode.Chain.ToString(),
                ["level"] = at.Level,
                ["round"] = at.Round,
            };
            var hex = Convert.ToHexStringLower(Payload(kind, at, fill));
            if (kind == ForgeKind.Block)
                (request["key"], request["content"]) = (keys[chosen[0]].Hash.ToString(), hex);
            else
                request["votes"] = new JsonArray([.. chosen.Select(key => (JsonNode)new JsonObject { ["key"] = keys[key].Hash.ToString(), ["payload"] = hex })]);
            Interlocked.Increment(ref _requests);
            using var response = await node.Http.PostAsJsonAsync("/v1/forging/requests", request, stop);
            var answer = (await response.Content.ReadFromJsonAsync<JsonNode>(stop))!;
            if (answer["keys"] is JsonObject replies)
                Accepted.Pass(replies.Count(reply => (bool)reply.Value!["accepted"]!));
        }
    }

    /// <summary>What bakers hear.</summary>
    private async Task FollowAsync(NodeProcess node, CancellationToken stop)
    {
        using var events = new StreamReader(await node.Http.GetStreamAsync("/v1/forging/events", stop));
        while (await events.ReadLineAsync(stop) is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal) || JsonNode.Parse(line[5..]) is not { } data)
                continue;
            if (data["signature"] is { } signature)
            {
                history.Answered((string)data["key"]!, Convert.FromHexString((string)data["payload"]!), (string)signature!);
                Answered.Pass();
            }
            else if (((string?)data["reason"])?.StartsWith("highwatermarks.", StringComparison.Ordinal) == true)
            {
                Interlocked.Increment(ref _refused);
            }
        }
    }

    /// <summary>Mostly the next one; else one that was asked for before.</summary>
    private LevelRound Choose(Random random, int key, ForgeKind kind)
    {
        lock (_lock)
        {
            ref var highest = ref _highest[key, (int)kind];
            var number = random.Next(10) switch
            {
                < 6 => ++highest,
                < 8 => highest,
                _ => Math.Max(0, highest - random.Next(1, 4)),
            };
            return new LevelRound(1 + (number / Rounds), number % Rounds);
        }
    }

    private static byte[] Payload(ForgeKind kind, LevelRound at, byte fill) => kind switch
    {
        ForgeKind.Block => SignerNode.Block(at.Level, at.Round, fill),
        ForgeKind.Attestation => SignerNode.Attestation(at.Level, at.Round, fill),
        _ => SignerPayload.Of(SignerNode.Chain, new ConsensusVote(
            VoteKind.Preattestation, new(SignerNode.Hash(5)), Slot: 9, at.Level, at.Round, new(SignerNode.Hash(fill)))),
    };
}
