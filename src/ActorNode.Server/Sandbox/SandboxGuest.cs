using System.Collections.Immutable;
using ActorNode.Configuration;
using ActorNode.Lightning.Simulation;
using ActorNode.Server.Hosting;
using ActorNode.Server.Sandbox.Parts;
using ActorNode.Server.Sandbox.Views;
using ActorNode.Storage;
using ActorNode.Upkeep.Store;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Server.Sandbox;

/// <summary>
/// The sandbox: lets every part work in a node, shows it every second, breaks parts when asked to, and says at the end whether everything
/// held. Time is real.
/// </summary>
internal sealed class SandboxGuest(SandboxOptions options, ISandboxView view, TimeProvider clock) : INodeGuest
{
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(1);

    private ImmutableArray<ISandboxPart> _parts = [];
    private SandboxStatus? _last;
    private ImmutableArray<string> _reasons = [];

    /// <inheritdoc/>
    public async Task<GuestParts> PrepareAsync(NodeSettings settings, INodeStore store, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var faulty = new FaultyNodeStore(store, clock);
        var upkeepStore = await UpkeepStoreFactory.OpenAsync(settings.Upkeep.Store, settings.Storage, faulty, clock, cancellationToken);
        var lightning = await SimulatedLightning.OpenAsync(
            new SimulationSettings { Seed = options.Seed, PeerSilenceEvery = null, BlockInterval = TimeSpan.FromMilliseconds(500), CloseEvery = TimeSpan.FromSeconds(5) },
            upkeepStore,
            Path.Combine(settings.Data, "lightning-world.json"),
            clock.GetUtcNow(),
            loggers.CreateLogger("ActorNode.Sandbox"),
            cancellationToken);
        var handler = new FaultyEventHandler(lightning.Ports.EventHandler);
        var forging = new ForgingPart(options, clock);
        var jobs = new JobsPart(options, faulty, clock);
        await jobs.OpenAsync(cancellationToken);
        _parts =
        [
            new ServicesPart(),
            new MessagesPart(options, faulty, clock),
            new LightningPart(lightning, clock),
            new UpkeepPart(handler, upkeepStore),
            forging,
            jobs,
        ];
        return new GuestParts(
            faulty,
            akka =>
            {
                akka.WithUpkeepStore(upkeepStore);
                foreach (var part in _parts)
                    part.Configure(akka);
            },
            _ => lightning.Ports with { EventHandler = handler },
            forging.Over);
    }

    /// <inheritdoc/>
    public async Task RunAsync(IServiceProvider services, IReadOnlyCollection<string> urls, CancellationToken stopping)
    {
        var node = new SandboxNode(services.GetRequiredService<ActorSystem>(), services.GetRequiredService<IReadOnlyActorRegistry>(), urls);
        foreach (var part in _parts)
            part.Start(node);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var began = clock.GetTimestamp();
        var faults = new FaultRunner(options.Faults ? [.. _parts.SelectMany(p => p.Faults)] : [], options, clock);
        var running = faults.RunAsync(end.Token);
        using (var shown = view.Begin(options, urls))
        {
            // The schedule has an end when the run has one, and faults under way are given the time to heal.
            while (!(running.IsCompleted && (end.IsCancellationRequested || options.Time <= clock.GetElapsedTime(began))))
            {
                _last = await StatusAsync(clock.GetElapsedTime(began), urls, faults.All, CancellationToken.None);
                shown.Show(_last);
                await NextAsync(clock.GetElapsedTime(began), running, end.Token);
            }
        }

        await running;
        _reasons = await CheckAsync(faults.All);
        _last = await StatusAsync(clock.GetElapsedTime(began), urls, faults.All, CancellationToken.None);
    }

    /// <summary>Waits for the next full second, or the end.</summary>
    private async Task NextAsync(TimeSpan elapsed, Task running, CancellationToken stopping)
    {
        // A timer may be a little early: that is the second it was for.
        var next = Refresh * (Math.Round(elapsed / Refresh) + 1) - elapsed;
        if (options.Time - elapsed is { } left && left > TimeSpan.Zero && left < next)
            next = left;
        // Told to stop, it waits for the fault under way only.
        await (stopping.IsCancellationRequested ? Task.WhenAny(running, Task.Delay(next, clock, CancellationToken.None)) : Task.Delay(next, clock, stopping))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>How it went, after the node's end. Null: it never ran.</summary>
    public SandboxSummary? Summarize() => _last is null ? null : new SandboxSummary(_last, options, [.. _reasons, .. _parts.SelectMany(p => p.CheckAfterEnd().Select(r => $"{p.Name}: {r}"))]);

    private async Task<SandboxStatus> StatusAsync(TimeSpan elapsed, IReadOnlyCollection<string> urls, ImmutableArray<FaultStatus> faults, CancellationToken cancellationToken)
    {
        var parts = new List<(string, PartStatus)>();
        foreach (var part in _parts)
        {
            try
            {
                parts.Add((part.Name, await part.StatusAsync(cancellationToken)));
            }
            catch (Exception silent) when (silent is AskTimeoutException or OperationCanceledException)
            {
                parts.Add((part.Name, new PartStatus([new Figure("state", "does not answer", Brief: true)])));
            }
        }

        return new SandboxStatus(elapsed, urls, parts, faults);
    }

    private async Task<ImmutableArray<string>> CheckAsync(ImmutableArray<FaultStatus> faults)
    {
        var reasons = ImmutableArray.CreateBuilder<string>();
        foreach (var fault in faults.Where(f => f.Error is not null))
            reasons.Add($"fault {fault.Number} ({fault.What}): {fault.Error}");
        foreach (var part in _parts)
        {
            try
            {
                reasons.AddRange((await part.CheckAsync(CancellationToken.None)).Select(reason => $"{part.Name}: {reason}"));
            }
            catch (AskTimeoutException)
            {
                reasons.Add($"{part.Name}: does not answer");
            }
        }

        return reasons.ToImmutable();
    }
}
