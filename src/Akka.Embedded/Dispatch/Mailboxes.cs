using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>
/// Which mailbox an actor gets: the one that its props name, else the one for the semantics that its type requires, else its
/// dispatcher's, else the default. Every mailbox can take messages at the front; they differ in their bounds.
/// </summary>
public class Mailboxes
{
    public static readonly string DefaultMailboxId = "akka.actor.default-mailbox";
    public static readonly string NoMailboxRequirement = "";

    private readonly ActorSystem _system;
    private readonly ConcurrentDictionary<(Type Actor, string Mailbox, string Dispatcher), MailboxKind> _kinds = new();

    public Mailboxes(ActorSystem system) => _system = system;

    public bool HasRequiredType(Type actorType) => RequirementOf(actorType) is not null;

    public Type? GetRequiredType(Type actorType) => RequirementOf(actorType);

    public int StashCapacity(string dispatcher, string mailbox) => Read(mailbox.Length > 0 ? mailbox : DefaultMailboxId).StashCapacity;

    internal MailboxKind KindOf(Type actorType, string? mailbox, MessageDispatcher dispatcher) =>
        _kinds.GetOrAdd((actorType, mailbox ?? "", dispatcher.Id), static (key, self) => self.Select(key.Actor, key.Mailbox, key.Dispatcher), this);

    private static Type? RequirementOf(Type actorType) => actorType.GetInterfaces()
        .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequiresMessageQueue<>))?.GetGenericArguments()[0];

    private MailboxKind Select(Type actorType, string mailbox, string dispatcher)
    {
        if (mailbox.Length > 0)
            return Read(mailbox);
        var config = _system.Settings.Config;
        if (RequirementOf(actorType) is { } required)
        {
            foreach (var (name, value) in config.GetConfig("akka.actor.mailbox.requirements")?.AsEnumerable() ?? [])
            {
                if (name.StartsWith(required.FullName + ",", StringComparison.Ordinal) || name == required.FullName)
                    return Read(value.GetString()!);
            }
        }

        return dispatcher.Length > 0 && config.HasPath(dispatcher + ".mailbox-type") ? Read(dispatcher) : Read(DefaultMailboxId);
    }

    private MailboxKind Read(string id)
    {
        var config = _system.Settings.Config;
        if (config.GetConfig(id) is not { } section)
            throw new ConfigurationException($"Mailbox Type [{id}] not configured");
        section = section.WithFallback(config.GetConfig(DefaultMailboxId));
        var type = section.GetString("mailbox-type") ?? "";
        var name = type.Split(',')[0].Trim();
        var stash = section.GetInt("stash-capacity", -1);
        switch (name)
        {
            case "Akka.Dispatch.UnboundedMailbox" or "Akka.Dispatch.UnboundedDequeBasedMailbox" or "Akka.Event.LoggerMailboxType":
                return new MailboxKind(0, TimeSpan.Zero, stash);
            case "Akka.Dispatch.BoundedMailbox" or "Akka.Dispatch.BoundedDequeBasedMailbox":
                var capacity = section.GetInt("mailbox-capacity");
                var timeout = section.GetTimeSpan("mailbox-push-timeout-time");
                if (capacity <= 0)
                    throw new ConfigurationException($"{id}.mailbox-capacity must be greater than 0 for a bounded mailbox, but is {capacity}");
                return new MailboxKind(capacity, timeout, stash);
            default:
                throw new ConfigurationException($"{id}.mailbox-type names [{type}]: only unbounded and bounded mailboxes, deque based or not, are known");
        }
    }

    /// <param name="Capacity">Zero for unbounded.</param>
    /// <param name="PushTimeout">How long a sender waits for room.</param>
    /// <param name="StashCapacity">-1 for unbounded.</param>
    internal sealed record MailboxKind(int Capacity, TimeSpan PushTimeout, int StashCapacity)
    {
        public MailboxBound? NewBound() => Capacity == 0 ? null : new MailboxBound(Capacity, PushTimeout);
    }
}
