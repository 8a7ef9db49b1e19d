namespace Specs.Persistence.Support;

/// <summary>A journal and a snapshot store for one test, with what has to be cleaned up after it.</summary>
public interface IStore : IDisposable
{
    /// <summary>Makes them the default plugins of a system. Two systems with the same text share what is stored if the store is durable.</summary>
    string Config { get; }

    /// <summary>Whether the store keeps two writers of one persistence id apart by refusing the second.</summary>
    bool RefusesSecondWriter { get; }

    /// <summary>Whether events leave the process as bytes, so that what no serializer can write is refused.</summary>
    bool Serializes { get; }
}

/// <summary>The plugins in memory.</summary>
public sealed class InMemoryStore : IStore
{
    public string Config =>
        """
        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        """;

    public bool RefusesSecondWriter => false;

    public bool Serializes => false;

    public void Dispose()
    {
    }
}
