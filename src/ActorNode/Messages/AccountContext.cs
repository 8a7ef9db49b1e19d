using ActorNode.Storage;
using Akka.Actor;

namespace ActorNode.Messages;

/// <summary>What all accounts of a node share.</summary>
/// <param name="Commit">The commit actor.</param>
/// <param name="Store">For reads alone; writes go through <paramref name="Commit"/>.</param>
/// <param name="Random">Spreads retries; thread-safe.</param>
public sealed record AccountContext(
    IActorRef Commit, INodeStore Store, MessagesSettings Settings, PendingBudget Budget, TimeProvider Clock, Random Random);
