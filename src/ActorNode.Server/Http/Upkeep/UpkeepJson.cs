using System.Text.Json;
using ActorNode.Configuration;
using ActorNode.Protocol.Upkeep;

namespace ActorNode.Server.Http.Upkeep;

/// <summary>How the API spells the status of channel upkeep: durations in seconds, what is not there is null.</summary>
internal static class UpkeepJson
{
    public static void Write(Utf8JsonWriter json, UpkeepStatus status)
    {
        json.WriteStartObject();
        json.WriteString("state"u8, SettingType.Kebab(status.State.ToString()));
        json.WriteString("since"u8, status.Since.UtcDateTime);
        json.WriteNumber("restarts"u8, status.Restarts);
        Text(json, "lastError", status.LastError);
        json.WriteNumber("passes"u8, status.Passes);
        Time(json, "lastPass", status.LastPass);
        List(json, "ticks", status.Ticks, WriteTick);
        List(json, "persistence", status.Persistence, WritePersistence);
        json.WritePropertyName("events"u8);
        WriteEvents(json, status.Events);
        Time(json, "lastResumed", status.LastResumed);
        Seconds(json, "lastSleepSeconds", status.LastSleep);
        List(json, "backups", status.Backups, WriteBackup);
        json.WriteEndObject();
    }

    private static void WriteTick(Utf8JsonWriter json, TickStatus tick)
    {
        json.WriteString("name"u8, tick.Name);
        Seconds(json, "intervalSeconds", tick.Interval);
        Time(json, "last", tick.Last);
        Time(json, "next", tick.Next);
        json.WriteNumber("runs"u8, tick.Runs);
        json.WriteNumber("failures"u8, tick.Failures);
        Text(json, "lastError", tick.LastError);
        Seconds(json, "lastDurationSeconds", tick.LastDuration);
    }

    private static void WritePersistence(Utf8JsonWriter json, PersistenceStatus persistence)
    {
        json.WriteString("name"u8, persistence.Name);
        json.WriteBoolean("critical"u8, persistence.Critical);
        json.WriteNumber("version"u8, persistence.Version);
        json.WriteNumber("persistedVersion"u8, persistence.PersistedVersion);
        json.WriteBoolean("writing"u8, persistence.Writing);
        Time(json, "lastWritten", persistence.LastWritten);
        json.WriteNumber("lastBytes"u8, persistence.LastBytes);
        json.WriteNumber("failures"u8, persistence.Failures);
        json.WriteNumber("failuresInARow"u8, persistence.FailuresInARow);
        Time(json, "nextAttempt", persistence.NextAttempt);
        Text(json, "lastError", persistence.LastError);
    }

    private static void WriteEvents(Utf8JsonWriter json, EventPumpStatus events)
    {
        json.WriteStartObject();
        json.WriteNumber("handled"u8, events.Handled);
        json.WriteNumber("replays"u8, events.Replays);
        Text(json, "current", events.Current);
        json.WriteNumber("attempt"u8, events.Attempt);
        Time(json, "nextAttempt", events.NextAttempt);
        Text(json, "lastError", events.LastError);
        List(json, "parked", events.Parked, static (json, parked) =>
        {
            json.WriteString("id"u8, parked.Id);
            json.WriteString("kind"u8, parked.Kind);
            json.WriteString("at"u8, parked.At.UtcDateTime);
            json.WriteNumber("attempts"u8, parked.Attempts);
            json.WriteString("error"u8, parked.Error);
        });
        json.WriteEndObject();
    }

    private static void WriteBackup(Utf8JsonWriter json, BackupStatus backup)
    {
        json.WriteString("name"u8, backup.Name);
        json.WriteBoolean("inSync"u8, backup.InSync);
        json.WriteNumber("pendingKeys"u8, backup.PendingKeys);
        Time(json, "behindSince", backup.BehindSince);
        json.WriteNumber("failures"u8, backup.Failures);
        Text(json, "lastError", backup.LastError);
    }

    private static void List<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, string name, string? text) => json.WriteString(name, text);

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } value)
            json.WriteString(name, value.UtcDateTime);
        else
            json.WriteNull(name);
    }

    private static void Seconds(Utf8JsonWriter json, string name, TimeSpan? time)
    {
        if (time is { } value)
            json.WriteNumber(name, Math.Round(value.TotalSeconds, 6));
        else
            json.WriteNull(name);
    }
}
