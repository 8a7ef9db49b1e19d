using System.Security.Cryptography;
using ActorNode.Forging;
using ActorNode.Forging.Delegates;
using ActorNode.Forging.Watermarks;
using ActorNode.Keyed;
using ActorNode.Protocol.Forging;
using ActorNode.Tests.Forging.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Forging.Delegates;

/// <summary>What one key does when signers, journals and processes fail.</summary>
public sealed class DelegateActorSpec : ForgingSpec
{
    public static TheoryData<Exception, ForgeFailure> Failures => new()
    {
        { new SignerUnavailableException("offline"), ForgeFailure.SignerUnavailable },
        { new SignerRefusedException("no"), ForgeFailure.SignerRefused },
        { new SignatureMismatchException("lie"), ForgeFailure.SignatureMismatch },
        { new SigningOutcomeUnknownException("lost"), ForgeFailure.OutcomeUnknown },
        { new OperationCanceledException(), ForgeFailure.OutcomeUnknown },
        { new FormatException("bug"), ForgeFailure.SignerFailed },
    };

    [Theory(DisplayName = "A signer that fails costs one duty: its mark is burnt, the key signs the next, other keys are not touched")]
    [MemberData(nameof(Failures))]
    public async Task Signer_fails(Exception error, ForgeFailure reason)
    {
        var signer = new FakeSigner("a", "b");
        Start(signer);
        Worker.Tell(Attestations("1", 10, 0, "a"), ActorRefs.NoSender);
        Worker.Tell(Attestations("2", 10, 0, "a"), ActorRefs.NoSender);
        Worker.Tell(Attestations("3", 10, 1, "a", "b"), ActorRefs.NoSender);
        var calls = new[] { await signer.NextAsync(), await signer.NextAsync() };
        Assert.Equal(["a", "b"], calls.Select(call => call.Key.Value).Order());
        calls.Single(call => call.Key == Key("a")).Fail(error);

        var failed = await Events.ExpectMsgAsync<ForgeEvents.ForgeFailed>();
        Assert.Equal((reason, "1"), (failed.Reason, failed.Duty.Id.Value));
        Assert.Equal("2", (await Events.ExpectMsgAsync<ForgeEvents.ForgeRefused>()).Duty.Id.Value);
        (await signer.NextAsync()).Sign();
        Assert.Equal("3", (await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>()).Duty.Id.Value);
    }

    [Fact(DisplayName = "A signer that hangs: the duty fails in time, its key signs nothing until the call has ended, other keys go on")]
    public async Task Signer_hangs()
    {
        var signer = new FakeSigner("a", "b");
        Start(signer);
        Worker.Tell(Attestations("1", 10, 0, "a"), ActorRefs.NoSender);
        var hung = await signer.NextAsync();
        await StateAsync("a");
        Scheduler.Advance(Settings.SigningTimeout!.Value);
        Assert.Equal(ForgeFailure.SigningTimeout, (await Events.ExpectMsgAsync<ForgeEvents.ForgeFailed>()).Reason);
        Worker.Tell(Attestations("2", 10, 1, "a", "b"), ActorRefs.NoSender);
        var other = await signer.NextAsync();
        Assert.Equal("b", other.Key.Value);
        other.Sign();
        await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>();
        var state = await StateAsync("a");
        Assert.Equal(("1", null, "2"), (state.Quarantined!.Id.Value, state.Active, Assert.Single(state.Pending).Id.Value));
        Worker.Tell(ForgeQueries.Keys.Instance);
        Assert.True((await ExpectMsgAsync<ForgeReplies.KeyList>()).Keys[0].Quarantined);

        hung.Sign();
        var next = await signer.NextAsync();
        Assert.Equal("att 10/1", next.Payload);
        next.Sign();
        Assert.Equal("2", (await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>()).Duty.Id.Value);
        Assert.False(signer.Overlapped);
    }

    [Fact(DisplayName = "A late signature is kept: who asks for the same again by the signer's rule gets it")]
    public async Task Keeps_a_late_signature()
    {
        var signer = new FakeSigner("a");
        Start(signer);
        Worker.Tell(Payload("1", ForgeKind.Block, 10, 0, "a", "header"));
        var hung = await signer.NextAsync();
        await StateAsync("a");
        Scheduler.Advance(Settings.SigningTimeout!.Value);
        Assert.Equal(ForgeFailure.SigningTimeout, (await ExpectMsgAsync<ForgeEvents.ForgeFailed>()).Reason);
        Worker.Tell(Payload("2", ForgeKind.Block, 10, 0, "a", "header"));
        hung.Sign();

        var signed = await ExpectMsgAsync<ForgeEvents.PayloadSigned>();
        Assert.Equal(("2", "sig header", true), (signed.Duty.Id.Value, signed.Signature, signed.Stored));
        Assert.Single(signer.Asked);
    }

    [Fact(DisplayName = "A signature is stored in one event with the mark that follows it; where none follows, after a third of a duty's time or at the stop")]
    public async Task Stores_signatures()
    {
        var signer = new FakeSigner("a") { Held = false };
        Start(signer);
        Worker.Tell(Preattestations("1", 10, 0, "a"), ActorRefs.NoSender);
        await Events.ExpectMsgAsync<ForgeEvents.PreattestationReady>();
        Worker.Tell(Attestations("2", 10, 0, "a"), ActorRefs.NoSender);
        await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>();

        var (first, second) = (Assert.IsType<MarkRaised>(Journal.Stored[0]), Assert.IsType<MarkRaised>(Journal.Stored[1]));
        Assert.Null(first.Signed);
        Assert.Equal((ForgeKind.Attestation, ForgeKind.Preattestation, "sig pre 10/0"), (second.Kind, second.Signed!.Kind, second.Signed.Signature));
        Assert.Equal(2, Journal.Stored.Count);

        Scheduler.Advance(Settings.DutyDuration / 3);
        await AwaitAssertAsync(() => Assert.Equal(3, Journal.Stored.Count), Patience);
        Assert.Equal("sig att 10/0", Assert.IsType<MarkSigned>(Journal.Stored[2]).Signature);

        Worker.Tell(Attestations("3", 11, 0, "a"), ActorRefs.NoSender);
        await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>();
        Worker.Tell(new ForgeCommands.Stop());
        await ExpectMsgAsync<ForgeReplies.Stopped>();
        Assert.Equal("sig att 11/0", Assert.IsType<MarkSigned>(Journal.Stored[^1]).Signature);
        Assert.Equal(5, Journal.Stored.Count);
    }

    [Fact(DisplayName = "A signature that was not stored when the process died: the same data are signed again by the signer's rule, the mark stands")]
    public async Task Loses_a_signature()
    {
        var signer = new FakeSigner("a") { Held = false };
        Start(signer);
        Worker.Tell(Payload("1", ForgeKind.Block, 10, 0, "a", "header"));
        await ExpectMsgAsync<ForgeEvents.PayloadSigned>();
        await CrashAsync();
        Start(signer);

        Worker.Tell(Payload("2", ForgeKind.Block, 10, 0, "a", "other"));
        await ExpectMsgAsync<ForgeEvents.ForgeRefused>();
        Worker.Tell(Payload("3", ForgeKind.Block, 10, 0, "a", "header"));
        Assert.False((await ExpectMsgAsync<ForgeEvents.PayloadSigned>()).Stored);
        Worker.Tell(Payload("4", ForgeKind.Block, 10, 0, "a", "header"));
        Assert.True((await ExpectMsgAsync<ForgeEvents.PayloadSigned>()).Stored);
        Assert.Equal(2, signer.Asked.Count);
    }

    [Fact(DisplayName = "By the signer's rule equal data get the same signature, other data and lower rounds a refusal, operations always a signature")]
    public async Task Signer_rule()
    {
        var signer = new FakeSigner("a") { Held = false };
        Start(signer);
        Assert.False((await AskAsync<ForgeEvents.PayloadSigned>("1", ForgeKind.Block, 1, "header")).Stored);
        Assert.True((await AskAsync<ForgeEvents.PayloadSigned>("2", ForgeKind.Block, 1, "header")).Stored);
        Assert.Equal("block level 10 and round 1 already signed with different data", (await AskAsync<ForgeEvents.ForgeRefused>("3", ForgeKind.Block, 1, "other")).Detail);
        Assert.Equal("block level 10 and round 0 not above high watermark (10,1)", (await AskAsync<ForgeEvents.ForgeRefused>("4", ForgeKind.Block, 0, "header")).Detail);
        for (var i = 0; i < 2; i++)
            Assert.False((await AskAsync<ForgeEvents.PayloadSigned>($"op{i}", ForgeKind.Operation, 0, "transfer")).Stored);
        Assert.Equal(3, signer.Asked.Count);

        async Task<T> AskAsync<T>(string id, ForgeKind kind, int round, string payload)
        {
            Worker.Tell(Payload(id, kind, kind == ForgeKind.Operation ? 0 : 10, round, "a", payload));
            return await ExpectMsgAsync<T>();
        }
    }

    [Fact(DisplayName = "The mark is in the journal before the signer is asked: while the journal waits nobody signs, and keys do not wait for each other")]
    public async Task Durable_first()
    {
        var signer = new FakeSigner("a", "b");
        Start(signer);
        await StateAsync("a");
        await StateAsync("b");
        Journal.Hold();
        Worker.Tell(Attestations("r", 10, 0, "a", "b"));
        await ExpectMsgAsync<ForgeReplies.Accepted>();
        await ExpectMsgAsync<ForgeReplies.Accepted>();
        // Both are at it: their delegates answer a cancellation while they wait, and it meets nothing.
        Worker.Tell(ForgeCommands.CancelPending.All);
        Assert.Equal(0, (await ExpectMsgAsync<ForgeReplies.Cancelled>()).Count);
        Assert.Empty(signer.Asked);

        Journal.Release();
        Assert.Equal(["a", "b"], new[] { (await signer.NextAsync()).Key.Value, (await signer.NextAsync()).Key.Value }.Order());
    }

    [Fact(DisplayName = "A journal that cannot be written: nobody signs, everything held is answered, and after the back-off the key signs again")]
    public async Task Store_fails()
    {
        var signer = new FakeSigner("a");
        Start(signer);
        await StateAsync("a");
        Journal.Hold();
        Journal.FailWrites = true;
        Worker.Tell(Attestations("1", 10, 0, "a"), ActorRefs.NoSender);
        Worker.Tell(Attestations("2", 10, 1, "a"), ActorRefs.NoSender);
        Assert.Equal(0, await CancelledAsync("other"));
        Journal.Release();
        foreach (var id in new[] { "1", "2" })
        {
            var failed = await Events.ExpectMsgAsync<ForgeEvents.ForgeFailed>();
            Assert.Equal((id, ForgeFailure.WatermarksUnavailable), (failed.Duty.Id.Value, failed.Reason));
            Assert.Contains("the disk is full", failed.Detail, StringComparison.Ordinal);
        }

        Worker.Tell(Attestations("3", 10, 2, "a"));
        Assert.Equal(RejectReason.WatermarksUnavailable, (await ExpectMsgAsync<ForgeReplies.Rejected>()).Reason);
        Worker.Tell(new ForgeQueries.MarksOf(Key("a")));
        Assert.Contains("the disk is full", (await ExpectMsgAsync<ForgeReplies.MarksFailed>()).Detail, StringComparison.Ordinal);
        Assert.Contains("the disk is full", (await StateAsync("a")).StoreError, StringComparison.Ordinal);
        Assert.Empty(signer.Asked);

        Journal.FailWrites = false;
        await RecoveredAsync("a");
        Worker.Tell(Attestations("4", 10, 0, "a"), ActorRefs.NoSender);
        (await signer.NextAsync()).Sign();
        await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>();
    }

    [Fact(DisplayName = "A journal that cannot be read: what came meanwhile is answered, nothing is signed until it can")]
    public async Task Store_cannot_be_read()
    {
        var signer = new FakeSigner("a");
        Journal.FailReads = true;
        Start(signer);
        Worker.Tell(Payload("1", ForgeKind.Block, 10, 0, "a", "header"));
        // Whether the failure or the request comes first.
        Assert.True(await ExpectMsgAsync<object>() is ForgeEvents.ForgeFailed { Reason: ForgeFailure.WatermarksUnavailable }
            or ForgeReplies.Rejected { Reason: RejectReason.WatermarksUnavailable });
        Assert.Empty(signer.Asked);
        Journal.FailReads = false;
        await RecoveredAsync("a");
        Worker.Tell(Payload("2", ForgeKind.Block, 10, 0, "a", "header"));
        (await signer.NextAsync()).Sign();
        await ExpectMsgAsync<ForgeEvents.PayloadSigned>();
    }

    [Fact(DisplayName = "A process that dies between mark and signature: the baker's rule never signs it again, the signer's rule the same data alone")]
    public async Task Dies_between_mark_and_signature()
    {
        var first = new FakeSigner("a");
        Start(first);
        Worker.Tell(Payload("1", ForgeKind.Attestation, 10, 3, "a", "vote"), ActorRefs.NoSender);
        await first.NextAsync();
        await CrashAsync();

        var second = new FakeSigner("a") { Held = false };
        Start(second);
        Worker.Tell(Attestations("2", 10, 3, "a"), ActorRefs.NoSender);
        await Events.ExpectMsgAsync<ForgeEvents.ForgeRefused>();
        Worker.Tell(Attestations("3", 10, 2, "a"), ActorRefs.NoSender);
        await Events.ExpectMsgAsync<ForgeEvents.ForgeRefused>();
        Worker.Tell(Payload("4", ForgeKind.Attestation, 10, 3, "a", "other"));
        await ExpectMsgAsync<ForgeEvents.ForgeRefused>();
        Assert.Empty(second.Asked);
        Worker.Tell(Payload("5", ForgeKind.Attestation, 10, 3, "a", "vote"));
        Assert.False((await ExpectMsgAsync<ForgeEvents.PayloadSigned>()).Stored);
        Worker.Tell(Payload("6", ForgeKind.Attestation, 10, 3, "a", "vote"));
        Assert.True((await ExpectMsgAsync<ForgeEvents.PayloadSigned>()).Stored);
    }

    [Theory(DisplayName = "A delegate that fails while its signer is asked answers what it held, and its successor asks nothing before the call has ended")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fails_during_a_call(bool killed)
    {
        var signer = new FakeSigner("a");
        Start(signer);
        Worker.Tell(Attestations("1", 10, 0, "a"), ActorRefs.NoSender);
        Worker.Tell(Attestations("2", 10, 1, "a"), ActorRefs.NoSender);
        var call = await signer.NextAsync();
        var child = await ChildAsync("a");
        Watch(child);
        // No task that a worker makes: the delegate fails.
        child.Tell(killed ? Kill.Instance : new ForgeTask(null!, default, default, default, false, ActorRefs.Nobody, null));
        foreach (var id in new[] { "1", "2" })
        {
            var failed = await Events.ExpectMsgAsync<ForgeEvents.ForgeFailed>();
            Assert.Equal((id, ForgeFailure.Interrupted), (failed.Duty.Id.Value, failed.Reason));
        }

        if (killed)
        {
            await ExpectTerminatedAsync(child);
            // Until its parent knows too, what comes for it is lost with it.
            await AwaitAssertAsync(async () => Assert.Empty((await Delegates.Ask<KeyedState>(GetKeyedState.Instance, Patience)).Keys), Patience);
        }

        Worker.Tell(Attestations("3", 10, 2, "a"));
        await ExpectMsgAsync<ForgeReplies.Accepted>();
        Assert.Equal("1", (await StateAsync("a")).Quarantined!.Id.Value);
        Assert.Single(signer.Asked);
        call.Sign();
        (await signer.NextAsync()).Sign();
        Assert.Equal("3", (await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>()).Duty.Id.Value);
        Assert.False(signer.Overlapped);
    }

    [Fact(DisplayName = "A full queue and a duty that is held already are rejected")]
    public async Task Bounds()
    {
        var signer = new FakeSigner("a");
        Start(signer);
        Worker.Tell(Attestations("active", 10, 0, "a"), ActorRefs.NoSender);
        await signer.NextAsync();
        for (var i = 0; i < Settings.MaxPending; i++)
            Worker.Tell(Attestations($"{i}", 10, 1 + i, "a"), ActorRefs.NoSender);
        Worker.Tell(Attestations("0", 10, 20, "a"));
        Assert.Equal(RejectReason.Duplicate, (await ExpectMsgAsync<ForgeReplies.Rejected>()).Reason);
        Worker.Tell(Attestations("active", 10, 20, "a"));
        Assert.Equal(RejectReason.Duplicate, (await ExpectMsgAsync<ForgeReplies.Rejected>()).Reason);
        Worker.Tell(Attestations("more", 10, 20, "a"));
        var full = await ExpectMsgAsync<ForgeReplies.Rejected>();
        Assert.Equal((RejectReason.QueueFull, Key("a")), (full.Reason, full.Key!.Value));
    }

    [Fact(DisplayName = "What a reader of payloads says must be what the request says, else nothing is signed")]
    public async Task Reads_payloads()
    {
        var signer = new FakeSigner("a") { Held = false };
        Start(signer, reader: new FakeReader());
        foreach (var (payload, problem) in new[]
        {
            ("att 10/1", "payload is of level 10, round 1, the request says level 10, round 0"),
            ("pre 10/0", "payload is of kind Preattestation, the request says Attestation"),
            ("nonsense", "nonsense is nothing"),
        })
        {
            Worker.Tell(Payload("1", ForgeKind.Attestation, 10, 0, "a", payload));
            var rejected = await ExpectMsgAsync<ForgeReplies.Rejected>();
            Assert.Equal((RejectReason.Invalid, problem), (rejected.Reason, rejected.Detail));
        }

        Worker.Tell(Payload("2", ForgeKind.Attestation, 10, 0, "a", "att 10/0"));
        await ExpectMsgAsync<ForgeEvents.PayloadSigned>();
        Assert.Single(signer.Asked);
    }

    [Fact(DisplayName = "Marks are imported upwards only, refuse what they cover, and are read back; bad ones are refused by field")]
    public async Task Imports()
    {
        var signer = new FakeSigner("a") { Held = false };
        Start(signer);
        var high = new Watermark(Chain, ForgeKind.Attestation, new LevelRound(10, 4), new string('a', 64), "sig");
        Worker.Tell(new ForgeCommands.ImportMarks(Key("a"), [high, high with { At = new LevelRound(9, 0) }]));
        var imported = await ExpectMsgAsync<ForgeReplies.MarksImported>();
        Assert.Equal([high], imported.Raised.AsEnumerable());
        Assert.Equal([high], imported.Kept.AsEnumerable());
        Worker.Tell(ForgeCommands.ImportMarks.Raise(Key("a"), Chain, ForgeKind.Attestation, new LevelRound(10, 4)));
        Assert.Equal([high], (await ExpectMsgAsync<ForgeReplies.MarksImported>()).Kept.AsEnumerable());
        Worker.Tell(Attestations("1", 10, 4, "a"), ActorRefs.NoSender);
        await Events.ExpectMsgAsync<ForgeEvents.ForgeRefused>();
        Worker.Tell(new ForgeQueries.MarksOf(Key("a")));
        Assert.Equal([high], (await ExpectMsgAsync<ForgeReplies.MarksOfKey>()).Marks.AsEnumerable());

        foreach (var (bad, problem) in new[]
        {
            (high with { Kind = ForgeKind.Operation }, "marks[0].kind Operation has no watermark"),
            (high with { Chain = default }, "marks[0].chain is empty"),
            (high with { At = new LevelRound(-1, 0) }, "marks[0].level is negative"),
            (high with { PayloadHash = "AA" }, "marks[0].payloadHash is not 64 small hexadecimal digits"),
            (high with { PayloadHash = null }, "marks[0].signature stands without a payloadHash"),
        })
        {
            Worker.Tell(new ForgeCommands.ImportMarks(Key("a"), [bad]));
            var failed = await ExpectMsgAsync<ForgeReplies.MarksFailed>();
            Assert.Equal((problem, true), (failed.Detail, failed.Invalid));
        }
    }

    [Fact(DisplayName = "Marks outlast snapshots, the removal of what lies before them, and the process")]
    public async Task Snapshots()
    {
        var signer = new FakeSigner("a") { Held = false };
        Start(signer);
        for (var round = 0; round < 30; round++)
        {
            Worker.Tell(Attestations($"r{round}", 10, round, "a"), ActorRefs.NoSender);
            await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>();
        }

        await CrashAsync();
        Start(signer);
        var mark = Assert.Single((await StateAsync("a")).Marks);
        Assert.Equal(new LevelRound(10, 29), mark.At);
        Worker.Tell(Attestations("again", 10, 29, "a"), ActorRefs.NoSender);
        await Events.ExpectMsgAsync<ForgeEvents.ForgeRefused>();
    }

    [Fact(DisplayName = "An idle key passivates with its marks stored; what arrives meanwhile is not lost")]
    public async Task Passivates()
    {
        var signer = new FakeSigner("a") { Held = false };
        Start(signer);
        Worker.Tell(Attestations("1", 10, 0, "a"), ActorRefs.NoSender);
        await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>();
        await StateAsync("a");
        var child = await ChildAsync("a");
        // It may end before or after its successor has taken the request.
        var watcher = CreateTestProbe();
        watcher.Watch(child);
        Scheduler.Advance(Settings.PassivateAfter);
        Worker.Tell(Attestations("2", 10, 1, "a"));
        await ExpectMsgAsync<ForgeReplies.Accepted>();
        Assert.Equal("2", (await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>()).Duty.Id.Value);
        await AwaitAssertAsync(
            async () =>
            {
                Scheduler.Advance(Settings.PassivateAfter);
                await watcher.ExpectMsgAsync<Terminated>(TimeSpan.FromMilliseconds(200));
            },
            Patience);

        Worker.Tell(Attestations("3", 10, 1, "a"), ActorRefs.NoSender);
        Assert.Equal("3", (await Events.ExpectMsgAsync<ForgeEvents.ForgeRefused>()).Duty.Id.Value);
    }

    [Fact(DisplayName = "A signer that takes long is warned of with each third of a vote's time, each half of a block's")]
    public void Warns()
    {
        var now = Tests.Support.Some.Time;
        var vote = new CallWatch(now, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(3), vote.UntilNext(now));
        Assert.Equal(TimeSpan.FromSeconds(1), vote.UntilNext(now.AddSeconds(2)));
        Assert.Equal(TimeSpan.FromSeconds(3), vote.UntilNext(now.AddSeconds(3)));
        Assert.Equal(TimeSpan.FromSeconds(1), vote.UntilNext(now.AddSeconds(9)));
        Assert.Equal(TimeSpan.FromSeconds(2), vote.UntilNext(now.AddSeconds(10)));
        Assert.Equal((false, true), (vote.IsLate(now.AddSeconds(2)), vote.IsLate(now.AddSeconds(3))));
        Assert.Equal((false, true), (vote.IsTimedOut(now.AddSeconds(9)), vote.IsTimedOut(now.AddSeconds(10))));
        Assert.False((vote with { Timeout = null }).IsTimedOut(now.AddDays(9)));
    }

    private async Task<IActorRef> ChildAsync(string key)
    {
        var child = await Sys.ActorSelection(Delegates.Path / key).ResolveOne(Patience);
        return child;
    }

    private async Task<int> CancelledAsync(string key)
    {
        Worker.Tell(ForgeCommands.CancelPending.OfKey(Key(key)));
        return (await ExpectMsgAsync<ForgeReplies.Cancelled>()).Count;
    }

    private async Task RecoveredAsync(string key) => await AwaitAssertAsync(
        async () =>
        {
            Scheduler.Advance(Settings.MaxBackoff);
            Assert.Null((await StateAsync(key)).StoreError);
        },
        Patience);

    /// <summary>Reads the payloads that these specs sign.</summary>
    private sealed class FakeReader : IPayloadReader
    {
        public PayloadFacts Read(ReadOnlySpan<byte> payload)
        {
            var text = System.Text.Encoding.UTF8.GetString(payload);
            if (text.Split(' ', '/') is not [var kind, var level, var round])
                throw new FormatException($"{text} is nothing");
            return new(
                kind == "pre" ? ForgeKind.Preattestation : ForgeKind.Attestation,
                Chain,
                new LevelRound(int.Parse(level), int.Parse(round)),
                Convert.ToHexStringLower(SHA256.HashData(payload)));
        }
    }
}
