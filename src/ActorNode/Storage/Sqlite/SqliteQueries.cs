namespace ActorNode.Storage.Sqlite;

/// <summary>Statements that more than one class runs.</summary>
internal static class SqliteQueries
{
    public const string InsertMessage = "INSERT INTO message (key, received_at, id, body) VALUES (?, ?, ?, ?)";

    public const string AccountOfName = "SELECT number, first, last, oldest_at FROM account WHERE name = ?";

    public const string UpdateLast = "UPDATE account SET last = ? WHERE number = ?";

    public const string KeysOfHash = "SELECT key FROM id_index WHERE hash = ?";

    public const string IdOfKey = "SELECT id FROM message WHERE key = ?";

    public const string InsertRun = "INSERT INTO run (id, job, sequence, status, created_at, updated_at, finished_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
}
