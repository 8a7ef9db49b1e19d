using System.Globalization;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Persistence.Snapshot;

/// <summary>
/// One file for each snapshot: <c>snapshot-ID-SEQUENCE-TICKS</c>. A file is written under another name first, so that one that was not
/// finished is never loaded; one that cannot be read is passed over for the next older one, as often as <c>load-attempts</c> allows.
/// </summary>
public class LocalSnapshotStore : SnapshotStore
{
    private const string Unfinished = ".tmp";

    private readonly DirectoryInfo _folder;
    private readonly int _loadAttempts;
    private readonly Akka.Serialization.Serialization _serialization;
    private readonly ILoggingAdapter _log;

    public LocalSnapshotStore()
    {
        var config = Persistence.Instance.Apply(Context.System).PluginOf(Self).Config;
        var folder = config.GetString("dir");
        if (string.IsNullOrEmpty(folder))
            throw new ConfigurationException($"{Self.Path.Name}.dir is empty: it must name the folder of the snapshots");
        _folder = new DirectoryInfo(folder);
        _loadAttempts = Math.Max(1, config.GetInt("load-attempts"));
        _serialization = Context.System.Serialization;
        _log = Context.GetLogger();
    }

    protected override void PreStart()
    {
        _folder.Create();
        base.PreStart();
    }

#nullable disable // as in the base
    protected override Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
#nullable restore
        Task.Run(() => Load(persistenceId, criteria)!);
    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot) => Task.Run(() => Save(metadata, snapshot));

    protected override Task DeleteAsync(SnapshotMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return Task.Run(() => Delete(metadata.PersistenceId, stored => stored.SequenceNr == metadata.SequenceNr
            && (metadata.Timestamp == DateTime.MinValue || metadata.Timestamp.Ticks == stored.Timestamp.Ticks)));
    }

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        Task.Run(() => Delete(persistenceId, criteria.IsMatch));

    protected virtual void Save(SnapshotMetadata metadata, object snapshot)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var written = WithOutputStream(metadata, stream => Serialize(stream, new Serialization.Snapshot(snapshot)));
        var older = Find(metadata.PersistenceId, stored => stored.SequenceNr == metadata.SequenceNr).ToArray();
        File.Move(written.FullName, GetSnapshotFileForWrite(metadata).FullName, overwrite: true);
        foreach (var stored in older.Where(stored => stored.Timestamp.Ticks != metadata.Timestamp.Ticks))
            File.Delete(GetSnapshotFileForWrite(stored).FullName);
    }

    protected void Serialize(Stream stream, Serialization.Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(_serialization.FindSerializerFor(snapshot).ToBinary(snapshot));
    }

    /// <summary>Writes the file that is to become the snapshot's; it is on the disk when this returns.</summary>
    protected FileInfo WithOutputStream(SnapshotMetadata metadata, Action<Stream> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        var file = GetSnapshotFileForWrite(metadata, Unfinished);
        using var stream = new FileStream(file.FullName, FileMode.Create, FileAccess.Write);
        p(stream);
        stream.Flush(flushToDisk: true);
        return file;
    }

    protected FileInfo GetSnapshotFileForWrite(SnapshotMetadata metadata, string extension = "")
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return new FileInfo(Path.Combine(_folder.FullName, FormattableString.Invariant(
            $"{Prefix(metadata.PersistenceId)}{metadata.SequenceNr}-{metadata.Timestamp.Ticks}{extension}")));
    }

    private static string Prefix(string persistenceId) => $"snapshot-{Uri.EscapeDataString(persistenceId)}-";

    private SelectedSnapshot? Load(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var candidates = Find(persistenceId, criteria.IsMatch).OrderByDescending(metadata => metadata, SnapshotMetadata.Comparer).Take(_loadAttempts).ToArray();
        for (var i = 0; i < candidates.Length; i++)
        {
            try
            {
                return Read(candidates[i]);
            }
            catch (Exception e) when (i < candidates.Length - 1)
            {
                _log.Error(e, "Snapshot {Snapshot} cannot be read: an older one is tried", candidates[i]);
            }
        }

        return null;
    }

    private SelectedSnapshot Read(SnapshotMetadata metadata)
    {
        var bytes = File.ReadAllBytes(GetSnapshotFileForWrite(metadata).FullName);
        var serializer = _serialization.FindSerializerForType(typeof(Serialization.Snapshot));
        return new SelectedSnapshot(metadata, ((Serialization.Snapshot)serializer.FromBinary(bytes, typeof(Serialization.Snapshot))).Data);
    }

    private void Delete(string persistenceId, Predicate<SnapshotMetadata> condition)
    {
        foreach (var stored in Find(persistenceId, condition).ToArray())
            File.Delete(GetSnapshotFileForWrite(stored).FullName);
    }

    private IEnumerable<SnapshotMetadata> Find(string persistenceId, Predicate<SnapshotMetadata> condition)
    {
        var prefix = Prefix(persistenceId);
        foreach (var file in _folder.EnumerateFiles())
        {
            // The id of another actor may begin with this one and a dash; then the rest is not two numbers.
            if (file.Name.StartsWith(prefix, StringComparison.Ordinal) && file.Name[prefix.Length..].Split('-') is [var number, var ticks]
                && long.TryParse(number, CultureInfo.InvariantCulture, out var sequenceNr)
                && long.TryParse(ticks, CultureInfo.InvariantCulture, out var timestamp)
                && new SnapshotMetadata(persistenceId, sequenceNr, new DateTime(timestamp, DateTimeKind.Utc)) is var metadata && condition(metadata))
                yield return metadata;
        }
    }
}
