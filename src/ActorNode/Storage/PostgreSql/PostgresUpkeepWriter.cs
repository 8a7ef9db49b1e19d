using ActorNode.Upkeep;
using Npgsql;

namespace ActorNode.Storage.PostgreSql;

/// <summary>Upkeep's part of the writer: statements within its transactions.</summary>
internal sealed class PostgresUpkeepWriter(NpgsqlConnection connection)
{
    private const string OfKey = "primary_namespace = $1 AND secondary_namespace = $2 AND name = $3";

    /// <exception cref="ArgumentException">The command is none of upkeep's.</exception>
    public Task ExecuteAsync(CommitCommand command) => command switch
    {
        CommitCommand.StagePart part => StageAsync(part),
        CommitCommand.PutValue put => PutAsync(put),
        CommitCommand.RemoveValue remove => RemoveAsync(remove),
        CommitCommand.DropParts drop => RunAsync("DELETE FROM actornode.upkeep_part WHERE value = $1 AND NOT EXISTS (SELECT 1 FROM actornode.upkeep_value WHERE value = $1)", drop.Value),
        _ => throw new ArgumentException($"{command.GetType()} is no command of upkeep.", nameof(command)),
    };

    private Task StageAsync(CommitCommand.StagePart part)
    {
        CommandRules.Check(part);
        return RunAsync(
            "INSERT INTO actornode.upkeep_part (value, number, bytes) VALUES ($1, $2, $3) ON CONFLICT (value, number) DO UPDATE SET bytes = excluded.bytes",
            part.Value, part.Number, part.Part);
    }

    private async Task PutAsync(CommitCommand.PutValue put)
    {
        await RetireAsync(put.Key, put.Value).ConfigureAwait(false);
        await RunAsync("DELETE FROM actornode.upkeep_part WHERE value = $1 AND number >= $2", put.Value, put.Parts).ConfigureAwait(false);
        await RunAsync(
            "INSERT INTO actornode.upkeep_value (primary_namespace, secondary_namespace, name, sequence, session, base, value, length) "
            + "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (primary_namespace, secondary_namespace, name) DO UPDATE SET "
            + "sequence = excluded.sequence, session = excluded.session, base = excluded.base, value = excluded.value, length = excluded.length",
            put.Key.PrimaryNamespace, put.Key.SecondaryNamespace, put.Key.Key, put.Stamp.Sequence, put.Stamp.Session, put.Stamp.Base, put.Value, put.Length).ConfigureAwait(false);
        await RaiseAsync(put.Stamp).ConfigureAwait(false);
    }

    private async Task RemoveAsync(CommitCommand.RemoveValue remove)
    {
        await RetireAsync(remove.Key, inFavourOf: 0).ConfigureAwait(false);
        await RunAsync($"DELETE FROM actornode.upkeep_value WHERE {OfKey}", remove.Key.PrimaryNamespace, remove.Key.SecondaryNamespace, remove.Key.Key).ConfigureAwait(false);
        await RaiseAsync(remove.Stamp).ConfigureAwait(false);
    }

    /// <summary>Removes the parts of the value that the key has now.</summary>
    private Task RetireAsync(UpkeepKey key, long inFavourOf) =>
        RunAsync(
            $"DELETE FROM actornode.upkeep_part WHERE value = (SELECT value FROM actornode.upkeep_value WHERE {OfKey} AND value <> $4)",
            key.PrimaryNamespace, key.SecondaryNamespace, key.Key, inFavourOf);

    private Task RaiseAsync(UpkeepStamp stamp) =>
        RunAsync("UPDATE actornode.upkeep_high SET sequence = greatest(sequence, $1), base = greatest(base, $2)", stamp.Sequence, stamp.Base);

    private async Task RunAsync(string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
    }
}
