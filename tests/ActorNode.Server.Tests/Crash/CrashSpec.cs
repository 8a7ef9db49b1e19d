using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using ActorNode.Server.Tests.Support;
using ActorNode.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Server.Tests.Crash;

/// <summary>
/// kill -9 of the real process at random moments under load, then a restart on the same data: every acknowledged message is there, once,
/// in order, without holes. 5 rounds; CRASH_ROUNDS=50 for the campaign.
/// </summary>
public sealed class CrashSpec(ITestOutputHelper output) : IDisposable
{
    private const int Accounts = 40;
    private const int Senders = 8;
    private const int PageSize = 1_000;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CRASH_ROUNDS") ?? "5", CultureInfo.InvariantCulture);

    private readonly string _data = Directory.CreateTempSubdirectory("actornode-crash-").FullName;
    private readonly Ledger[] _ledgers = [.. Enumerable.Range(0, Accounts).Select(i => new Ledger($"account-{i}"))];

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact(DisplayName = "SQLite: kill -9 under load loses no acknowledged message, doubles none, leaves no hole and keeps the order")]
    public Task Sqlite_survives_kill_9() => RunAsync(new Dictionary<string, string>());

    [PostgresFact(DisplayName = "PostgreSQL: kill -9 under load loses no acknowledged message, doubles none, leaves no hole and keeps the order")]
    public async Task Postgres_survives_kill_9() => await RunAsync(new Dictionary<string, string>
    {
        ["ACTORNODE__STORAGE__PROVIDER"] = "postgresql",
        ["ACTORNODE__STORAGE__CONNECTION_STRING"] = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(),
    });

    private async Task RunAsync(Dictionary<string, string> environment)
    {
        var random = new Random(20261121);
        var inFlight = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            await using var node = NodeProcess.Run(_data, environment);
            await node.ReadyAsync();
            await VerifyAsync(node);

            using var stop = new CancellationTokenSource();
            var senders = Enumerable.Range(0, Senders).Select(s => SendAsync(node, s, new Random(round * Senders + s), stop.Token)).ToArray();
            // The moment of the kill is the random variable of this test; there is no event to wait for.
            await Task.Delay(random.Next(50, 600), CancellationToken.None);
            await node.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(senders);
            inFlight += _ledgers.Count(l => l.Pending is not null);
        }

        await using var last = NodeProcess.Run(_data, environment);
        await last.ReadyAsync();
        await VerifyAsync(last);
        output.WriteLine($"{Rounds} kills, {_ledgers.Sum(l => l.Acknowledged)} messages acknowledged, {inFlight} batches without an answer at a kill");
        Assert.True(_ledgers.Sum(l => l.Acknowledged) > Rounds * Accounts, "too little load to show anything");
    }

    /// <summary>Writes batches for this sender's accounts, several accounts in one request, until the node is gone.</summary>
    private async Task SendAsync(NodeProcess node, int sender, Random random, CancellationToken stop)
    {
        var mine = _ledgers.Where((_, i) => i % Senders == sender).ToArray();
        while (!stop.IsCancellationRequested)
        {
            var chosen = mine.Where(_ => random.Next(2) == 0).DefaultIfEmpty(mine[0]).ToArray();
            var batch = chosen.ToDictionary(l => l.Account, l => Messages(l.Next(random.Next(1, 40))));
            Dictionary<string, JsonElement>? answer;
            try
            {
                using var response = await node.Http.PostAsJsonAsync("/v1/messages", batch, stop);
                answer = await response.Content.ReadFromJsonAsync<Dictionary<string, JsonElement>>(stop);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or JsonException)
            {
                // No whole answer: the batches stay pending and are sent again after the restart.
                return;
            }

            foreach (var ledger in chosen)
                if (answer!.TryGetValue(ledger.Account, out var reply) && reply.TryGetProperty("written", out _))
                    ledger.Acknowledge();
        }
    }

    private async Task VerifyAsync(NodeProcess node)
    {
        foreach (var ledger in _ledgers)
        {
            JsonElement page;
            do
            {
                page = await node.Http.GetFromJsonAsync<JsonElement>($"/v1/messages/{ledger.Account}?after={ledger.After}&limit={PageSize}");
                foreach (var message in page.GetProperty("messages").EnumerateArray())
                    ledger.Read(message.GetProperty("sequence").GetInt64(), message.GetProperty("id").GetString()!);
            }
            while (page.GetProperty("next").ValueKind == JsonValueKind.Number);
            ledger.EndOfAccount();
        }
    }

    private static object[] Messages((long First, int Count) batch) =>
        [.. Enumerable.Range(0, batch.Count).Select(i => new { id = $"{batch.First + i}", body = "aGVsbG8=" })];
}
