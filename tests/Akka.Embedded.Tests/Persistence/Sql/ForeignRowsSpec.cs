using System.Text;
using Akka.Actor;
using Akka.Persistence;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Akka.Embedded.Tests.Persistence.Sql;

/// <summary>Rows as Akka.Persistence.Sql and plugins before it have written them, and rows as this engine writes them for it.</summary>
public sealed class ForeignRowsSpec : SqliteSpec
{
    private const string PacketType = "Akka.Embedded.Tests.Persistence.Sql.ForeignRowsSpec+Packet, Akka.Embedded.Tests";

    [Fact(DisplayName = "Rows that another engine has written are replayed: Newtonsoft's with $type, bytes, deleted ones, and rows without a serializer id")]
    public async Task Reads_foreign_rows()
    {
        await RunAsync("", system => system.PersistAsync("somebody", "creates the tables"));
        var writer = Guid.NewGuid().ToString("N");
        Insert(1, deleted: true, """{"$":"I0"}""", "", 1, writer);
        Insert(2, deleted: false, """{"$type":"Akka.Embedded.Tests.Persistence.Sql.ForeignRowsSpec+Packet, Akka.Embedded.Tests","Name":"two"}""", "", 1, writer);
        Insert(3, deleted: false, "\"three\"", "", 1, writer);
        // Before there were serializer ids: the manifest names the type.
        Insert(4, deleted: false, """{"$type":"Akka.Embedded.Tests.Persistence.Sql.ForeignRowsSpec+Packet, Akka.Embedded.Tests","Name":"four"}""", PacketType, null, null);
        Insert(5, deleted: false, "raw bytes", "", 4, writer);
        await RunAsync("akka.persistence.journal.sql.replay-filter.mode = off", async system =>
        {
            var recovered = await system.RecoverAsync("foreign");
            Assert.Equal([2, 3, 4, 5], recovered.Select(e => e.SequenceNr));
            Assert.Equal([new Packet("two"), "three", new Packet("four")], recovered.Take(3).Select(e => e.What));
            Assert.Equal("raw bytes", Encoding.UTF8.GetString((byte[])recovered[3].What));
            await system.PersistAsync("foreign", "six");
            Assert.Equal(6, (await system.RecoverAsync("foreign"))[^1].SequenceNr);
        });
    }

    [Fact(DisplayName = "Rows that this engine writes are by Akka.Persistence.Sql's conventions")]
    public async Task Writes_by_the_conventions()
    {
        var before = DateTime.UtcNow.Ticks;
        await RunAsync("", async system =>
        {
            await system.PersistAsync("a", new Packet("one"));
            await system.PersistAsync("b", "text");
            await system.PersistAsync("b", new byte[] { 7 });
            await system.SnapshotAsync("b", new Packet("state"));
        });
        var rows = Rows(File, "SELECT persistence_id, sequence_number, deleted, manifest, identifier FROM journal ORDER BY ordering");
        Assert.Equal(["a|1|0||1", "b|1|0||1", "b|2|0||4"], rows);
        Assert.Contains($"\"$type\":\"{PacketType}\"", Rows(File, "SELECT CAST(message AS TEXT) FROM journal WHERE persistence_id = 'a'").Single(), StringComparison.Ordinal);
        var created = long.Parse(Rows(File, "SELECT min(created) FROM journal").Single(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(created, before, DateTime.UtcNow.Ticks);
        var writer = Assert.Single(Rows(File, "SELECT DISTINCT writer_uuid FROM journal"));
        Assert.True(Guid.TryParseExact(writer, "N", out _), writer);
        Assert.Equal(["b|2||1"], Rows(File, "SELECT persistence_id, sequence_number, manifest, serializer_id FROM snapshot"));
    }

    [Theory(DisplayName = "A row that cannot be read fails the recovery with an error that names persistence id, number, manifest and serializer")]
    [InlineData("{broken", "", 1)]
    [InlineData("x", "no-such-manifest", 4711)]
    [InlineData("x", "No.Such.Type, Nowhere", null)]
    public async Task Names_rows_that_cannot_be_read(string message, string manifest, int? serializer)
    {
        await RunAsync("", system => system.PersistAsync("foreign", "one"));
        Insert(2, deleted: false, message, manifest, serializer, null);
        await RunAsync("", async system =>
        {
            var failure = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
            system.ActorOf(Props.Create(() => new Failing(failure)));
            var text = (await failure.Task.WaitAsync(TimeSpan.FromSeconds(30))).ToString();
            Assert.Contains("sequence number 2 of [foreign]", text, StringComparison.Ordinal);
            Assert.Contains($"[{manifest}]", text, StringComparison.Ordinal);
        });
    }

    private void Insert(long number, bool deleted, string message, string manifest, int? serializer, string? writer)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) VALUES ($created, $deleted, 'foreign', $number, $message, $manifest, $identifier, $writer)";
        command.Parameters.AddWithValue("$created", new DateTime(2024, 10, 1, 0, 0, 0, DateTimeKind.Utc).Ticks);
        command.Parameters.AddWithValue("$deleted", deleted);
        command.Parameters.AddWithValue("$number", number);
        command.Parameters.AddWithValue("$message", Encoding.UTF8.GetBytes(message));
        command.Parameters.AddWithValue("$manifest", manifest);
        command.Parameters.AddWithValue("$identifier", (object?)serializer ?? DBNull.Value);
        command.Parameters.AddWithValue("$writer", (object?)writer ?? DBNull.Value);
        command.ExecuteNonQuery();
    }

    internal sealed record Packet(string Name);

    private sealed class Failing(TaskCompletionSource<Exception> failure) : UntypedPersistentActor
    {
        public override string PersistenceId => "foreign";

        protected override void OnCommand(object message) => Unhandled(message);

        protected override void OnRecover(object message)
        {
        }

        protected override void OnRecoveryFailure(Exception reason, object? message = null) => failure.SetResult(reason);
    }
}
