using System.Globalization;
using ActorNode.Forging;
using ActorNode.Forging.Delegates;
using ActorNode.Protocol.Forging;
using ActorNode.Tests.Forging.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Forging;

/// <summary>
/// Random requests, cancellations, failures of signer and journal, and deaths of actors and of the whole process, against what must hold
/// whatever happens. Every payload that a signer is asked for counts as signed.
/// </summary>
public sealed class ForgingPropertySpec : ForgingSpec
{
    private const int Steps = 400;
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly List<FakeSigner> _signers = [];

    /// <summary>What each process accepted, and what it said became of it.</summary>
    private readonly Dictionary<string, int> _accepted = [];
    private int _last;

    [Theory(DisplayName = "Never two payloads for one key, chain, kind, level and round, none below a mark, no two calls at once, one event for each accepted duty")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Holds(int seed)
    {
        var random = new Random(seed);
        var level = 10;
        Begin();
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(40))
            {
                case < 22:
                    Request(random, level);
                    break;
                case < 30:
                    Answer(random);
                    break;
                case < 32:
                    Worker.Tell(random.Next(2) == 0 ? ForgeCommands.CancelPending.All : ForgeCommands.CancelPending.OfKey(Key(Pick(random))), ActorRefs.NoSender);
                    break;
                case < 34:
                    level += random.Next(2);
                    Scheduler.Advance(TimeSpan.FromSeconds(random.Next(1, 12)));
                    break;
                case < 35:
                    (Journal.FailWrites, Journal.LoseAnswers) = random.Next(3) switch { 0 => (true, false), 1 => (false, true), _ => (false, false) };
                    break;
                case < 36:
                    Journal.FailReads = random.Next(3) == 0;
                    break;
                case < 37:
                    Sys.ActorSelection(Delegates.Path / Pick(random)).Tell(new ForgeTask(null!, default, default, default, false, ActorRefs.Nobody, null));
                    break;
                case < 38:
                    Sys.ActorSelection(Delegates.Path / Pick(random) / "marks").Tell(Kill.Instance);
                    break;
                case < 39:
                    // The worker's own subscribers and counts outlive it, and so do the delegates.
                    Worker.Tell(new ForgeTask(null!, default, default, default, false, ActorRefs.Nobody, null));
                    break;
                default:
                    // Accepted duties die with the process.
                    if (random.Next(4) == 0)
                    {
                        await CrashAsync();
                        Collect();
                        _accepted.Clear();
                        Begin();
                    }

                    break;
            }

            if (random.Next(10) == 0)
                // Lets the actors catch up, so that not all of a run is one pile of messages.
                await SettleAsync();
        }

        await EndAsync();
        Check();
    }

    private void Begin()
    {
        _signers.Add(new FakeSigner(Names));
        Start(_signers[^1]);
    }

    private void Request(Random random, int level)
    {
        var at = Math.Max(0, level + random.Next(-1, 2));
        var round = random.Next(3);
        var what = random.Next(4);
        // Who waits for the signature itself gets no acceptance: only votes are counted.
        var id = $"{(what < 2 ? "payload" : "vote")}{++_last}";
        var key = Pick(random);
        // Two variants of each payload: the second is the double signature that must never be.
        var variant = random.Next(3) == 0 ? "x" : "o";
        Worker.Tell(what switch
        {
            0 => Payload(id, ForgeKind.Block, at, round, key, $"block {at}/{round}/{variant}"),
            1 => Payload(id, ForgeKind.Attestation, at, round, key, $"att {at}/{round}/{variant}"),
            2 => new ForgeCommands.ForgeAndSignAttestations(new ForgeRequestId(id), Chain, new LevelRound(at, round), Votes($"att {at}/{round}/{variant}")),
            _ => new ForgeCommands.ForgeAndSignPreattestations(new ForgeRequestId(id), Chain, new LevelRound(at, round), Votes($"pre {at}/{round}/{variant}")),
        });

        static System.Collections.Immutable.ImmutableArray<ForgeCommands.Vote> Votes(string payload) =>
            [.. Names.Select(name => new ForgeCommands.Vote(Key(name), Bytes(payload)))];
    }

    /// <summary>Of the present process, or of one that is dead and whose signer goes on.</summary>
    private void Answer(Random random)
    {
        if (!_signers[random.Next(3) == 0 ? random.Next(_signers.Count) : _signers.Count - 1].TryNext(out var call))
            return;
        switch (random.Next(6))
        {
            case 0:
                call!.Fail(new SignerUnavailableException("offline"));
                break;
            case 1:
                call!.Fail(new SigningOutcomeUnknownException("lost"));
                break;
            case 2:
                call!.Fail(new SignatureMismatchException("lie"));
                break;
            default:
                call!.Sign();
                break;
        }
    }

    /// <summary>The worker has dealt with everything so far, and so have the delegates that live.</summary>
    private async Task SettleAsync()
    {
        foreach (var name in Names)
            await StateAsync(name);
        Collect();
    }

    /// <summary>Heals everything, answers every call, and waits until every accepted duty has its event.</summary>
    private async Task EndAsync()
    {
        Journal.FailWrites = Journal.FailReads = Journal.LoseAnswers = false;
        await AwaitAssertAsync(
            async () =>
            {
                Scheduler.Advance(Settings.MaxBackoff);
                foreach (var signer in _signers)
                {
                    while (signer.TryNext(out var call))
                        call!.Sign();
                }

                foreach (var name in Names)
                {
                    var state = await StateAsync(name);
                    Assert.Null(state.StoreError);
                    Assert.Null(state.Active);
                    Assert.Null(state.Quarantined);
                    Assert.Empty(state.Pending);
                }

                Collect();
                Assert.All(_accepted, duty => Assert.Equal((duty.Key, 0), (duty.Key, duty.Value)));
            },
            TimeSpan.FromMinutes(3));
    }

    /// <summary>Acceptances come to the requester, events to the subscriber: each accepted vote has one of either.</summary>
    private void Collect()
    {
        while (ReceiveOne(TimeSpan.Zero) is { } reply)
        {
            if (reply is ForgeReplies.Accepted accepted)
                Count(accepted.Id, accepted.Key, +1);
        }

        while (Events.ReceiveOne(TimeSpan.Zero) is { } received)
        {
            if (received is IForgeEvent { Duty: var duty } && duty.Id.Value.StartsWith('v'))
                Count(duty.Id, duty.Key, -1);
        }
    }

    private void Count(ForgeRequestId id, ConsensusKeyId key, int change)
    {
        var name = $"{id} {key}";
        _accepted[name] = _accepted.GetValueOrDefault(name) + change;
    }

    private void Check()
    {
        var asked = _signers.SelectMany(signer => signer.Asked).ToList();
        Assert.NotEmpty(asked);
        foreach (var place in asked.GroupBy(call => (call.Key, Place(call.Payload))))
            Assert.Single(place.Select(call => call.Payload).Distinct());
        foreach (var row in asked.GroupBy(call => (call.Key, call.Payload.Split(' ')[0])))
        {
            var highest = new LevelRound(-1, -1);
            foreach (var call in row)
            {
                var at = At(call.Payload);
                Assert.True(at >= highest, $"{call.Payload} was asked for after {highest}");
                highest = at;
            }
        }

        Assert.All(_signers, signer => Assert.False(signer.Overlapped));
    }

    private static string Place(string payload) => payload[..payload.LastIndexOf('/')];

    private static LevelRound At(string payload)
    {
        var parts = payload.Split(' ', '/');
        return new(int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
    }

    private static string Pick(Random random) => Names[random.Next(Names.Length)];
}
