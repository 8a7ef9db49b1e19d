using System.Collections.Immutable;
using System.Globalization;
using ActorNode.Protocol.Upkeep;
using ActorNode.Upkeep;
using Akka.Actor;

namespace ActorNode.Server.Sandbox.Parts;

/// <summary>Channel upkeep: its ticks, what it persists, its events, its backups.</summary>
internal sealed class UpkeepPart(FaultyEventHandler handler, IUpkeepBackups backups) : ISandboxPart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(30);
    private const int FailedDeliveries = 3;

    private IActorRef _upkeep = ActorRefs.Nobody;
    private SandboxNode? _node;
    private long _passes;

    public string Name => "upkeep";

    public void Start(SandboxNode node)
    {
        _node = node;
        _upkeep = node.Actors.Get<UpkeepActor>();
    }

    public async Task<PartStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var now = await AskAsync(cancellationToken);
        var passes = now.Passes - _passes;
        _passes = now.Passes;
        var manager = now.Persistence.FirstOrDefault(p => p.Name == "manager");
        return new PartStatus(
        [
            new Figure("state", now.State.ToString().ToLowerInvariant(), Brief: true),
            new Figure("passes", now.Passes),
            new Figure("new_passes", passes),
            new Figure("restarts", now.Restarts, Brief: true),
            new Figure("events", now.Events.Handled, Brief: true),
            new Figure("replays", now.Events.Replays, Brief: true),
            new Figure("parked", now.Events.Parked.Length, Brief: true),
            new Figure("current_event", now.Events.Current is { } current ? $"{current}, attempt {now.Events.Attempt}" : ""),
            new Figure("manager", manager is null ? "" : $"{manager.PersistedVersion}/{manager.Version}", Brief: true),
            new Figure("backups", $"{backups.Backups.Count(b => b.InSync)}/{backups.Backups.Length}", Brief: true),
            new Figure("last_error", now.LastError ?? now.Events.LastError ?? ""),
        ])
        {
            Tables =
            [
                new StatusTable("ticks", ["tick", "every", "last", "next", "runs", "failures", "last error"], [.. now.Ticks.Select(Row)]),
                new StatusTable("persistence", ["object", "version", "persisted", "writing", "last", "bytes", "failures", "next attempt", "last error"], [.. now.Persistence.Select(Row)]),
                new StatusTable("parked events", ["event", "kind", "attempts", "error"], [.. now.Events.Parked.Select(Row)]),
                new StatusTable("backups", ["backup", "in sync", "pending", "failures", "last error"], [.. backups.Backups.Select(Row)]),
            ],
        };
    }

    public IEnumerable<SandboxFault> Faults =>
    [
        new(FaultKind.Kill, "every actor below upkeep: loop, event pump, writers", KillFamilyAsync),
        new(FaultKind.Fail, $"the event handler, {FailedDeliveries} times", () => BreakHandlerAsync(() => handler.Fail(FailedDeliveries), FailedDeliveries, "replays with back-off")),
        new(FaultKind.Hang, "the event handler", () => BreakHandlerAsync(handler.HangOnce, 1, "its time was over, and the event was replayed")),
        new(FaultKind.Fail, "the event handler, at one event for ever", PoisonAsync),
    ];

    /// <summary>Nothing is broken any more: upkeep runs, and what it parked can be handled.</summary>
    public async Task<ImmutableArray<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var now = await _upkeep.Ask<UpkeepStatus>(UpkeepQueries.GetUpkeep.Instance, LastPatience, cancellationToken);
        var problems = ImmutableArray.CreateBuilder<string>();
        if (now.State != UpkeepState.Running)
            problems.Add($"is {now.State}: {now.LastError}");
        // An outage may have parked events; its cause is gone, so the operator lets them be handled.
        foreach (var parked in now.Events.Parked)
        {
            if (await _upkeep.Ask(new UpkeepCommands.RetryParked(parked.Id), LastPatience, cancellationToken) is UpkeepReplies.Refused refused)
                problems.Add($"event {parked.Id} stays parked: {refused.Problem}");
        }

        return problems.ToImmutable();
    }

    private Task<UpkeepStatus> AskAsync(CancellationToken cancellationToken = default) =>
        _upkeep.Ask<UpkeepStatus>(UpkeepQueries.GetUpkeep.Instance, Patience, cancellationToken);

    private async Task<Func<Task<string?>>> KillFamilyAsync()
    {
        var before = (await AskAsync()).Restarts;
        _node!.System.ActorSelection((_upkeep.Path / "*").ToStringWithoutAddress()).Tell(Kill.Instance, ActorRefs.NoSender);
        return async () =>
        {
            var now = await AskAsync();
            return now.Restarts > before && now.State == UpkeepState.Running ? $"upkeep started them again, the loop after a back-off (restart {now.Restarts})" : null;
        };
    }

    private async Task<Func<Task<string?>>> BreakHandlerAsync(Action breakIt, int deliveries, string by)
    {
        var before = await AskAsync();
        breakIt();
        return async () =>
        {
            var now = await AskAsync();
            return now.Events.Replays >= before.Events.Replays + deliveries && now.Events.Handled > before.Events.Handled && now.Events.Attempt <= 1 ? by : null;
        };
    }

    /// <summary>One event is refused until upkeep parks it; then the operator repairs the handler and hands the event over again.</summary>
    private Task<Func<Task<string?>>> PoisonAsync()
    {
        const string By = "upkeep parked it and went on; after the repair the operator had it handled";
        handler.RefuseNext();
        string? refused = null;
        var repaired = false;
        return Task.FromResult<Func<Task<string?>>>(async () =>
        {
            refused ??= handler.Refused;
            var parked = refused is not null && (await AskAsync()).Events.Parked.Any(p => p.Id == refused);
            if (!parked)
                return repaired ? By : null;
            handler.Repair();
            repaired = true;
            return await _upkeep.Ask(new UpkeepCommands.RetryParked(refused!), Patience) is UpkeepReplies.EventHandled ? By : null;
        });
    }

    private static ImmutableArray<string> Row(TickStatus tick) =>
    [
        tick.Name, Seconds(tick.Interval), Time(tick.Last), Time(tick.Next), Number(tick.Runs), Number(tick.Failures), tick.LastError ?? "",
    ];

    private static ImmutableArray<string> Row(PersistenceStatus item) =>
    [
        item.Name, Number(item.Version), Number(item.PersistedVersion), item.Writing ? "yes" : "", Time(item.LastWritten), Number(item.LastBytes),
        Number(item.Failures), Time(item.NextAttempt), item.LastError ?? "",
    ];

    private static ImmutableArray<string> Row(ParkedEvent parked) => [parked.Id, parked.Kind, Number(parked.Attempts), parked.Error];

    private static ImmutableArray<string> Row(BackupStatus backup) =>
        [backup.Name, backup.InSync ? "yes" : "no", Number(backup.PendingKeys), Number(backup.Failures), backup.LastError ?? ""];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private static string Time(DateTimeOffset? time) => time?.ToString("HH:mm:ss.f", CultureInfo.InvariantCulture) ?? "";
}
