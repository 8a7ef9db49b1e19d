using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Storage;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;
using Xunit;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>What a write that failed leaves behind in a database.</summary>
public sealed class NodeUpkeepReplicaLeftoversSpec
{
    private const int Part = 4 << 10;

    private static readonly UpkeepStoreSettings Settings = new() { PartBytes = Part };

    [Fact(DisplayName = "A graph that filled the disk does not keep the manager out: its parts are removed before the next write, however often that failed")]
    public async Task Makes_room_first()
    {
        var disk = new SmallDisk(parts: 8);
        var replica = await NodeUpkeepReplica.OpenAsync(disk, Settings, ownsStore: true, default);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync(replica, UpkeepKey.NetworkGraph, 1, parts: 9));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync(replica, UpkeepKey.NetworkGraph, 2, parts: 9));
        disk.Away = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => PutAsync(replica, UpkeepKey.Manager, 3, parts: 2));
        disk.Away = false;
        await PutAsync(replica, UpkeepKey.Manager, 4, parts: 2);
        Assert.Equal(2, disk.Used);
        Assert.Equal(2 * Part, (await replica.ReadAsync(UpkeepKey.Manager, default))!.Value.Bytes.Length);
        await replica.DisposeAsync();
    }

    private static Task PutAsync(NodeUpkeepReplica replica, UpkeepKey key, long sequence, int parts) =>
        replica.PutAsync(key, new UpkeepValue(new UpkeepStamp(sequence, 1, 0), new byte[parts * Part]));

    /// <summary>A database in memory that has room for so many parts.</summary>
    private sealed class SmallDisk(int parts) : INodeStore
    {
        private readonly InMemoryNodeStore _store = new();
        private readonly Dictionary<long, int> _used = [];

        public bool Away { get; set; }

        public int Used => _used.Values.Sum();

        public string Location => "small-disk";

        public IMessageReader Messages => _store.Messages;

        public IUpkeepReader Upkeep => _store.Upkeep;

        public IJobsReader Jobs => _store.Jobs;

        public async ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken)
        {
            if (Away || Used + commands.Count(command => command is CommitCommand.StagePart) > parts)
                throw new StoreUnavailableException("the disk is full");
            var results = await _store.CommitAsync(commands, cancellationToken);
            foreach (var command in commands)
            {
                if (command is CommitCommand.StagePart staged)
                    _used[staged.Value] = _used.GetValueOrDefault(staged.Value) + 1;
                else if (command is CommitCommand.DropParts dropped)
                    _used.Remove(dropped.Value);
            }

            return results;
        }

        public ValueTask DisposeAsync() => _store.DisposeAsync();
    }
}
