using System.Diagnostics;
using System.Globalization;
using ActorNode.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Tests.Upkeep.Store.Crash;

/// <summary>
/// kill -9 of a real process at random moments of persisting, then a restart over the same places: the manager is never older than the last
/// acknowledged write, nothing is a mixture, and no deferred monitor operation is ahead of the manager. 5 rounds; CRASH_ROUNDS=50 for the
/// campaign.
/// </summary>
public sealed class UpkeepCrashSpec(ITestOutputHelper output) : IDisposable
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("CRASH_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _wrong = [];
    private long _written;
    private long _acknowledged;
    private int _ahead;
    private TaskCompletionSource _recovered = new();
    private TaskCompletionSource _underWay = new();

    public void Dispose() => _folder.Dispose();

    [Fact(DisplayName = "SQLite: after kill -9 the manager is never older than the last acknowledged write, and no deferred operation is ahead of it")]
    public Task Sqlite_survives_kill_9() => RunAsync(UpkeepCrashProgram.Sqlite);

    [PostgresFact(DisplayName = "PostgreSQL: after kill -9 the manager is never older than the last acknowledged write, and no deferred operation is ahead of it")]
    public async Task Postgres_survives_kill_9() => await RunAsync(UpkeepCrashProgram.Postgres, await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());

    [Fact(DisplayName = "Folder: after kill -9 the manager is never older than the last acknowledged write, and no deferred operation is ahead of it")]
    public Task Folder_survives_kill_9() => RunAsync(UpkeepCrashProgram.Folder);

    [Fact(DisplayName = "Replicated, with a backup that comes and goes: after kill -9 the manager is never older than the last acknowledged write, and no deferred operation is ahead of it")]
    public Task Replicated_survives_kill_9() => RunAsync(UpkeepCrashProgram.Replicated);

    private async Task RunAsync(string kind, string database = "-")
    {
        var random = new Random(20261122);
        for (var round = 1; round <= Rounds + 1; round++)
        {
            (_recovered, _underWay) = (new(), new());
            using var process = Start(kind, database);
            var reading = ReadAsync(process.StandardOutput);
            var problems = process.StandardError.ReadToEndAsync();
            await Task.WhenAny(_recovered.Task, reading).WaitAsync(Patience);
            await Task.WhenAny(_underWay.Task, reading).WaitAsync(Patience);
            if (reading.IsCompleted)
                Assert.Fail($"round {round}: the process ended by itself: {await problems}");
            // The moment of the kill is the random variable of this test; there is no event to wait for.
            await Task.Delay(random.Next(0, 400));
            process.Kill();
            await reading.WaitAsync(Patience);
            await process.WaitForExitAsync().WaitAsync(Patience);
            Assert.Empty(_wrong);
        }

        output.WriteLine($"{kind}: {Rounds} kills, {_acknowledged} writes of the manager acknowledged; {_ahead} times it was newer than that");
        Assert.True(_acknowledged > Rounds, "too few writes to show anything");
    }

    private Process Start(string kind, string database)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "exec", typeof(UpkeepCrashProgram).Assembly.Location, UpkeepCrashProgram.Mode, kind, _folder.Path, database })
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private async Task ReadAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            // The last line of a killed process may be a part of one.
            if (line.Split(' ', 2) is [var number, var what] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                Note(version, what);
        }
    }

    private void Note(long version, string what)
    {
        switch (what)
        {
            case UpkeepCrashProgram.Recovered:
                if (version < _written || version > _written + 1)
                    _wrong.Add($"the manager came back as {version}, {_written} was acknowledged");
                _ahead += version > _written ? 1 : 0;
                _written = version;
                _recovered.TrySetResult();
                break;
            case UpkeepCrashProgram.Written:
                _written = version;
                _acknowledged++;
                _underWay.TrySetResult();
                break;
            case var wrong when wrong.StartsWith(UpkeepCrashProgram.Wrong, StringComparison.Ordinal):
                _wrong.Add($"{wrong} (at {version})");
                break;
        }
    }
}
