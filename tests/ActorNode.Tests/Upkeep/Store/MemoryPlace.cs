using System.Collections.Immutable;
using ActorNode.Storage;
using ActorNode.Upkeep;
using ActorNode.Upkeep.Store;

namespace ActorNode.Tests.Upkeep.Store;

/// <summary>A place in memory that outlives the store over it. A test makes it fail, hold writes up, or go back in time.</summary>
internal sealed class MemoryPlace(string location) : IUpkeepReplica
{
    private readonly Lock _lock = new();
    private UpkeepContents _contents = UpkeepContents.Empty;
    private ImmutableDictionary<UpkeepKey, UpkeepValue> _values = ImmutableDictionary<UpkeepKey, UpkeepValue>.Empty;
    private int _puts;

    public string Location => location;

    /// <summary>Called when a write arrives, before it takes effect.</summary>
    public Func<UpkeepKey, Task> Arriving { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called when a write took effect, before it is answered.</summary>
    public Func<Task> Answering { get; set; } = () => Task.CompletedTask;

    /// <summary>Nothing works.</summary>
    public bool Fails { get; set; }

    /// <summary>Writes that took effect.</summary>
    public int Puts => Volatile.Read(ref _puts);

    /// <summary>How to open it as a backup.</summary>
    public UpkeepBackup Backup => new(location, _ => Fails ? throw Failure() : Task.FromResult<IUpkeepReplica>(this));

    /// <summary>What it holds, to be put back later.</summary>
    public (UpkeepContents, ImmutableDictionary<UpkeepKey, UpkeepValue>) State
    {
        get
        {
            lock (_lock)
                return (_contents, _values);
        }

        set
        {
            lock (_lock)
                (_contents, _values) = value;
        }
    }

    /// <summary>A place with nothing in it.</summary>
    public static (UpkeepContents, ImmutableDictionary<UpkeepKey, UpkeepValue>) Empty => new MemoryPlace("").State;

    /// <summary>The first byte of the value; null: there is none.</summary>
    public int? Number(UpkeepKey key) => State.Item2.TryGetValue(key, out var value) ? BitConverter.ToInt32(value.Bytes.Span) : null;

    public Task<UpkeepContents> ContentsAsync(CancellationToken cancellationToken) =>
        Fails ? throw Failure() : Task.FromResult(State.Item1 with { Values = State.Item2.ToImmutableDictionary(entry => entry.Key, entry => entry.Value.Stamp) });

    public Task<UpkeepValue?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) =>
        Fails ? throw Failure() : Task.FromResult(State.Item2.TryGetValue(key, out var value) ? value : (UpkeepValue?)null);

    public Task PutAsync(UpkeepKey key, UpkeepValue value) => WriteAsync(key, value.Stamp, values => values.SetItem(key, value), () => true);

    public Task RemoveAsync(UpkeepKey key, UpkeepStamp stamp) => WriteAsync(key, stamp, values => values.Remove(key), () => true);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The place as one process sees it: what that process does has no effect, and no answer, once it is dead.</summary>
    public IUpkeepReplica SeenBy(Func<bool> alive) => new View(this, alive);

    /// <summary>Nothing takes effect while this runs.</summary>
    public void Stop(Action kill)
    {
        lock (_lock)
            kill();
    }

    private async Task WriteAsync(UpkeepKey key, UpkeepStamp stamp, Func<ImmutableDictionary<UpkeepKey, UpkeepValue>, ImmutableDictionary<UpkeepKey, UpkeepValue>> change, Func<bool> alive)
    {
        await Arriving(key);
        if (Fails)
            throw Failure();
        var dead = false;
        lock (_lock)
        {
            if (!alive())
                dead = true;
            else
                (_values, _contents) = (change(_values), _contents with { HighSequence = Math.Max(_contents.HighSequence, stamp.Sequence), HighBase = Math.Max(_contents.HighBase, stamp.Base) });
        }

        if (dead)
            await Task.Delay(Timeout.Infinite);
        Interlocked.Increment(ref _puts);
        await Answering();
    }

    private StoreUnavailableException Failure() => new($"{location} does not work");

    private sealed class View(MemoryPlace place, Func<bool> alive) : IUpkeepReplica
    {
        public string Location => place.Location;

        public Task<UpkeepContents> ContentsAsync(CancellationToken cancellationToken) => place.ContentsAsync(cancellationToken);

        public Task<UpkeepValue?> ReadAsync(UpkeepKey key, CancellationToken cancellationToken) => place.ReadAsync(key, cancellationToken);

        public Task PutAsync(UpkeepKey key, UpkeepValue value) => place.WriteAsync(key, value.Stamp, values => values.SetItem(key, value), alive);

        public Task RemoveAsync(UpkeepKey key, UpkeepStamp stamp) => place.WriteAsync(key, stamp, values => values.Remove(key), alive);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
