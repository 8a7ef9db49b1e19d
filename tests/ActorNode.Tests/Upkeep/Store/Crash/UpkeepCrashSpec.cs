using ActorNode.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Tests.Upkeep.Store.Crash;

/// <summary>
/// kill -9 of a real process at random moments of persisting, then a restart over the same places: the manager is never older than the last
/// acknowledged write, nothing is a mixture, and no deferred monitor operation is ahead of the manager.
/// </summary>
public sealed class UpkeepCrashSpec(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private long _written;
    private long _acknowledged;
    private int _ahead;

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
        await new KillRounds(UpkeepCrashProgram.Mode, _folder.Path, UpkeepCrashProgram.Recovered, UpkeepCrashProgram.Written, Note).RunAsync(kind, database);
        output.WriteLine($"{kind}: {KillRounds.Rounds} kills, {_acknowledged} writes of the manager acknowledged; {_ahead} times it was newer than that");
        Assert.True(_acknowledged > KillRounds.Rounds, "too few writes to show anything");
    }

    private string? Note(long version, string what)
    {
        switch (what)
        {
            case UpkeepCrashProgram.Recovered:
                var wrong = version < _written || version > _written + 1 ? $"the manager came back as {version}, {_written} was acknowledged" : null;
                _ahead += version > _written ? 1 : 0;
                _written = version;
                return wrong;
            case UpkeepCrashProgram.Written:
                _written = version;
                _acknowledged++;
                return null;
            default:
                return what.StartsWith(UpkeepCrashProgram.Wrong, StringComparison.Ordinal) ? $"{what} (at {version})" : null;
        }
    }
}
