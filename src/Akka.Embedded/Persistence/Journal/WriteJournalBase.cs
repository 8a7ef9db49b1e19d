using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>What all journals share: the event adapters between the program and the store.</summary>
public abstract class WriteJournalBase : ActorBase
{
    private readonly EventAdapters _adapters;

    protected WriteJournalBase() => _adapters = Persistence.Instance.Apply(Context.System).PluginOf(Self).Adapters;

    /// <summary>The writes among the envelopes, with adapted payloads and without senders, which are of no use in a store.</summary>
    protected IEnumerable<AtomicWrite> PreparePersistentBatch(IEnumerable<IPersistentEnvelope> resequenceables)
    {
        ArgumentNullException.ThrowIfNull(resequenceables);
        return resequenceables.OfType<AtomicWrite>().Select(Prepare);
    }

    protected IPersistentRepresentation AdaptToJournal(IPersistentRepresentation representation)
    {
        ArgumentNullException.ThrowIfNull(representation);
        var payload = representation.Payload;
        var adapter = _adapters.Get(payload.GetType());
        // An adapter that only reads leaves a manifest alone, too.
        return adapter is IdentityEventAdapter or ReadOnlyEventAdapter
            ? representation
            : representation.WithPayload(adapter.ToJournal(payload)).WithManifest(adapter.Manifest(payload));
    }

    protected IEnumerable<IPersistentRepresentation> AdaptFromJournal(IPersistentRepresentation representation)
    {
        ArgumentNullException.ThrowIfNull(representation);
        if (_adapters.AreEmpty)
            return [representation];
        var events = _adapters.Get(representation.Payload.GetType()).FromJournal(representation.Payload, representation.Manifest).Events;
        return events.Select(representation.WithPayload);
    }

    /// <summary>What has no adapters is read without an enumerator.</summary>
    private protected bool AdaptsNothing => _adapters.AreEmpty;

    /// <summary>As <see cref="PreparePersistentBatch"/>; what needs no change is taken as it is.</summary>
    private protected IReadOnlyList<AtomicWrite> Prepare(WriteMessages request) =>
        request.AnsweredAtOnce && _adapters.AreEmpty
            ? (IReadOnlyList<AtomicWrite>)request.Messages
            : [.. PreparePersistentBatch(request.Messages)];

    private AtomicWrite Prepare(AtomicWrite write)
    {
        var prepared = new IPersistentRepresentation[write.Size];
        for (var i = 0; i < prepared.Length; i++)
            prepared[i] = AdaptToJournal(WithoutSender(write.Events[i]));
        return new AtomicWrite(prepared);
    }

    private static IPersistentRepresentation WithoutSender(IPersistentRepresentation written) => written.Sender is null
        ? written
        : written.Update(written.SequenceNr, written.PersistenceId, written.IsDeleted, ActorRefs.NoSender, written.WriterGuid);
}
