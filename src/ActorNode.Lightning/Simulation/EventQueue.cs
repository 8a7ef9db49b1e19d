using System.Collections.Immutable;
using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>
/// Events in order, handed over one at a time; the first that is to be replayed stops the rest. Guarded by the world's gate, which is not
/// held while the handler works.
/// </summary>
internal sealed class EventQueue(Lock gate, ImmutableList<EventData> items, Action removed)
{
    private int _busy;

    public ImmutableList<EventData> Items { get; private set; } = items;

    /// <summary>The gate is held.</summary>
    public void Add(EventData data) => Items = Items.Add(data);

    /// <summary>Hands over what waits. A second call while one is under way returns at once.</summary>
    public async Task ProcessAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler)
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            return;
        try
        {
            while (Items is [var next, ..])
            {
                if ((await handler(next.ToEvent())).IsReplay)
                    return;
                lock (gate)
                {
                    Items = Items.Remove(next);
                    removed();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}
