using System.Collections.Immutable;
using ActorNode.Jobs.Listing;
using ActorNode.Storage;

namespace ActorNode.Server.Sandbox;

/// <summary>The node's database, which can be taken out of order: commits fail until a time. Reads go on.</summary>
internal sealed class FaultyNodeStore(INodeStore inner, TimeProvider clock) : INodeStore
{
    private long _brokenUntil;

    public string Location => inner.Location;

    public IMessageReader Messages => inner.Messages;

    public IUpkeepReader Upkeep => inner.Upkeep;

    public IJobsReader Jobs => inner.Jobs;

    /// <summary>Commits that were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    private long _refused;

    public void BreakFor(TimeSpan time) => Interlocked.Exchange(ref _brokenUntil, clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency));

    public ValueTask<ImmutableArray<CommitResult>> CommitAsync(IReadOnlyList<CommitCommand> commands, CancellationToken cancellationToken)
    {
        if (clock.GetTimestamp() >= Interlocked.Read(ref _brokenUntil))
            return inner.CommitAsync(commands, cancellationToken);
        Interlocked.Increment(ref _refused);
        throw new StoreUnavailableException("the sandbox took the database out of order");
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
