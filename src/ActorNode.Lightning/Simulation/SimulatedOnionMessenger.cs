using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>
/// Messages for peers. What is for a peer that is not there waits for at most two ticks, and an event asks for a connection. Nothing of it
/// survives the process. Members of the port take the world's gate; the others run under it.
/// </summary>
internal sealed class SimulatedOnionMessenger : IOnionMessenger
{
    private const int MostTicks = 2;

    private readonly World _world;
    private readonly LightningCounts _counts;
    private readonly string _session;
    private readonly EventQueue _events;
    private readonly SortedDictionary<string, (int Messages, int Ticks)> _waiting = new(StringComparer.Ordinal);
    private long _number;
    private bool _signal;

    public SimulatedOnionMessenger(World world, LightningCounts counts, string session)
    {
        (_world, _counts, _session) = (world, counts, session);
        _events = new EventQueue(world.Gate, [], () => { });
    }

    /// <inheritdoc/>
    public event Action? UpdateNeeded;

    public int PendingEvents => _events.Items.Count;

    /// <inheritdoc/>
    public void TimerTickOccurred()
    {
        lock (_world.Gate)
        {
            foreach (var (peer, (messages, ticks)) in _waiting.ToArray())
            {
                if (ticks + 1 < MostTicks)
                {
                    _waiting[peer] = (messages, ticks + 1);
                    continue;
                }

                _waiting.Remove(peer);
                _counts.OnionMessagesDropped += messages;
            }
        }
    }

    /// <inheritdoc/>
    public Task ProcessPendingEventsAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler) => _events.ProcessAsync(handler);

    /// <summary>A message for a peer comes by.</summary>
    public void Carry(string peer, bool isThere)
    {
        if (isThere)
        {
            _counts.OnionMessages++;
            return;
        }

        if (!_waiting.TryGetValue(peer, out var waiting))
        {
            _events.Add(new EventData($"onion-{_session}-{++_number}", EventKind.ConnectionNeeded, peer));
            _counts.Events++;
            _signal = true;
        }

        _waiting[peer] = (waiting.Messages + 1, waiting.Ticks);
    }

    /// <summary>A peer is back: it gets what waited.</summary>
    public void Connected(string peer)
    {
        if (_waiting.Remove(peer, out var waiting))
            _counts.OnionMessages += waiting.Messages;
    }

    public void Signal()
    {
        lock (_world.Gate)
        {
            if (!_signal)
                return;
            _signal = false;
        }

        UpdateNeeded?.Invoke();
    }
}
