using Akka.Actor;

namespace ActorNode.Upkeep;

/// <summary>Whom the loop works with. None of them is its child: they outlive it.</summary>
/// <param name="Owner">Hears of its state and its end.</param>
/// <param name="Pump">Delivers events.</param>
/// <param name="ClockGuard">Knows of sleeps.</param>
/// <param name="Writers">Persist, by the names of <see cref="WriterTarget"/>.</param>
/// <param name="Sweeps">The sweeper's call.</param>
/// <param name="Prunes">The call that prunes the graph.</param>
internal sealed record LoopFamily(
    IActorRef Owner, IActorRef Pump, IActorRef ClockGuard, IReadOnlyDictionary<string, IActorRef> Writers, SingleFlight Sweeps, SingleFlight Prunes);
