using System.Collections.Immutable;
using ActorNode.Messages;
using ActorNode.Protocol.Messages;
using ActorNode.Protocol.Services;
using ActorNode.Services;
using Akka.Actor;
using Akka.Hosting;

namespace ActorNode.Server.Sandbox.Parts;

/// <summary>
/// Accounts that get messages at a modest rate and are read back: acknowledged means readable. The senders are a background service of the
/// node, so they show what supervision does when they die. Every access to the accounts' traffic is under one gate.
/// </summary>
internal sealed class MessagesPart(SandboxOptions options, FaultyNodeStore store, TimeProvider clock) : ISandboxPart
{
    private const string Service = "sandbox-messages";
    private const int Accounts = 8;
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly ImmutableArray<AccountTraffic> _accounts = [.. Enumerable.Range(0, Accounts)
        .Select(i => new AccountTraffic(new AccountId($"sandbox-{i}"), $"{clock.GetUtcNow().Ticks:x}"))];

    private readonly Rate _rate = new(clock);
    private SandboxNode? _node;
    private int _crash;
    private int _next;
    private double _owed;
    private bool _ended;

    public string Name => "messages";

    public void Configure(AkkaConfigurationBuilder akka) =>
        akka.WithBackgroundService(Service, _ => new Senders(this), new ServiceOptions { DependsOn = ["messages"], Threads = 0 });

    public void Start(SandboxNode node) => Volatile.Write(ref _node, node);

    public Task<PartStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var acknowledged = _accounts.Sum(a => a.Acknowledged);
        return Task.FromResult(new PartStatus(
        [
            new Figure("written", acknowledged, Brief: true),
            new Figure("per_second", Math.Round(_rate.Of(acknowledged)), Brief: true),
            new Figure("read_back", _accounts.Sum(a => a.Verified), Brief: true),
            new Figure("pending", _accounts.Sum(a => a.Pending), Brief: true),
            new Figure("sent_again", _accounts.Sum(a => a.Repeated)),
            new Figure("accounts", Accounts),
            new Figure("commits_refused", store.Refused),
        ]));
    }

    /// <summary>Without messages nobody would notice that one of the last two has healed.</summary>
    public IEnumerable<SandboxFault> Faults => new SandboxFault[]
    {
        new(FaultKind.Kill, $"the service '{Service}'", () => ServiceFault.CrashAsync(_node!, Service, () => Interlocked.Exchange(ref _crash, 1))),
        new(FaultKind.Kill, "the actor of an account", KillAccountAsync),
        new(FaultKind.Fail, "the database", BreakStoreAsync),
    }.Take(options.Rate > 0 ? 3 : 1);

    public async Task<ImmutableArray<string>> CheckAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _ended = true;
            var reader = _node!.Actors.Get<MessageReaderActor>();
            foreach (var account in _accounts)
                await account.VerifyAsync(reader, cancellationToken);
        }
        finally
        {
            _gate.Release();
        }

        var unread = _accounts.Sum(a => a.Acknowledged - a.Verified);
        return
        [
            .. _accounts.Select(a => a.Problem).OfType<string>(),
            .. unread == 0 ? Array.Empty<string>() : [$"{unread} acknowledged messages were not read back"],
            .. options.Rate > 0 && _accounts.All(a => a.Acknowledged == 0) ? ["no message was ever acknowledged"] : Array.Empty<string>(),
        ];
    }

    private async Task<Func<Task<string?>>> KillAccountAsync()
    {
        // The one that was written last has an actor.
        AccountTraffic? account;
        while ((account = _accounts.LastOrDefault(a => a.Acknowledged > 0)) is null)
            await Task.Delay(Round, clock);
        var path = _node!.Actors.Get<AccountActor>().Path / Uri.EscapeDataString(account.Account.Value);
        var actor = await _node.System.ActorSelection(path.ToStringWithoutAddress()).ResolveOne(Patience);
        actor.Tell(Kill.Instance);
        var before = account.Acknowledged;
        return () => Task.FromResult(account.Acknowledged > before ? "the supervisor started the account's actor anew for its next message" : null);
    }

    private async Task<Func<Task<string?>>> BreakStoreAsync()
    {
        store.BreakFor(Outage);
        var began = clock.GetTimestamp();
        var services = _node!.Actors.Get<ServicesActor>();
        var before = _accounts.Sum(a => a.Acknowledged);
        return await Task.FromResult<Func<Task<string?>>>(async () =>
        {
            if (clock.GetElapsedTime(began) < Outage || _accounts.Sum(a => a.Acknowledged) == before)
                return null;
            var all = await services.Ask<ServiceReplies.Services>(ServiceQueries.GetServices.Instance, Patience);
            return all.Ready ? "retries with back-off: everything is ready and writes are acknowledged again" : null;
        });
    }

    /// <summary>One turn of all senders: what the rate asks for, account after account.</summary>
    private async Task<TimeSpan> TurnAsync(SandboxNode node, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_ended)
                return Round;
            _owed = Math.Min(_owed + options.Rate * Round.TotalSeconds, options.Rate + 1.0);
            var each = Math.Min((int)_owed, 100);
            if (each == 0)
                return Round;
            var account = _accounts[_next];
            var wait = await account.WriteAsync(node.Actors.Get<MessageWriterActor>(), each, stop);
            if (account.Pending > 0)
                return wait > Round ? wait : Round;
            _owed -= each;
            _next = (_next + 1) % Accounts;
            if (_next == 0)
            {
                foreach (var written in _accounts)
                    await written.VerifyAsync(node.Actors.Get<MessageReaderActor>(), stop);
            }

            return Round;
        }
        catch (AskTimeoutException)
        {
            // The outcome is unknown: the same messages go again, and their ids make that harmless.
            return Round;
        }
        finally
        {
            _gate.Release();
        }
    }

    private sealed class Senders(MessagesPart part) : IBackgroundService
    {
        public async Task StartAsync(ShutdownWatch shutdown)
        {
            try
            {
                while (true)
                {
                    if (Interlocked.Exchange(ref part._crash, 0) == 1)
                        throw new InvalidOperationException("the sandbox killed this service");
                    var wait = Volatile.Read(ref part._node) is { } node ? await part.TurnAsync(node, shutdown.Token) : Round;
                    await Task.Delay(wait, shutdown.Token);
                }
            }
            catch (OperationCanceledException) when (shutdown.Token.IsCancellationRequested)
            {
                // Told to stop: what was not acknowledged is nobody's loss.
            }
        }
    }
}
