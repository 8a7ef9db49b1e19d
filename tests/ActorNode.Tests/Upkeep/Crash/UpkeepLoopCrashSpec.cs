using ActorNode.Tests.Support;
using ActorNode.Tests.Upkeep.Store.Crash;
using Xunit;
using Xunit.Abstractions;

namespace ActorNode.Tests.Upkeep.Crash;

/// <summary>
/// kill -9 of a real process that runs the whole of upkeep over the real store, whose writes fail now and then. After each restart: the
/// manager is not older than what was acknowledged, the deferred operations that were carried out are 1, 2, 3 and so on, none of them twice,
/// none left out and none ahead of the manager; and every event that the manager forgot was handled or is parked.
/// </summary>
public sealed class UpkeepLoopCrashSpec(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private long _acknowledged;
    private long _acknowledgements;
    private int _ahead;

    public void Dispose() => _folder.Dispose();

    [Fact(DisplayName = "The whole of upkeep on SQLite: after kill -9 the manager is never older than acknowledged, deferred operations are carried out once each and never ahead of it, and no event is lost")]
    public Task Sqlite_survives_kill_9() => RunAsync(UpkeepCrashProgram.Sqlite);

    [Fact(DisplayName = "The whole of upkeep on a folder: after kill -9 the manager is never older than acknowledged, deferred operations are carried out once each and never ahead of it, and no event is lost")]
    public Task Folder_survives_kill_9() => RunAsync(UpkeepCrashProgram.Folder);

    [PostgresFact(DisplayName = "The whole of upkeep on PostgreSQL: after kill -9 the manager is never older than acknowledged, deferred operations are carried out once each and never ahead of it, and no event is lost")]
    public async Task Postgres_survives_kill_9() => await RunAsync(UpkeepCrashProgram.Postgres, await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());

    private async Task RunAsync(string kind, string database = "-")
    {
        await new KillRounds(UpkeepLoopCrashProgram.Mode, _folder.Path, UpkeepLoopCrashProgram.Recovered, UpkeepLoopCrashProgram.Acknowledged, Note).RunAsync(kind, database);
        output.WriteLine($"{kind}: {KillRounds.Rounds} kills, {_acknowledgements} flushes after acknowledged writes, up to version {_acknowledged}; {_ahead} times the manager was newer than that");
        Assert.True(_acknowledgements > KillRounds.Rounds, "too few writes to show anything");
    }

    private string? Note(long version, string what)
    {
        switch (what)
        {
            case UpkeepLoopCrashProgram.Recovered:
                _ahead += version > _acknowledged ? 1 : 0;
                return version < _acknowledged ? $"the manager came back as {version}, {_acknowledged} was acknowledged" : null;
            case UpkeepLoopCrashProgram.Acknowledged:
                _acknowledged = version;
                _acknowledgements++;
                return null;
            default:
                return what.StartsWith(UpkeepLoopCrashProgram.Wrong, StringComparison.Ordinal) ? $"{what} (at {version})" : null;
        }
    }
}
