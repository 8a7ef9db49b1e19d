using System.Globalization;
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

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CRASH_ROUNDS") ?? "5", CultureInfo.InvariantCulture);

    private readonly string _data = Directory.CreateTempSubdirectory("actornode-crash-").FullName;
    private readonly LedgerLoad _load = new(Accounts, senders: 8);

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
        var unanswered = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            await using var node = NodeProcess.Run(_data, environment);
            await node.ReadyAsync();
            await _load.VerifyAsync(node);

            using var stop = new CancellationTokenSource();
            var sending = _load.SendAsync(node, round, stop.Token);
            // Most rounds are under way when they end, however slow the machine; some may end before their first answer.
            if (round % 5 != 0)
                await Task.WhenAny(_load.AnsweredAsync(), sending);
            // The moment of the kill is the random variable of this test; there is no event to wait for.
            await Task.Delay(random.Next(0, 600), CancellationToken.None);
            await node.KillAsync();
            await stop.CancelAsync();
            await sending;
            unanswered += _load.Pending;
        }

        await using var last = NodeProcess.Run(_data, environment);
        await last.ReadyAsync();
        await _load.VerifyAsync(last);
        output.WriteLine($"{Rounds} kills, {_load.Acknowledged} messages acknowledged, {unanswered} batches without an answer at a kill");
        Assert.True(_load.Acknowledged > Rounds, "too little load to show anything");
    }
}
