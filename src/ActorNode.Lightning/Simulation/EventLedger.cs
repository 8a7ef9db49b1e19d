namespace ActorNode.Lightning.Simulation;

/// <summary>Which events a handler took: each counts once, however often it is delivered. Bounded: the oldest ids are forgotten. Thread-safe.</summary>
internal sealed class EventLedger
{
    private const int MostIds = 100_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Events taken, each counted once.</summary>
    public long Handled { get; private set; }

    /// <summary>Deliveries of events that had been taken before.</summary>
    public long Repeated { get; private set; }

    public void Take(string id)
    {
        lock (_gate)
        {
            if (!_ids.Add(id))
            {
                Repeated++;
                return;
            }

            Handled++;
            _order.Enqueue(id);
            if (_order.Count > MostIds)
                _ids.Remove(_order.Dequeue());
        }
    }
}
