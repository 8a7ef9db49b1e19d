using ActorNode.Upkeep;

namespace ActorNode.Storage.Sqlite;

/// <summary>Reads of upkeep's values.</summary>
internal sealed class SqliteUpkeepReader(SqliteReaders readers) : IUpkeepReader
{
    public ValueTask<UpkeepValue?> ReadAsync(UpkeepKey key, long limit, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Upkeep.Read(key, limit), cancellationToken);

    public ValueTask<UpkeepContents> ContentsAsync(CancellationToken cancellationToken) =>
        readers.ReadAsync(session => session.Upkeep.Contents(), cancellationToken);
}
