using System.Collections.Immutable;
using System.Diagnostics;
using ActorNode.Protocol.Upkeep;
using Akka.Actor;
using Akka.Event;

namespace ActorNode.Upkeep;

/// <summary>Let every source hand over what it has. Reply: <see cref="Delivered"/>, once all of them are done.</summary>
internal sealed class Deliver
{
    public static readonly Deliver Instance = new();
}

/// <summary>The sources have nothing more to hand over now. <paramref name="Error"/>: the first failure of a source itself.</summary>
internal sealed record Delivered(string? Error) : IDeadLetterSuppression;

/// <summary>Reply <see cref="Settled"/> when no delivery is under way.</summary>
internal sealed class Settle
{
    public static readonly Settle Instance = new();
}

internal sealed class Settled : IDeadLetterSuppression
{
    public static readonly Settled Instance = new();
}

/// <summary>Something calls for a pass of the loop.</summary>
internal sealed class Wake
{
    public static readonly Wake Instance = new();
}

/// <summary>The scorer learned something from an event and is to be persisted.</summary>
internal sealed class ScorerLearned
{
    public static readonly ScorerLearned Instance = new();
}

/// <summary>Send the status on to the sender with the pump's part filled in.</summary>
internal sealed record Complete(UpkeepStatus Status);

/// <summary>Hand over nothing more; the handler that runs has the grace to end.</summary>
internal sealed class Stop
{
    public static readonly Stop Instance = new();
}

/// <summary>A source, and until when it is left alone because of an event that waits for its next attempt. Touched on the pump's turns only.</summary>
internal sealed class EventSource(IEventsProvider provider, bool isOneQueue)
{
    public IEventsProvider Provider { get; } = provider;

    /// <summary>Nothing else comes from it before the event at its head is handled.</summary>
    public bool IsOneQueue { get; } = isOneQueue;

    public DateTimeOffset HeldUntil { get; set; } = DateTimeOffset.MinValue;

    /// <summary>Whether it is left alone now. A wait that is longer than any there is comes from a clock that was set back.</summary>
    public bool IsHeld(DateTimeOffset now, TimeSpan longest) => HeldUntil > now && HeldUntil - now <= longest;

    public static IEnumerable<EventSource> Of(UpkeepPorts ports)
    {
        yield return new EventSource(ports.ChannelManager, isOneQueue: true);
        yield return new EventSource(ports.ChainMonitor, isOneQueue: false);
        if (ports.OnionMessenger is { } onion)
            yield return new EventSource(onion, isOneQueue: false);
    }
}

/// <summary>An event in the hands of the pump; its source waits for the answer, and gets one also when the pump ends first.</summary>
internal sealed class Offer : IDeadLetterSuppression
{
    private readonly TaskCompletionSource<EventResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _end;

    private Offer(EventSource source, UpkeepEvent upkeepEvent)
    {
        Source = source;
        Event = upkeepEvent;
    }

    public EventSource Source { get; }

    public UpkeepEvent Event { get; }

    public void Answer(EventResult result)
    {
        _end.Dispose();
        _answer.TrySetResult(result);
    }

    /// <summary>On the source's thread.</summary>
    public static async ValueTask<EventResult> To(IActorRef pump, EventSource source, UpkeepEvent upkeepEvent, CancellationToken ended)
    {
        var offer = new Offer(source, upkeepEvent);
        offer._end = ended.UnsafeRegister(static offer => ((Offer)offer!)._answer.TrySetResult(EventResult.Replay("the event pump ended")), offer);
        pump.Tell(offer, ActorRefs.NoSender);
        return await offer._answer.Task;
    }
}

/// <summary>An operator's wish to try a parked event again.</summary>
internal sealed class Retry(string id, IActorRef asker)
{
    public string Id { get; } = id;

    public IActorRef Asker { get; } = asker;

    /// <summary>The event as read back; null: it could not be.</summary>
    public UpkeepEvent? Event { get; set; }
}

/// <summary>One event with the handler.</summary>
internal sealed class Call(UpkeepEvent upkeepEvent, Offer? offer, Retry? retry)
{
    public UpkeepEvent Event { get; } = upkeepEvent;

    public Offer? Offer { get; } = offer;

    public Retry? Retry { get; } = retry;

    public CancellationTokenSource Cancellation { get; } = new();

    public long Started { get; } = Stopwatch.GetTimestamp();

    public Task<EventResult> Task { get; set; } = System.Threading.Tasks.Task.FromResult(EventResult.Handled);
}

internal sealed record CallEnded(Call Call, EventResult Result) : IDeadLetterSuppression;

internal sealed record CallTimedOut(Call Call);

internal sealed record SourcesEnded(string? Error) : IDeadLetterSuppression;

internal sealed class EarlierSourcesEnded : IDeadLetterSuppression
{
    public static readonly EarlierSourcesEnded Instance = new();
}

internal sealed record ParkWritten(Offer Offer, ParkedEvent Parked) : IDeadLetterSuppression;

internal sealed record ParkFailed(Offer Offer, Exception Error) : IDeadLetterSuppression;

internal sealed record RetryRead(Retry Retry, Exception? Error) : IDeadLetterSuppression;

internal sealed record RetryEnded(Retry Retry, string? Problem) : IDeadLetterSuppression;

internal sealed record Dropped(string Id, IActorRef Asker, Exception? Error) : IDeadLetterSuppression;

internal sealed record Loaded(ImmutableArray<ParkedEvent> Parked, ImmutableArray<UpkeepKey> Unreadable) : IDeadLetterSuppression;

internal sealed record LoadFailed(Exception Error) : IDeadLetterSuppression;

internal sealed class RetryTick
{
    public static readonly RetryTick Instance = new();
}

internal sealed class LoadTick
{
    public static readonly LoadTick Instance = new();
}

internal sealed class StopGraceOver
{
    public static readonly StopGraceOver Instance = new();
}
