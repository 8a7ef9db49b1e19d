using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Dispatch;

/// <summary>
/// Which mailbox an actor gets: the one that its props name, else its dispatcher's, else the one for the semantics that its type
/// requires, else the default. What it gets must have those semantics.
/// </summary>
public class Mailboxes
{
    public static readonly string DefaultMailboxId = "akka.actor.default-mailbox";
    public static readonly string NoMailboxRequirement = "";

    private readonly ActorSystem _system;
    private readonly ConcurrentDictionary<(Type Actor, string Mailbox, string Dispatcher), MailboxKind> _kinds = new();
    private readonly ConcurrentDictionary<string, MailboxType> _types = new(StringComparer.Ordinal);

    public Mailboxes(ActorSystem system) => _system = system;

    public bool HasRequiredType(Type actorType) => RequirementOf(actorType) is not null;

    public Type? GetRequiredType(Type actorType) => RequirementOf(actorType);

    public bool ProducesMessageQueue(Type mailboxType) => ProducedBy(mailboxType) is not null;

    public int StashCapacity(string dispatcher, string mailbox) =>
        SectionOf(mailbox.Length > 0 ? mailbox : IsMailbox(dispatcher) ? dispatcher : DefaultMailboxId).GetInt("stash-capacity", Deploy.NoStashSize);

    /// <summary>The type that the section <paramref name="id"/> names, one instance for each id.</summary>
    public MailboxType Lookup(string id) => _types.GetOrAdd(id, static (id, self) => self.Instantiate(id), this);

    /// <summary>The type that is configured for actors that require <paramref name="queueType"/>.</summary>
    public MailboxType LookupByQueueType(Type queueType) => Lookup(IdOf(queueType));

    public MailboxType GetMailboxType(Props props, Config dispatcherConfig)
    {
        ArgumentNullException.ThrowIfNull(props);
        return Lookup(IdFor(props.Type, props.Deploy.Mailbox, dispatcherConfig?.GetString("id", "") ?? ""));
    }

    internal MailboxKind KindOf(Type actorType, string? mailbox, MessageDispatcher dispatcher) =>
        _kinds.GetOrAdd((actorType, mailbox ?? "", dispatcher.Id), static (key, self) => self.Select(key.Actor, key.Mailbox, key.Dispatcher), this);

    private static Type? RequirementOf(Type actorType) => ArgumentOf(actorType, typeof(IRequiresMessageQueue<>));

    private static Type? ProducedBy(Type mailboxType) => ArgumentOf(mailboxType, typeof(IProducesMessageQueue<>));

    private static Type? ArgumentOf(Type type, Type definition) => type.GetInterfaces()
        .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == definition)?.GetGenericArguments()[0];

    private MailboxKind Select(Type actorType, string mailbox, string dispatcher)
    {
        var id = IdFor(actorType, mailbox, dispatcher);
        var type = Lookup(id);
        // Loggers have a queue of their own in Akka.NET; here any serves them.
        if (RequirementOf(actorType) is { } required && required != typeof(ILoggerMessageQueueSemantics))
        {
            var produced = ProducedBy(type.GetType())
                ?? throw new ConfigurationException($"Mailbox [{id}]: {type.GetType()} does not say by IProducesMessageQueue what it produces");
            if (!required.IsAssignableFrom(produced))
                throw new ConfigurationException($"Mailbox [{id}] produces {produced}, but {actorType} requires {required}");
        }

        var stash = SectionOf(id).GetInt("stash-capacity", Deploy.NoStashSize);
        return type switch
        {
            UnboundedMailbox or UnboundedDequeBasedMailbox => new MailboxKind(0, TimeSpan.Zero, null, stash),
            BoundedMailbox bounded => new MailboxKind(bounded.Capacity, bounded.PushTimeout, null, stash),
            BoundedDequeBasedMailbox bounded when CreatesAs(bounded, typeof(BoundedDequeBasedMailbox)) =>
                new MailboxKind(bounded.Capacity, bounded.PushTimeout, null, stash),
            _ => new MailboxKind(0, TimeSpan.Zero, type, stash)
        };
    }

    private static bool CreatesAs(MailboxType type, Type @base) => type.GetType().GetMethod(nameof(MailboxType.Create))!.DeclaringType == @base;

    private string IdFor(Type actorType, string mailbox, string dispatcher)
    {
        if (mailbox.Length > 0)
            return mailbox;
        if (dispatcher != Dispatchers.DefaultDispatcherId && IsMailbox(dispatcher))
            return dispatcher;
        return RequirementOf(actorType) is { } required ? IdOf(required) : DefaultMailboxId;
    }

    private bool IsMailbox(string dispatcher) => dispatcher.Length > 0 && _system.Settings.Config.GetString(dispatcher + ".mailbox-type", "").Length > 0;

    private string IdOf(Type required) => Requirement(required)
        ?? throw new ConfigurationException($"Mailbox Mapping for [{required}] not configured");

    private string? Requirement(Type required)
    {
        foreach (var (name, value) in _system.Settings.Config.GetConfig("akka.actor.mailbox.requirements")?.AsEnumerable() ?? [])
        {
            if (name == required.FullName || name.StartsWith(required.FullName + ",", StringComparison.Ordinal))
                return value.GetString();
        }

        return null;
    }

    private Config SectionOf(string id)
    {
        var config = _system.Settings.Config;
        var section = config.GetConfig(id);
        if (section is null && id != "unbounded")
            throw new ConfigurationException($"Mailbox Type [{id}] not configured");
        return (section ?? Config.Empty).WithFallback(config.GetConfig(DefaultMailboxId));
    }

    private MailboxType Instantiate(string id)
    {
        if (id == "unbounded")
            return new UnboundedMailbox();
        var section = ConfigurationFactory.ParseString($"id = \"{id}\"").WithFallback(SectionOf(id));
        var name = section.GetString("mailbox-type", "");
        if (name.Length == 0)
            throw new ConfigurationException($"The setting mailbox-type defined in [{id}] is empty");
        return name.StartsWith("Akka.Event.LoggerMailboxType", StringComparison.Ordinal)
            ? new UnboundedMailbox(_system.Settings, section)
            : TypeNames.Instantiate<MailboxType>(name, $"{id}.mailbox-type", _system.Settings, section);
    }

    /// <param name="Capacity">Zero for unbounded.</param>
    /// <param name="PushTimeout">How long a sender waits for room.</param>
    /// <param name="Own">Makes the queue when it is none that the cell itself can be.</param>
    /// <param name="StashCapacity">-1 for unbounded.</param>
    internal sealed record MailboxKind(int Capacity, TimeSpan PushTimeout, MailboxType? Own, int StashCapacity)
    {
        public MailboxPolicy? NewPolicy() =>
            Own is not null ? new QueuedMailbox(Own) : Capacity > 0 ? new MailboxBound(Capacity, PushTimeout) : null;
    }
}
