using ActorNode.Upkeep;

namespace ActorNode.Lightning.Simulation;

/// <summary>
/// The node's channels, payments and events. Each change of a channel is an operation of the chain monitor, whose peer learns of it after
/// the manager was persisted and the operation was flushed. Members of the port take the world's gate; the others run under it.
/// </summary>
internal sealed class SimulatedChannelManager : IChannelManager
{
    private const ulong ForwardingFeeMsat = 1_000;
    private const int MostTicksToClaim = 3;

    private readonly World _world;
    private readonly EventQueue _events;
    private readonly string _session;
    private readonly HashSet<string> _stale = new(StringComparer.Ordinal);
    private ManagerState _state;
    private bool _needsPersistence;
    private bool _signal;

    /// <param name="world">The world around it.</param>
    /// <param name="state">What was persisted last.</param>
    /// <param name="session">Makes the ids of events of this process its own: what an earlier process gave out unpersisted is not known.</param>
    public SimulatedChannelManager(World world, ManagerState state, string session)
    {
        (_world, _state, _session) = (world, state, session);
        _events = new EventQueue(world.Gate, state.Events, Changed);
        _needsPersistence = !state.Operations.IsEmpty;
    }

    /// <inheritdoc/>
    public event Action? EventOrPersistenceNeeded;

    /// <inheritdoc/>
    public bool NeedsPendingHtlcProcessing
    {
        get
        {
            lock (_world.Gate)
                return !_state.PendingForwards.IsEmpty;
        }
    }

    public ManagerState State => _state with { Events = _events.Items };

    /// <summary>Channels that the node may not touch: it was shown that it knows an old state of them.</summary>
    public IReadOnlySet<string> Stale => _stale;

    public LightningCounts Counts { get; } = new();

    /// <inheritdoc/>
    public void TimerTickOccurred()
    {
        lock (_world.Gate)
        {
            Counts.ManagerTicks++;
            foreach (var (id, claimable) in _state.Claimable)
            {
                if (claimable.Ticks + 1 < MostTicksToClaim)
                    _state = _state with { Claimable = _state.Claimable.SetItem(id, claimable with { Ticks = claimable.Ticks + 1 }) };
                else
                    GiveBack(claimable.From);
            }
        }

        Signal();
    }

    /// <inheritdoc/>
    public void ProcessPendingHtlcForwards()
    {
        lock (_world.Gate)
        {
            var pending = _state.PendingForwards;
            _state = _state with { PendingForwards = [] };
            foreach (var forward in pending)
                Forward(forward);
        }

        Signal();
    }

    /// <inheritdoc/>
    public bool GetAndClearNeedsPersistence()
    {
        lock (_world.Gate)
        {
            var needs = _needsPersistence;
            _needsPersistence = false;
            return needs;
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode()
    {
        ManagerState state;
        lock (_world.Gate)
            state = State;
        return Encoding.Of(state);
    }

    /// <inheritdoc/>
    public UpkeepEvent? ReadEvent(ReadOnlySpan<byte> encoded) => Encoding.Event(encoded)?.ToEvent();

    /// <inheritdoc/>
    public async Task ProcessPendingEventsAsync(Func<UpkeepEvent, ValueTask<EventResult>> handler)
    {
        await _events.ProcessAsync(handler);
        Signal();
    }

    /// <summary>Takes a payment for this node. Again, or too late, it does nothing.</summary>
    public void ClaimFunds(string htlcId)
    {
        lock (_world.Gate)
        {
            if (!_state.Claimable.TryGetValue(htlcId, out var claimable) || !Update(claimable.From.Channel, new ChannelUpdate.HtlcFulfilled(htlcId)))
                return;
            _state = _state with { Claimable = _state.Claimable.Remove(htlcId) };
            Counts.PaymentsReceived++;
            Emit(EventKind.PaymentClaimed, htlcId, claimable.From.AmountMsat);
        }

        Signal();
    }

    /// <summary>Sends a payment or probe over a route that starts in one of the node's channels.</summary>
    public void Send(string channel, PaymentPath route, ulong amountMsat, bool probe)
    {
        var id = $"out{NextNumber()}";
        if (!Update(channel, new ChannelUpdate.HtlcAdded(new Htlc(id, Outgoing: true, amountMsat), route, probe)))
            return;
        _state = _state with { Sent = _state.Sent.Add(id, new SentPayment(channel, route, amountMsat, probe)) };
    }

    public void Open(string peer)
    {
        var number = NextNumber();
        var id = $"{_session}c{number}";
        var channel = new ChannelState(
            id,
            World.ShortChannelId(_world.State.Height + 1, (int)(number & 0xffff), 0),
            peer,
            World.CapacityMsat,
            World.CapacityMsat / 2,
            World.CapacityMsat / 2,
            ChannelStage.Funding,
            CommitmentNumber: 1);
        _state = _state with { Channels = _state.Channels.Add(id, channel) };
        Queue(channel, new ChannelUpdate.Funded(channel), acks: null);
        Emit(EventKind.ChannelPending, id, channel.CapacityMsat);
    }

    /// <summary>Closes a channel that has no payments under way.</summary>
    public void Close(string id, bool force)
    {
        if (!Update(id, new ChannelUpdate.Closed(force)))
            return;
        _state = _state with { Channels = _state.Channels.Remove(id) };
        Counts.ChannelsClosed++;
        Emit(EventKind.ChannelClosed, id);
    }

    /// <summary>There is a new block.</summary>
    public void BlockConnected()
    {
        foreach (var channel in _state.Channels.Values.Where(c => c.Stage == ChannelStage.Funding && _world.IsFunded(c.Id)))
        {
            if (!Update(channel.Id, new ChannelUpdate.Opened()))
                continue;
            Counts.ChannelsOpened++;
            Emit(EventKind.ChannelReady, channel.Id, channel.CapacityMsat);
        }
    }

    /// <summary>Whether a peer need not say something again: a commitment that it will be told of came from it.</summary>
    public bool Knows(PeerMessage message) => _state.Operations.Any(o => o.Acks == message.Id);

    /// <summary>A peer says something for the first time.</summary>
    public void Handle(PeerMessage message)
    {
        if (_stale.Contains(message.Channel) || !_state.Channels.TryGetValue(message.Channel, out var channel))
            return;
        switch (message)
        {
            case PeerMessage.Offer offer:
                if (Update(channel.Id, new ChannelUpdate.HtlcAdded(offer.Htlc, Route: null, Probe: false), offer.Id))
                    _state = _state with { PendingForwards = _state.PendingForwards.Add(new PendingForward(new Incoming(channel.Id, offer.Htlc.Id, offer.Htlc.AmountMsat), offer.ForwardTo)) };
                break;
            case PeerMessage.Fulfill fulfill:
                if (Update(channel.Id, new ChannelUpdate.HtlcFulfilled(fulfill.HtlcId), fulfill.Id))
                    Fulfilled(fulfill.HtlcId);
                break;
            case PeerMessage.Fail fail:
                if (Update(channel.Id, new ChannelUpdate.HtlcFailed(fail.HtlcId), fail.Id))
                    Failed(fail);
                break;
        }
    }

    /// <summary>
    /// A peer connects and shows its commitment number (<c>channel_reestablish</c>). What the node has not told it yet it will; a number that
    /// is newer than the node's own means that the node came back with an old state and could lose its money by using it.
    /// </summary>
    public void Reestablish(string peer)
    {
        foreach (var theirs in _world.State.Channels.Values.Where(c => c.Peer == peer && (c.Stage != ChannelStage.Closed || _state.Channels.ContainsKey(c.Id))))
        {
            var pending = _state.Operations.Where(o => o.Channel == theirs.Id && o.CommitmentNumber > theirs.CommitmentNumber).ToArray();
            var known = _state.Channels.TryGetValue(theirs.Id, out var mine) ? mine.CommitmentNumber : pending.LastOrDefault()?.CommitmentNumber ?? 0;
            if (known >= theirs.CommitmentNumber && known == theirs.CommitmentNumber + pending.Length)
                continue;
            IsStale(theirs.Id, $"channel_reestablish: the peer is at commitment {theirs.CommitmentNumber}, this node at {known} with {pending.Length} to tell");
        }
    }

    /// <summary>A channel's state is not the latest: it must not be used.</summary>
    public void IsStale(string channel, string why)
    {
        if (_stale.Add(channel))
            _world.Violations.Add($"channel {channel}: state lost: {why}");
    }

    /// <summary>The peer knows of an operation.</summary>
    public void Delivered(MonitorOperation operation) => _state = _state with { Operations = _state.Operations.Remove(operation) };

    /// <summary>Tells upkeep what changed. The gate is not held.</summary>
    public void Signal()
    {
        lock (_world.Gate)
        {
            if (!_signal)
                return;
            _signal = false;
        }

        EventOrPersistenceNeeded?.Invoke();
    }

    private void Forward(PendingForward forward)
    {
        var from = forward.From;
        if (forward.To is not { } peer)
        {
            _state = _state with { Claimable = _state.Claimable.SetItem(from.HtlcId, new Claimable(from, 0)) };
            Emit(EventKind.PaymentClaimable, from.HtlcId, from.AmountMsat);
            return;
        }

        var id = $"fwd{NextNumber()}";
        var amount = from.AmountMsat - ForwardingFeeMsat;
        var channel = _state.Channels.Values.FirstOrDefault(c => c.Peer == peer && c.Stage == ChannelStage.Open && c.LocalMsat >= amount && !_stale.Contains(c.Id));
        if (channel is null || !Update(channel.Id, new ChannelUpdate.HtlcAdded(new Htlc(id, Outgoing: true, amount), Route: null, Probe: false)))
        {
            GiveBack(from);
            return;
        }

        _state = _state with { Forwarded = _state.Forwarded.Add(id, from) };
    }

    private void Fulfilled(string htlcId)
    {
        if (_state.Forwarded.TryGetValue(htlcId, out var from))
        {
            _state = _state with { Forwarded = _state.Forwarded.Remove(htlcId) };
            Update(from.Channel, new ChannelUpdate.HtlcFulfilled(from.HtlcId));
            Counts.PaymentsForwarded++;
            Emit(EventKind.PaymentForwarded, htlcId, ForwardingFeeMsat);
        }
        else if (_state.Sent.TryGetValue(htlcId, out var sent))
        {
            _state = _state with { Sent = _state.Sent.Remove(htlcId) };
            Counts.PaymentsSent++;
            Emit(EventKind.PathSuccessful, htlcId, sent.AmountMsat, sent.Route);
            Emit(EventKind.PaymentSent, htlcId, sent.AmountMsat);
        }
    }

    private void Failed(PeerMessage.Fail fail)
    {
        if (_state.Forwarded.TryGetValue(fail.HtlcId, out var from))
        {
            _state = _state with { Forwarded = _state.Forwarded.Remove(fail.HtlcId) };
            GiveBack(from);
        }
        else if (_state.Sent.TryGetValue(fail.HtlcId, out var sent))
        {
            _state = _state with { Sent = _state.Sent.Remove(fail.HtlcId) };
            var atTheEnd = fail.ShortChannelId is null;
            if (sent.Probe)
            {
                Counts.Probes++;
                Emit(atTheEnd ? EventKind.ProbeSuccessful : EventKind.ProbeFailed, fail.HtlcId, sent.AmountMsat, sent.Route, fail);
                return;
            }

            Counts.PaymentsFailed++;
            Emit(EventKind.PathFailed, fail.HtlcId, sent.AmountMsat, sent.Route, fail);
            Emit(EventKind.PaymentFailed, fail.HtlcId, sent.AmountMsat);
        }
    }

    private void GiveBack(Incoming from)
    {
        _state = _state with { Claimable = _state.Claimable.Remove(from.HtlcId) };
        Update(from.Channel, new ChannelUpdate.HtlcFailed(from.HtlcId));
    }

    /// <summary>Changes a channel and queues the operation. False: the channel cannot be changed so.</summary>
    private bool Update(string id, ChannelUpdate update, string? acks = null)
    {
        if (_stale.Contains(id) || !_state.Channels.TryGetValue(id, out var channel))
            return false;
        try
        {
            var next = channel.Apply(update);
            if (next.Problem() is { } problem)
                _world.Violations.Add(problem);
            _state = _state with { Channels = _state.Channels.SetItem(id, next) };
            Queue(next, update, acks);
            return true;
        }
        catch (SimulationException impossible)
        {
            _world.Violations.Add(impossible.Message);
            return false;
        }
    }

    private void Queue(ChannelState channel, ChannelUpdate update, string? acks)
    {
        var operation = new MonitorOperation(_state.LastOperation + 1, channel.Id, channel.CommitmentNumber, update, acks);
        _state = _state with { LastOperation = operation.Id, Operations = _state.Operations.Add(operation) };
        Counts.Commitments++;
        Changed();
    }

    private void Emit(EventKind kind, string subject, ulong amount = 0, PaymentPath? path = null, PeerMessage.Fail? fail = null)
    {
        Counts.Events++;
        _events.Add(new EventData(
            $"manager-{_session}-{NextNumber()}", kind, subject, amount, path, fail?.ShortChannelId, Permanent: fail is { ShortChannelId: null }, ChannelGone: fail?.Gone ?? false));
        Changed();
    }

    private long NextNumber()
    {
        _state = _state with { LastNumber = _state.LastNumber + 1 };
        return _state.LastNumber;
    }

    private void Changed() => _needsPersistence = _signal = true;
}
