using System.Net.Sockets;
using Npgsql;

namespace ActorNode.Storage.PostgreSql;

/// <summary>Tells failures of the server or the way to it, which another attempt may find gone, from faults of a command.</summary>
internal static class PostgresFailure
{
    /// <summary>
    /// Of the server's errors, everything but bad data (class 22), a broken constraint (23) and a limit of the program (54) concerns the
    /// store as a whole; so does every failure of the network, in whatever wrapping it comes.
    /// </summary>
    public static bool IsUnavailable(Exception failure) => failure switch
    {
        PostgresException { SqlState: var state } => !(state.StartsWith("22", StringComparison.Ordinal)
            || state.StartsWith("23", StringComparison.Ordinal) || state.StartsWith("54", StringComparison.Ordinal)),
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Whether opening again, with the same settings, is useless.</summary>
    public static bool IsPermanent(Exception failure) => failure is PostgresException
    {
        // Authentication, no such database, no rights, unknown setting.
        SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedObject
    };

    /// <summary>What an operator can do something with. The server's texts hold no password.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "the server's disk is full",
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "the server is read-only, perhaps a standby",
        PostgresException postgres => $"{postgres.MessageText} (SQLSTATE {postgres.SqlState})",
        _ => failure.InnerException is { } inner ? $"{failure.Message}: {inner.Message}" : failure.Message,
    };

    public static StoreUnavailableException Unavailable(string location, Exception failure, bool outcomeUnknown = false) =>
        new($"{location}: {Describe(failure).TrimEnd('.')}.", failure) { OutcomeUnknown = outcomeUnknown };
}
