using System.Globalization;
using System.Text.Json.Nodes;
using ActorNode.Server.Tests.Jobs;
using ActorNode.Server.Tests.Support;
using ActorNode.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Server.Tests.Crash.Jobs;

/// <summary>
/// kill -9 of the real process at random moments under a load of jobs, then a restart on the same data. Every run that was promised ends once;
/// no task is performed again whose end the journal knows; jobs that ask for order have it; each scheduled time is taken once; the list says what
/// the journal says. What was performed is known from outside. 5 rounds; CRASH_ROUNDS=50 for the campaign.
/// </summary>
public sealed class JobsCrashSpec(ITestOutputHelper output) : IDisposable
{
    private const int Senders = 6;

    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CRASH_ROUNDS") ?? "5", CultureInfo.InvariantCulture);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-jobs-crash-");

    private string Data => Path.Combine(_folder.FullName, "data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(DisplayName = "SQLite: kill -9 under load ends every promised run once, repeats no task that had ended, keeps order and takes each time once")]
    public Task Sqlite_survives_kill_9() => RunAsync([], new JobsJournal(Data), Rounds);

    [PostgresFact(DisplayName = "PostgreSQL: kill -9 under load ends every promised run once, repeats no task that had ended, keeps order and takes each time once")]
    public async Task Postgres_survives_kill_9()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await RunAsync(
            [("ACTORNODE__STORAGE__PROVIDER", "postgresql"), ("ACTORNODE__STORAGE__CONNECTION_STRING", database)], JobsJournal.OfPostgres(database), (Rounds + 4) / 5);
    }

    private async Task RunAsync((string Key, string Value)[] storage, JobsJournal journal, int rounds)
    {
        await using var load = await JobsLoad.StartAsync();
        var random = new Random(20261122);
        for (var round = 1; round <= rounds; round++)
        {
            await using var node = Start(round, storage);
            // Some are killed before they are back.
            if (round % 7 == 3)
            {
                await Task.Delay(random.Next(0, 2_000));
                await node.KillAsync();
                continue;
            }

            var client = await JobsClient.LogInAsync(node);
            if (round == 1)
                await load.CreateAsync(client);
            // Before snapshots can let go of what is not read yet.
            await journal.ReadAsync();
            using var stop = new CancellationTokenSource();
            var running = load.RunAsync(client, round, Senders, stop.Token);
            if (round % 5 != 0)
                await Task.WhenAny(load.AnsweredAsync(), running);
            // The moment of the kill is the random variable of this test; there is no event to wait for.
            await Task.Delay(random.Next(0, 1_000), CancellationToken.None);
            await node.KillAsync();
            await stop.CancelAsync();
            await running;
        }

        await using var last = Start(rounds + 1, storage);
        var drained = await JobsClient.LogInAsync(last);
        var listed = await DrainAsync(drained, load, journal);
        var verdict = new JobsVerdict(journal, load, listed);
        verdict.Check();
        output.WriteLine($"{rounds} kills: {verdict}");
        Assert.True(load.Promised.Count > rounds, "too little load to show anything");
    }

    private NodeProcess Start(int life, (string Key, string Value)[] storage) => NodeProcess.Run(
        Data,
        JobsClient.Environment([("ACTORNODE__JOBS__BRIDGE_RESPONSE_URL", $"http://node.invalid/{life}"), .. storage]),
        "--api",
        JobsClient.WriteUser(_folder.FullName));

    /// <summary>Waits until no time is left to come and every accepted run is finished. The whole list, as old as what was read of the journal.</summary>
    private static async Task<IReadOnlyList<JsonNode>> DrainAsync(JobsClient client, JobsLoad load, JobsJournal journal)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(20));
        while (true)
        {
            await load.AnswerAllAsync(client);
            var runs = await client.RunsAsync();
            await journal.ReadAsync();
            if (DateTimeOffset.UtcNow > load.LastTime
                && runs.All(run => (string?)run["status"] is "completed" or "errored")
                && journal.Jobs.Values.Sum(job => job.Accepted.Count) == runs.Count
                && load.Timed.Where(job => job.Value == "runat").All(job => journal.Jobs[job.Key].Ticks.Count > 0))
            {
                return runs;
            }

            await Task.Delay(500, patience.Token);
        }
    }
}
