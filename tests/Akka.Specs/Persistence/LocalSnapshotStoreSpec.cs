using Akka.Persistence;
using Akka.Persistence.Serialization;
using Specs.Persistence.Support;

namespace Specs.Persistence;

/// <summary>Snapshots in files keep the contract, too.</summary>
public sealed class LocalSnapshotAndDeletionSpec : SnapshotAndDeletionContract<LocalStore>;

/// <summary>The journal in memory, and snapshots in a folder of the test's own.</summary>
public sealed class LocalStore : IStore
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"snapshots-{Guid.NewGuid():N}");

    public string Config =>
        $"""
        akka.persistence.snapshot-store.local.dir = "{_folder}"
        """;

    public bool RefusesSecondWriter => false;

    public bool Serializes => false;

    public IEnumerable<string> Files => Directory.EnumerateFiles(_folder);

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}

public sealed class LocalSnapshotStoreSpec : PersistenceSpec<LocalStore>
{
    [Fact(DisplayName = "A snapshot that cannot be read is passed over for the one before it; an unfinished one is not looked at")]
    public async Task Passes_over_what_it_cannot_read()
    {
        var (actor, _) = await Recovered();
        for (var n = 1; n <= 2; n++)
        {
            actor.Tell(new Act(a => a.Persist("event", _ => a.SaveSnapshot($"state at {a.LastSequenceNr}"))));
            await ExpectMsgAsync<SaveSnapshotSuccess>(TimeSpan.FromSeconds(30));
        }

        await Stopped(actor);
        var newest = Store.Files.Single(file => Path.GetFileName(file).StartsWith($"snapshot-{Id}-2-", StringComparison.Ordinal));
        await File.WriteAllTextAsync(newest, "no snapshot");
        await File.WriteAllTextAsync(newest.Replace("-2-", "-3-", StringComparison.Ordinal) + ".tmp", "unfinished");
        var (_, recovery) = await Recovered();
        Assert.Equal("state at 1", Assert.IsType<SnapshotOffer>(recovery[0]).Snapshot);
        Assert.Equal([new Replayed("event", 2)], recovery[1..]);
    }

    [Fact(DisplayName = "Persistence ids of any characters have their files")]
    public async Task Any_id()
    {
        var id = $"{Id}/with ä, -1-2 and \\";
        var (actor, _) = await Recovered(Scripted.Props(id, TestActor));
        actor.Tell(new Act(a => a.SaveSnapshot("state")));
        await ExpectMsgAsync<SaveSnapshotSuccess>(TimeSpan.FromSeconds(30));
        await Stopped(actor);
        var (_, recovery) = await Recovered(Scripted.Props(id, TestActor));
        Assert.Equal("state", Assert.IsType<SnapshotOffer>(Assert.Single(recovery)).Snapshot);
    }

    [Fact(DisplayName = "Serializers 7 and 8 write what they read, in the form of protocol buffers")]
    public void Serializers()
    {
        var serialization = Sys.Serialization;
        var bytes = new byte[] { 1, 2 };
        var snapshot = serialization.FindSerializerFor(new Snapshot(bytes));
        Assert.Equal((8, true), (snapshot.Identifier, snapshot.IncludeManifest));
        Assert.Equal([0x08, 4, 0x12, 2, 1, 2], snapshot.ToBinary(new Snapshot(bytes)));
        Assert.Equal(bytes, ((Snapshot)snapshot.FromBinary(snapshot.ToBinary(new Snapshot(bytes)), typeof(Snapshot))).Data);

        var persistent = new Persistent(bytes, 300, "id", "m", false, null, "w", 1);
        var message = serialization.FindSerializerFor(persistent);
        Assert.Equal((7, true), (message.Identifier, message.IncludeManifest));
        var written = message.ToBinary(persistent);
        Assert.Equal([0x0a, 6, 0x08, 4, 0x12, 2, 1, 2, 0x10, 0xac, 0x02, 0x1a, 2, (byte)'i', (byte)'d', 0x62, 1, (byte)'m', 0x6a, 1, (byte)'w', 0x70, 2], written);
        var read = (IPersistentRepresentation)message.FromBinary(written, typeof(Persistent));
        Assert.Equal(bytes, read.Payload);
        Assert.Equal((300, "id", "m", "w", 1), (read.SequenceNr, read.PersistenceId, read.Manifest, read.WriterGuid, read.Timestamp));

        var deliveries = new AtLeastOnceDeliverySnapshot(3, [new UnconfirmedDelivery(2, TestActor.Path, "text")]);
        Assert.Equal(deliveries, message.FromBinary(message.ToBinary(deliveries), typeof(AtLeastOnceDeliverySnapshot)));
        var write = new AtomicWrite(new Persistent("text", 1, "id"));
        Assert.Equal(write, message.FromBinary(message.ToBinary(write), typeof(AtomicWrite)));
    }
}
