using System.Text;
using Akka.Hosting;
using Akka.Persistence.Journal;
using Akka.Util;

namespace Akka.Persistence.Hosting;

/// <summary>Event adapters of one journal: names, types, and the event types that each is bound to.</summary>
public sealed class AkkaPersistenceJournalBuilder
{
    private readonly string _journalId;
    private readonly AkkaConfigurationBuilder _builder;
    private readonly Dictionary<string, Type> _adapters = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, List<string>> _bindings = [];

    public AkkaPersistenceJournalBuilder(string journalId, AkkaConfigurationBuilder builder)
    {
        _journalId = journalId;
        _builder = builder;
    }

    public AkkaPersistenceJournalBuilder AddEventAdapter<TAdapter>(string eventAdapterName, IEnumerable<Type> boundTypes)
        where TAdapter : IEventAdapter => Add(typeof(TAdapter), eventAdapterName, boundTypes);

    public AkkaPersistenceJournalBuilder AddReadEventAdapter<TAdapter>(string eventAdapterName, IEnumerable<Type> boundTypes)
        where TAdapter : IReadEventAdapter => Add(typeof(TAdapter), eventAdapterName, boundTypes);

    public AkkaPersistenceJournalBuilder AddWriteEventAdapter<TAdapter>(string eventAdapterName, IEnumerable<Type> boundTypes)
        where TAdapter : IWriteEventAdapter => Add(typeof(TAdapter), eventAdapterName, boundTypes);

    /// <summary>Adds the adapters to the configuration of the journal.</summary>
    internal void Build()
    {
        if (_adapters.Count > 0)
            _builder.AddHocon($"akka.persistence.journal.{_journalId.ToHocon()} {{\n{AppendAdapters(new StringBuilder())}}}", HoconAddMode.Prepend);
    }

    internal StringBuilder AppendAdapters(StringBuilder hocon)
    {
        if (_adapters.Count == 0)
            return hocon;
        hocon.AppendLine("event-adapters {");
        foreach (var (name, type) in _adapters)
            hocon.AppendLine($"{name.ToHocon()} = {TypeNames.Of(type).ToHocon()}");
        hocon.AppendLine("}").AppendLine("event-adapter-bindings {");
        foreach (var (type, names) in _bindings)
            hocon.AppendLine($"\"{TypeNames.Of(type)}\" = [{string.Join(", ", names.Select(name => name.ToHocon()))}]");
        return hocon.AppendLine("}");
    }

    private AkkaPersistenceJournalBuilder Add(Type adapter, string name, IEnumerable<Type> boundTypes)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(boundTypes);
        _adapters[name] = adapter;
        foreach (var type in boundTypes)
        {
            if (!_bindings.TryGetValue(type, out var names))
                _bindings[type] = names = [];
            if (!names.Contains(name))
                names.Add(name);
        }

        return this;
    }
}
