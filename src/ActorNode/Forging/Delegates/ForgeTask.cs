using ActorNode.Protocol.Forging;
using Akka.Actor;

namespace ActorNode.Forging.Delegates;

/// <summary>A duty on its way to, and in, its delegate.</summary>
/// <param name="Duty">What it is.</param>
/// <param name="Payload">The bytes to sign.</param>
/// <param name="Content">What goes with a block.</param>
/// <param name="Observer">The worker: hears of the end of every task, by its event or by <see cref="TaskRejected"/>.</param>
/// <param name="Requester">Whom to tell whether it is accepted; null: it was already.</param>
internal sealed record ForgeTask(
    ForgeDuty Duty, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte> Content, WatermarkRule Rule, bool Force, IActorRef Observer, IActorRef? Requester)
    : IWithConsensusKey
{
    /// <summary>The requester waits for the signature instead of the acceptance.</summary>
    public bool RequesterWaits { get; init; }

    /// <summary>Of the payload, as the delegate found it: 64 small hexadecimal digits.</summary>
    public string PayloadHash { get; init; } = "";

    public ConsensusKeyId Key => Duty.Key;

    public static ForgeDuty DutyOf(ForgeCommands.ForgeAndSignBlock block) => new(block.Id, block.Key, ForgeKind.Block, block.Chain, block.At, block.Source);

    public static ForgeTask Of(
        ForgeCommands.ForgeAndSignBlock block, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> content, IActorRef observer, IActorRef? requester) =>
        new(DutyOf(block), payload, content, WatermarkRule.Baker, block.Force, observer, requester);

    public IForgeSuccess Done(string signature, bool stored = false) => RequesterWaits
        ? new ForgeEvents.PayloadSigned(Duty, Payload, signature, stored)
        : Duty.Kind switch
        {
            ForgeKind.Block => new ForgeEvents.BlockReady(Duty, Payload, signature, Content),
            ForgeKind.Preattestation => new ForgeEvents.PreattestationReady(Duty, Payload, signature),
            ForgeKind.Attestation => new ForgeEvents.AttestationReady(Duty, Payload, signature),
            _ => new ForgeEvents.PayloadSigned(Duty, Payload, signature, stored),
        };
}

/// <summary>To the observer of a task that the delegate did not accept.</summary>
internal sealed record TaskRejected(ConsensusKeyId Key);

/// <summary>Asks a delegate to drop what waits. Reply: <see cref="TasksCancelled"/>.</summary>
internal sealed record CancelTasks(ConsensusKeyId Key, ForgeCommands.CancelPending Scope) : IWithConsensusKey;

/// <summary>So many were dropped.</summary>
internal sealed record TasksCancelled(ConsensusKeyId Key, int Count);
