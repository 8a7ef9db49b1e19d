using System.Net.Sockets;
using Npgsql;

namespace Akka.Persistence.Sql.PostgreSql;

/// <summary>Tells failures of the server or the way to it, which another attempt may find gone, from faults of a row.</summary>
internal static class PostgresFailure
{
    /// <summary>
    /// Of the server's errors, everything but bad data (class 22), a broken constraint (23) and a limit of the program (54) concerns the
    /// database as a whole; so does every failure of the network, in whatever wrapping it comes.
    /// </summary>
    public static bool IsUnavailable(Exception failure) => failure switch
    {
        PostgresException postgres => !IsOfClass(postgres, "22", "23", "54"),
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>Whether a statement that commits by itself may have done so: the server's errors say no, unless it was going down.</summary>
    public static bool LeavesOutcomeOpen(Exception failure) => failure is not PostgresException postgres || IsOfClass(postgres, "57", "08");

    public static StoreUnavailableException Unavailable(string location, Exception failure, bool outcomeUnknown = false) =>
        new($"{location}: {Describe(failure).TrimEnd('.')}", failure) { OutcomeUnknown = outcomeUnknown };

    /// <summary>What an operator can do something with. The server's texts hold no password.</summary>
    private static string Describe(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => "the server's disk is full",
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => "the server is read-only, perhaps a standby",
        PostgresException postgres => $"{postgres.MessageText} (SQLSTATE {postgres.SqlState})",
        _ => failure.InnerException is { } inner ? $"{failure.Message}: {inner.Message}" : failure.Message,
    };

    private static bool IsOfClass(PostgresException failure, params ReadOnlySpan<string> classes)
    {
        foreach (var of in classes)
        {
            if (failure.SqlState.StartsWith(of, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
