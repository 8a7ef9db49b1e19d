using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ActorNode.Jobs;
using ActorNode.Jobs.Bridges;
using ActorNode.Protocol.Jobs;
using ActorNode.Server.Sandbox.Oracle;
using ActorNode.Services;
using ActorNode.Storage;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Server.Sandbox.Parts;

/// <summary>
/// Sample jobs, with a price server and a bridge on this machine: a price by request, the same every second, and a bridge that answers later. A
/// background service of the node drives them. Accepted means that a run ends, and with the right result where it is completed.
/// </summary>
internal sealed class JobsPart(SandboxOptions options, INodeStore store, TimeProvider clock) : ISandboxPart
{
    private const string Service = "sandbox-jobs";
    private const int PriceEvery = 2;
    private const int BridgeEvery = 5;
    private const int LookEvery = 10;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongForRun = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(60);

    private readonly PriceServer _prices = new(options.Seed);
    private readonly BridgeServer _bridge = new(clock);
    private readonly RunTally _tally = new();
    private readonly Rate _rate = new(clock);
    private readonly SemaphoreSlim _gate = new(1);
    private SandboxNode? _node;
    private volatile SampleJobs? _jobs;
    private (JobSpec Job, RunId Run, string Input, Func<string, bool> IsRight)? _starting;
    private int _crash;
    private int _turns;
    private int _repeated;
    private bool _ended;

    public string Name => "jobs";

    /// <summary>Starts the servers.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _prices.StartAsync(cancellationToken);
        await _bridge.StartAsync(cancellationToken);
    }

    public void Configure(AkkaConfigurationBuilder akka) => akka
        .WithBackgroundService(Service, _ => new Driver(this), new ServiceOptions { DependsOn = ["jobs"], Threads = 0 })
        .WithActors((system, _) => system.ActorOf(RunTallyActor.Props(_tally), "sandbox-tally"));

    public void Start(SandboxNode node)
    {
        _bridge.Serve(new Uri(node.Urls.First()));
        Volatile.Write(ref _node, node);
    }

    public Task<PartStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var ended = _tally.Total(job => job.Ended);
        return Task.FromResult(new PartStatus(
        [
            new Figure("runs", ended, Brief: true),
            new Figure("per_second", Math.Round(_rate.Of(ended)), Brief: true),
            new Figure("completed", _tally.Total(job => job.Completed), Brief: true),
            new Figure("errored", _tally.Total(job => job.Errored), Brief: true),
            new Figure("unfinished", _tally.Unfinished()),
            new Figure("pending_bridge", _tally.Unfinished(status: RunStatus.PendingBridge), Brief: true),
            new Figure("bridge_answers", _bridge.Answered),
            new Figure("last_price", _prices.Last, Brief: true),
            new Figure("started_again", _repeated),
            new Figure("violations", Violations.Length, Brief: true),
        ])
        {
            Tables = [new StatusTable("jobs", ["job", "tasks", "completed", "errored", "unfinished", "last result", "last error"], [.. (_jobs?.All ?? []).Select(Row)])],
        });
    }

    public IEnumerable<SandboxFault> Faults =>
    [
        new(FaultKind.Fail, "the price server, which answers 500", BreakPricesAsync),
        new(FaultKind.Hang, "the price server", SilencePricesAsync),
        new(FaultKind.Kill, "the bridge, with answers that it owes", KillBridgeAsync),
        new(FaultKind.Kill, "the actor of a job, with its runs", KillJobAsync),
        new(FaultKind.Kill, $"the service '{Service}'", () => ServiceFault.CrashAsync(_node!, Service, () => Interlocked.Exchange(ref _crash, 1))),
    ];

    /// <summary>Starts no more runs, and waits for those that were accepted.</summary>
    public async Task<ImmutableArray<string>> CheckAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _ended = true;
        }
        finally
        {
            _gate.Release();
        }

        if (_jobs is { } jobs)
            await _node!.Actors.Get<JobsRegion>().Ask<object>(new JobCommands.Archive(jobs.Clock.Id), LastPatience, cancellationToken);
        for (var left = LastPatience; _tally.Unfinished() > 0 && left > TimeSpan.Zero; left -= Turn)
        {
            await Task.Delay(Turn, cancellationToken);
            await LookUpAsync(clock.GetUtcNow(), cancellationToken);
        }

        // Runs that wait for the bridge are answered by the driver to the very end.
        await _prices.DisposeAsync();
        await _bridge.DisposeAsync();
        return [.. Violations, .. _tally.Unfinished(DateTimeOffset.MaxValue).Select(run => $"run {run} was accepted and has not ended")];
    }

    private ImmutableArray<string> Violations => [.. _tally.Violations, .. _bridge.Problems];

    /// <summary>One turn of the driver: starts a run if it is time, lets the bridge answer, looks for what nobody told.</summary>
    private async Task TurnAsync(SandboxNode node, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_jobs is null && !_ended)
            {
                _jobs = await SampleJobs.CreateAsync(
                    node.Actors.Get<JobsRegion>(), node.Actors.Get<JobsBridges>(), store.Jobs, _prices, _bridge, clock.GetUtcNow(), stop);
            }

            if (_jobs is { } jobs && !_ended)
                await StartRunAsync(node, jobs, stop);
            await _bridge.AnswerAsync(stop);
            if (_turns++ % LookEvery == 0)
                await LookUpAsync(clock.GetUtcNow() - LongForRun, stop);
        }
        catch (Exception busy) when (busy is AskTimeoutException or StoreUnavailableException)
        {
            // The outcome is unknown: the same goes again, and its ids make that harmless.
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Starts the run that is due, or the last one again where nobody said that it was accepted.</summary>
    private async Task StartRunAsync(SandboxNode node, SampleJobs jobs, CancellationToken stop)
    {
        if (_starting is not null)
        {
            _repeated++;
        }
        else if (Due(jobs) is { } due)
        {
            _starting = due;
            // Known before it can end.
            _tally.Accepted(due.Job.Id, due.Run, due.IsRight, clock.GetUtcNow());
        }

        if (_starting is not { } start)
            return;
        var command = new JobCommands.StartRun(start.Job.Id, start.Run, InitiatorType.Web, new RunResult(JobData.Parse(start.Input)));
        switch (await node.Actors.Get<JobsRegion>().Ask<object>(command, Patience, stop))
        {
            case JobReplies.Started:
                _starting = null;
                break;
            case JobReplies.NoSuchJob or JobReplies.Refused { Reason: not (RunRefusal.Busy or RunRefusal.Stopping) }:
                throw new InvalidOperationException($"the sandbox's run of '{start.Job.Name}' is refused");
        }
    }

    private (JobSpec Job, RunId Run, string Input, Func<string, bool> IsRight)? Due(SampleJobs jobs)
    {
        if (_turns % BridgeEvery == 0)
        {
            var value = _turns;
            return (jobs.Bridge, RunId.New(), string.Create(CultureInfo.InvariantCulture, $$"""{"result":"{{value}}"}"""), result => result == (2L * (value + 1)).ToString(CultureInfo.InvariantCulture));
        }

        return _turns % PriceEvery == 0 ? (jobs.Price, RunId.New(), "{}", IsPrice) : null;
    }

    /// <summary>Whether a word of 32 bytes is a price that the server told.</summary>
    private bool IsPrice(string word) =>
        word.Length == 66 && int.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var cents) && _prices.Served(cents);

    /// <summary>Runs that nothing was heard of for long: an actor that is killed tells nobody, but what it stored is listed.</summary>
    private async Task LookUpAsync(DateTimeOffset acceptedBefore, CancellationToken cancellationToken)
    {
        foreach (var run in _tally.Unfinished(acceptedBefore))
        {
            if (await store.Jobs.FindRunAsync(run, cancellationToken) is { } row && row.Status.IsFinished())
                _tally.Changed(JsonSerializer.Deserialize(row.Body.Span, JobsJson.Default.JobRun)!);
        }
    }

    private async Task<Func<Task<string?>>> BreakPricesAsync()
    {
        var jobs = await JobsAsync();
        var (before, failures, repaired) = (_tally.Of(jobs.Clock.Id), _prices.Failures, false);
        _prices.Break();
        return () =>
        {
            var now = _tally.Of(jobs.Clock.Id);
            if (!repaired && now.Errored > before.Errored && _prices.Failures > failures)
            {
                repaired = true;
                before = now;
                _prices.Repair();
            }

            return Task.FromResult(repaired && now.Completed > before.Completed ? "runs of one try failed with its words, the others tried again; back, it serves both" : null);
        };
    }

    private async Task<Func<Task<string?>>> SilencePricesAsync()
    {
        var jobs = await JobsAsync();
        var (before, abandoned, repaired) = (_tally.Of(jobs.Clock.Id), _prices.Abandoned, false);
        _prices.Silence();
        return () =>
        {
            var now = _tally.Of(jobs.Clock.Id);
            if (!repaired && _prices.Abandoned > abandoned)
            {
                repaired = true;
                before = now;
                _prices.Repair();
            }

            return Task.FromResult(repaired && now.Completed > before.Completed ? "the tasks' timeout gave it up; later runs complete" : null);
        };
    }

    private async Task<Func<Task<string?>>> KillBridgeAsync()
    {
        var jobs = await JobsAsync();
        ImmutableArray<RunId> waiting = [];
        var (cut, dead, revived) = (_bridge.Cut, false, false);
        return () =>
        {
            if (!dead && _bridge.Owing > 0)
            {
                dead = true;
                _bridge.Die();
            }
            else if (dead && !revived && _bridge.Cut > cut)
            {
                revived = true;
                waiting = _tally.Unfinished(DateTimeOffset.MaxValue);
                _bridge.Revive();
            }

            return Task.FromResult(revived && !_tally.Unfinished(DateTimeOffset.MaxValue).Intersect(waiting).Any() && _tally.Of(jobs.Bridge.Id).Completed > 0
                ? "runs waited for it; started again, it answered what it owed, and they went on"
                : null);
        };
    }

    private async Task<Func<Task<string?>>> KillJobAsync()
    {
        var jobs = await JobsAsync();
        while (_tally.Unfinished(jobs.Bridge.Id) == 0)
            await Task.Delay(Turn, clock);
        var path = _node!.Actors.Get<JobsRegion>().Path / jobs.Bridge.Id.Value;
        var actor = await _node.System.ActorSelection(path.ToStringWithoutAddress()).ResolveOne(Patience);
        var under = _tally.Unfinished(DateTimeOffset.MaxValue);
        actor.Tell(Kill.Instance);
        return () => Task.FromResult(
            _tally.Unfinished(DateTimeOffset.MaxValue).Intersect(under).Any() ? null : "a new one read the journal, and its runs went on from where they were");
    }

    /// <summary>The jobs once they are there.</summary>
    private async Task<SampleJobs> JobsAsync()
    {
        while (_jobs is null)
            await Task.Delay(Turn, clock);
        return _jobs;
    }

    private ImmutableArray<string> Row(JobSpec job)
    {
        var counts = _tally.Of(job.Id);
        return
        [
            job.Name!,
            string.Join(" > ", job.Tasks.Select(task => task.Type)),
            counts.Completed.ToString(CultureInfo.InvariantCulture),
            counts.Errored.ToString(CultureInfo.InvariantCulture),
            _tally.Unfinished(job.Id).ToString(CultureInfo.InvariantCulture),
            counts.LastResult,
            counts.LastError,
        ];
    }

    private sealed class Driver(JobsPart part) : IBackgroundService
    {
        public async Task StartAsync(ShutdownWatch shutdown)
        {
            try
            {
                while (true)
                {
                    if (Interlocked.Exchange(ref part._crash, 0) == 1)
                        throw new InvalidOperationException("the sandbox killed this service");
                    if (Volatile.Read(ref part._node) is { } node)
                        await part.TurnAsync(node, shutdown.Token);
                    await Task.Delay(Turn, shutdown.Token);
                }
            }
            catch (OperationCanceledException) when (shutdown.Token.IsCancellationRequested)
            {
                // Told to stop: what waits for the bridge is in the journal, and the next sandbox on these data answers it.
            }
        }
    }
}
