using Akka.Hosting;

namespace Akka.Persistence.Hosting;

/// <summary>Journals and snapshot stores as parts of a hosted actor system.</summary>
public static class AkkaPersistenceHostingExtensions
{
    public static AkkaConfigurationBuilder WithInMemoryJournal(this AkkaConfigurationBuilder builder) => builder.WithInMemoryJournal(_ => { });

    /// <summary>Events live as long as the actor system.</summary>
    public static AkkaConfigurationBuilder WithInMemoryJournal(this AkkaConfigurationBuilder builder,
        Action<AkkaPersistenceJournalBuilder> journalBuilder, string journalId = "inmem", bool isDefaultPlugin = true)
    {
        builder.WithJournal(journalId, journalBuilder);
        return builder.WithPlugin("journal", journalId, "Akka.Persistence.Journal.MemoryJournal, Akka.Persistence", isDefaultPlugin);
    }

    /// <summary>Snapshots live as long as the actor system.</summary>
    public static AkkaConfigurationBuilder WithInMemorySnapshotStore(this AkkaConfigurationBuilder builder, string snapshotStoreId = "inmem",
        bool isDefaultPlugin = true) =>
        builder.WithPlugin("snapshot-store", snapshotStoreId, "Akka.Persistence.Snapshot.MemorySnapshotStore, Akka.Persistence", isDefaultPlugin);

    /// <summary>Adds event adapters to a journal, by the last part of the path of its settings.</summary>
    public static AkkaConfigurationBuilder WithJournal(this AkkaConfigurationBuilder builder, string journalId,
        Action<AkkaPersistenceJournalBuilder> journalBuilder)
    {
        ArgumentNullException.ThrowIfNull(journalBuilder);
        var journal = new AkkaPersistenceJournalBuilder(journalId, builder);
        journalBuilder(journal);
        journal.Build();
        return builder;
    }

    public static AkkaConfigurationBuilder WithJournal(this AkkaConfigurationBuilder builder, JournalOptions journalOptions)
    {
        ArgumentNullException.ThrowIfNull(journalOptions);
        return builder.AddHocon(journalOptions.ToConfig(), HoconAddMode.Prepend).AddHocon(journalOptions.DefaultConfig, HoconAddMode.Append);
    }

    public static AkkaConfigurationBuilder WithSnapshot(this AkkaConfigurationBuilder builder, SnapshotOptions snapshotOptions)
    {
        ArgumentNullException.ThrowIfNull(snapshotOptions);
        return builder.AddHocon(snapshotOptions.ToConfig(), HoconAddMode.Prepend).AddHocon(snapshotOptions.DefaultConfig, HoconAddMode.Append);
    }

    public static AkkaConfigurationBuilder WithJournalAndSnapshot(this AkkaConfigurationBuilder builder, JournalOptions journalOptions,
        SnapshotOptions snapshotOptions) => builder.WithJournal(journalOptions).WithSnapshot(snapshotOptions);

    private static AkkaConfigurationBuilder WithPlugin(this AkkaConfigurationBuilder builder, string kind, string id, string type, bool isDefault)
    {
        var path = $"akka.persistence.{kind}.{id.ToHocon()}";
        builder.AddHocon(
            $$"""
            {{path}} {
              class = "{{type}}"
              plugin-dispatcher = "akka.actor.default-dispatcher"
            }
            """, HoconAddMode.Prepend);
        return isDefault ? builder.AddHocon($"akka.persistence.{kind}.plugin = {path.ToHocon()}", HoconAddMode.Prepend) : builder;
    }
}
