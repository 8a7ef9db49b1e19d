using System.Collections.Immutable;
using ActorNode.Protocol.Jobs;

namespace ActorNode.Jobs.Agreements;

/// <summary>All agreements, and those of which the job is on its way. Immutable.</summary>
/// <param name="Settled">There, with their jobs.</param>
/// <param name="Pending">Signed; their jobs may be there or not.</param>
internal sealed record AgreementBook(
    ImmutableDictionary<AgreementId, ServiceAgreement> Settled, ImmutableDictionary<AgreementId, AgreementSigned> Pending)
{
    public static readonly AgreementBook Empty = new(
        ImmutableDictionary<AgreementId, ServiceAgreement>.Empty, ImmutableDictionary<AgreementId, AgreementSigned>.Empty);

    public int Count => Settled.Count + Pending.Count;

    public AgreementBook Apply(IAgreementEvent agreementEvent) => agreementEvent switch
    {
        AgreementSigned signed => this with { Pending = Pending.SetItem(signed.Agreement.Id, signed) },
        AgreementSettled settled => new(Settled.SetItem(settled.Id, Pending[settled.Id].Agreement), Pending.Remove(settled.Id)),
        AgreementDropped dropped => this with { Pending = Pending.Remove(dropped.Id) },
        _ => throw new InvalidOperationException($"{agreementEvent.GetType().Name} is no event of agreements"),
    };

    /// <summary>The agreement that waits for a job, or null.</summary>
    public AgreementId? WaitsFor(JobId job)
    {
        foreach (var (id, signed) in Pending)
        {
            if (signed.Job.Id == job)
                return id;
        }

        return null;
    }
}
