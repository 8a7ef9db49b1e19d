using System.Collections.Immutable;
using System.Globalization;
using ActorNode.Forging;
using ActorNode.Protocol.Forging;
using ActorNode.Server.Sandbox.Baking;
using ActorNode.Tezos.Baking;
using ActorNode.Tezos.Chain;
using ActorNode.Tezos.Hashes;
using ActorNode.Tezos.Requests;
using ActorNode.Tezos.Signers;
using ActorNode.Tezos.Simulation;
using Akka.Actor;

namespace ActorNode.Server.Sandbox.Parts;

/// <summary>
/// A simulated Tenderbake chain, and a baker with several delegates on it that has everything signed by the node's forge worker. The chain begins anew
/// with every sandbox, and so do the keys. What is signed is looked at by an audit and by the chain; neither knows anything of watermarks.
/// </summary>
internal sealed class ForgingPart(SandboxOptions options, TimeProvider clock) : ISandboxPart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(60);

    /// <summary>Of the first round.</summary>
    private const double ForgeAhead = 0.15;

    private readonly ChainSettings _chain = new() { Seed = options.Seed };
    private readonly ImmutableArray<SigningKey> _keys = DevKeys.Generate();
    private readonly SigningAudit _audit = new();
    private InMemorySigner? _memory;
    private FaultySigner? _signer;
    private IActorRef _worker = ActorRefs.Nobody;
    private IActorRef _node = ActorRefs.Nobody;
    private IActorRef _baker = ActorRefs.Nobody;
    private SandboxNode? _system;

    public string Name => "forging";

    /// <summary>The ports with the sandbox's keys and blocks beside those that the node has.</summary>
    public ForgingPorts Over(ForgingPorts ports)
    {
        _memory = new InMemorySigner(_keys);
        _signer = new FaultySigner(new VerifyingSigner(_memory), _audit);
        return ports with { Signer = new SignerSet(_signer, ports.Signer), Preparer = new HeaderPreparer(_chain) };
    }

    public void Start(SandboxNode node)
    {
        _system = node;
        _worker = node.Actors.Get<ForgeWorker>();
        var committee = new Committee(_chain, [.. _keys.Select(key => key.PublicKey)], DevKeys.Network);
        var chain = new SimulatedChain(_chain, committee, clock.GetUtcNow());
        var automaton = new BakerAutomaton(committee, _chain.Durations, _chain.Durations.First * ForgeAhead);
        _node = node.System.ActorOf(ChainActor.Props(chain, clock), "sandbox-chain");
        _baker = node.System.ActorOf(BakerActor.Props(_worker, _node, automaton, _chain.Chain, clock), "sandbox-baker");
    }

    public async Task<PartStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var chain = await _node.Ask<ChainStatus>(ChainProtocol.GetChain.Instance, Patience, cancellationToken);
        var baker = await _baker.Ask<BakerProtocol.Report>(BakerProtocol.GetReport.Instance, Patience, cancellationToken);
        var summaries = (await KeysAsync(cancellationToken)).ToDictionary(key => key.Key);
        var states = await Task.WhenAll(_keys.Select(key => _worker.Ask(new ForgeQueries.StateOf(key.Hash.Id), Patience, cancellationToken)));
        var all = baker.All;
        return new PartStatus(
        [
            new Figure("level", chain.Level, Brief: true),
            new Figure("round", chain.Round, Brief: true),
            new Figure("baked", chain.Own.Sum(own => own.Blocks), Brief: true),
            new Figure("signed", all.Blocks + all.Preattestations + all.Attestations, Brief: true),
            new Figure("blocks", all.Blocks),
            new Figure("preattestations", all.Preattestations),
            new Figure("attestations", all.Attestations),
            new Figure("refused", all.Refused, Brief: true),
            new Figure("failed", all.Failed, Brief: true),
            new Figure("rejected", all.Rejected),
            new Figure("cancelled", all.Cancelled),
            new Figure("held", baker.Held),
            new Figure("quarantined", summaries.Values.Count(key => key.Quarantined)),
            new Figure("lost_rounds", chain.LostRounds, Brief: true),
            new Figure("reorganisations", chain.Reorganisations, Brief: true),
            new Figure("too_late", chain.Outdated + baker.Discarded),
            new Figure("violations", chain.Violations.Length + _audit.Violations.Count, Brief: true),
        ])
        {
            Tables =
            [
                new StatusTable(
                    "delegates",
                    ["delegate", "key", "state", "baked", "preattested", "attested", "refused", "failed", "block mark", "preattestation mark", "attestation mark"],
                    [.. _keys.Select((key, i) => Row(key, chain.Own[i], baker.Of(key.Hash.Id), summaries[key.Hash.Id], states[i] as ForgeReplies.KeyState))]),
            ],
        };
    }

    public IEnumerable<SandboxFault> Faults =>
    [
        new(FaultKind.Hang, "the signer, for one delegate", HangSignerAsync),
        new(FaultKind.Fail, "the signer, for every delegate", BreakSignerAsync),
        new(FaultKind.Kill, "every delegate's actor", KillDelegatesAsync),
        new(FaultKind.Fail, "a caller, who asks for other votes at and below the watermarks", AskTwiceAsync),
    ];

    /// <summary>Nothing was signed twice, the chain had to refuse nothing, and everything that was accepted has come to its end.</summary>
    public async Task<ImmutableArray<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var baker = await _baker.Ask<BakerProtocol.Report>(BakerProtocol.Stop.Instance, LastPatience, cancellationToken);
        var chain = await _node.Ask<ChainStatus>(ChainProtocol.GetChain.Instance, LastPatience, cancellationToken);
        return [.. _audit.Violations, .. chain.Violations, .. baker.Strays];
    }

    public ImmutableArray<string> CheckAfterEnd()
    {
        _memory?.Dispose();
        return [];
    }

    private async Task<Func<Task<string?>>> HangSignerAsync()
    {
        var key = _keys[0].Hash.Id;
        var before = await KeyAsync(key);
        _signer!.Hang(key);
        var quarantined = false;
        return async () =>
        {
            var now = await KeyAsync(key);
            if (!quarantined && now.Quarantined)
            {
                quarantined = true;
                before = now;
                _signer.Release();
            }

            return quarantined && !now.Quarantined && now.Signed > before.Signed
                ? "its duty failed in time, its key signed nothing until the late call had ended, the others went on"
                : null;
        };
    }

    private async Task<Func<Task<string?>>> BreakSignerAsync()
    {
        var before = await KeysAsync();
        _signer!.Break();
        var repaired = false;
        return async () =>
        {
            var now = await KeysAsync();
            if (!repaired && now.Zip(before).Any(pair => pair.First.Unsigned > pair.Second.Unsigned))
            {
                repaired = true;
                before = now;
                _signer.Repair();
            }

            return repaired && now.Zip(before).All(pair => pair.First.Signed > pair.Second.Signed)
                ? "each duty failed by itself and burnt its watermark; repaired, every delegate signs again"
                : null;
        };
    }

    private async Task<Func<Task<string?>>> KillDelegatesAsync()
    {
        var before = await KeysAsync();
        _system!.System.ActorSelection("/user/delegates/*").Tell(Kill.Instance, ActorRefs.NoSender);
        return async () => (await KeysAsync()).Zip(before).All(pair => pair.First.Signed > pair.Second.Signed)
            ? "new ones read their watermarks back, and every delegate signs again"
            : null;
    }

    /// <summary>What slashing punishes: a second vote where one was signed, and one of an earlier round.</summary>
    private Task<Func<Task<string?>>> AskTwiceAsync() => Task.FromResult<Func<Task<string?>>>(async () =>
    {
        foreach (var key in _keys.Select(key => key.Hash.Id))
        {
            if (await _worker.Ask(new ForgeQueries.StateOf(key), Patience) is not ForgeReplies.KeyState state
                || state.Marks.FirstOrDefault(mark => mark.Kind == ForgeKind.Attestation) is not { At: var at })
                return null;
            foreach (var lower in new[] { at, at with { Level = at.Level - 1 } })
            {
                if (await AskForVoteAsync(key, lower) is not ForgeEvents.ForgeRefused)
                    return null;
            }
        }

        return "the watermark of every delegate refused both";
    });

    private async Task<object> AskForVoteAsync(ConsensusKeyId key, LevelRound at)
    {
        var other = new Hash32([.. Guid.NewGuid().ToByteArray(), .. Guid.NewGuid().ToByteArray()]);
        var vote = new ConsensusVote(VoteKind.Attestation, new BlockHash(other), Slot: 0, at.Level, at.Round, new PayloadHash(other));
        var answer = await _worker.Ask(
            new ForgeCommands.SignPayload(
                new ForgeRequestId($"cheat-{Guid.NewGuid():N}"), key, ForgeKind.Attestation, new ChainName(_chain.Chain.ToString()), at, SignerPayload.Of(_chain.Chain, vote)),
            Patience);
        return answer is ForgeEvents.PayloadSigned ? throw new InvalidOperationException($"{key} signed a second attestation of {at}") : answer;
    }

    private async Task<ImmutableArray<ForgeReplies.KeySummary>> KeysAsync(CancellationToken cancellationToken = default)
    {
        var list = await _worker.Ask<ForgeReplies.KeyList>(ForgeQueries.Keys.Instance, Patience, cancellationToken);
        return [.. _keys.Select(key => list.Keys.FirstOrDefault(listed => listed.Key == key.Hash.Id) ?? new(key.Hash.Id, null, key.Alias, 0, false, 0, 0, null))];
    }

    private async Task<ForgeReplies.KeySummary> KeyAsync(ConsensusKeyId key) => (await KeysAsync()).First(listed => listed.Key == key);

    private static ImmutableArray<string> Row(
        SigningKey key, DelegateCounts chain, BakerCounts counts, ForgeReplies.KeySummary summary, ForgeReplies.KeyState? state) =>
    [
        key.Alias ?? "",
        $"{key.PublicKey.Type} {key.Hash.ToString()[..8]}",
        summary.Quarantined ? "quarantined" : state is null ? "does not answer" : state.StoreError is not null ? "no watermarks" : state.Active is null ? "idle" : "signs",
        Number(chain.Blocks),
        Number(chain.Preattestations),
        Number(chain.Attestations),
        Number(counts.Refused),
        Number(counts.Failed),
        Mark(state, ForgeKind.Block),
        Mark(state, ForgeKind.Preattestation),
        Mark(state, ForgeKind.Attestation),
    ];

    private static string Mark(ForgeReplies.KeyState? state, ForgeKind kind) =>
        state?.Marks.FirstOrDefault(mark => mark.Kind == kind) is { At: var at } ? $"{Number(at.Level)}/{Number(at.Round)}" : "";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
