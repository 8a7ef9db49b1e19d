namespace Akka.Persistence.Journal;

/// <summary>Turns events of the program into what is stored.</summary>
public interface IWriteEventAdapter
{
    /// <summary>Stored beside the event, for the reader; empty for none.</summary>
    string Manifest(object evt);

    /// <summary>The object to store; a <see cref="Tagged"/> one is stored as its payload, with the tags.</summary>
    object ToJournal(object evt);
}

/// <summary>Turns what is stored into events of the program.</summary>
public interface IReadEventAdapter
{
    IEventSequence FromJournal(object evt, string manifest);
}

/// <summary>One of each journal, made when the journal starts; used by its threads, so without state of its own.</summary>
public interface IEventAdapter : IWriteEventAdapter, IReadEventAdapter;

/// <summary>Stores and reads events as they are.</summary>
public sealed class IdentityEventAdapter : IEventAdapter
{
    private IdentityEventAdapter()
    {
    }

    public static IdentityEventAdapter Instance { get; } = new();

    public string Manifest(object evt) => string.Empty;

    public object ToJournal(object evt) => evt;

    public IEventSequence FromJournal(object evt, string manifest) => EventSequence.Single(evt);
}

/// <summary>An adapter that only reads: events are stored as they are.</summary>
internal sealed class ReadOnlyEventAdapter(IReadEventAdapter reader) : IEventAdapter
{
    public string Manifest(object evt) => string.Empty;

    public object ToJournal(object evt) => evt;

    public IEventSequence FromJournal(object evt, string manifest) => reader.FromJournal(evt, manifest);
}

/// <summary>An adapter that only writes: events are read as they are.</summary>
internal sealed class WriteOnlyEventAdapter(IWriteEventAdapter writer) : IEventAdapter
{
    public string Manifest(object evt) => writer.Manifest(evt);

    public object ToJournal(object evt) => writer.ToJournal(evt);

    public IEventSequence FromJournal(object evt, string manifest) => EventSequence.Single(evt);
}

/// <summary>Several adapters bound to one type: each reads, the results follow each other. None of them may write.</summary>
public sealed class CombinedReadEventAdapter : IEventAdapter
{
    private readonly IEventAdapter[] _adapters;

    public CombinedReadEventAdapter(IEnumerable<IEventAdapter> adapters) => _adapters = [.. adapters];

    public IEnumerable<IEventAdapter> Adapters => _adapters;

    public string Manifest(object evt) => throw WritesNothing();

    public object ToJournal(object evt) => throw WritesNothing();

    public IEventSequence FromJournal(object evt, string manifest) =>
        EventSequence.Create(_adapters.SelectMany(adapter => adapter.FromJournal(evt, manifest).Events));

    private static InvalidOperationException WritesNothing() =>
        new("Several event adapters are bound to this type of event: that is for reading only, since it is not said which one writes");
}
