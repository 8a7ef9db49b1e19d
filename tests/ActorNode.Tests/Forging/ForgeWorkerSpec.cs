using ActorNode.Forging;
using ActorNode.Forging.Delegates;
using ActorNode.Keyed;
using ActorNode.Protocol.Forging;
using ActorNode.Protocol.Services;
using ActorNode.Tests.Forging.Support;
using Akka.Actor;
using Xunit;

namespace ActorNode.Tests.Forging;

public sealed class ForgeWorkerSpec : ForgingSpec
{
    [Theory(DisplayName = "Concurrent requests start one delegate a key")]
    [InlineData(100, 1)]
    [InlineData(100, 5)]
    [InlineData(200, 7)]
    public async Task One_delegate_a_key(int requests, int keys)
    {
        var names = Enumerable.Range(0, keys).Select(i => $"k{i}").ToArray();
        Start(new FakeSigner(names) { Held = false }, settings: Settings with { MaxPending = requests });
        await Task.WhenAll(Enumerable.Range(0, requests).Select(i => Task.Run(() => Worker.Tell(Attestations($"r{i}", i, 0, names[i % keys]), Nobody()))));
        for (var i = 0; i < requests; i++)
            await Events.ExpectMsgAsync<IForgeEvent>(Patience);

        Assert.Equal(names, (await Delegates.Ask<KeyedState>(GetKeyedState.Instance, Patience)).Keys.AsEnumerable());
    }

    [Fact(DisplayName = "A batch for three keys is accepted by each and makes exactly three events")]
    public async Task Fans_out()
    {
        Start(new FakeSigner("a", "b", "c") { Held = false });
        Worker.Tell(Attestations("r", 10, 1, "a", "b", "c") with { Source = "baker" });

        var accepted = new[] { await ExpectMsgAsync<ForgeReplies.Accepted>(), await ExpectMsgAsync<ForgeReplies.Accepted>(), await ExpectMsgAsync<ForgeReplies.Accepted>() };
        Assert.Equal(["a", "b", "c"], accepted.Select(each => each.Key.Value).Order());
        var events = new List<ForgeEvents.AttestationReady>();
        for (var i = 0; i < 3; i++)
            events.Add(await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>());
        Assert.Equal(["a", "b", "c"], events.Select(each => each.Duty.Key.Value).Order());
        Assert.All(events, each => Assert.Equal(("sig att 10/1", "baker"), (each.Signature, each.Duty.Source)));
        await StateAsync("a");
        await Events.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "One key signs one at a time, in the order of arrival across kinds; several keys sign at once")]
    public async Task Serial_per_key()
    {
        var signer = new FakeSigner("a", "b", "c");
        Start(signer);
        Worker.Tell(Preattestations("1", 10, 0, "a"));
        Worker.Tell(Attestations("2", 10, 0, "a"));
        Worker.Tell(Block("3", 11, 0, "a"));
        foreach (var expected in new[] { "pre 10/0", "att 10/0", "block 11/0" })
        {
            var call = await signer.NextAsync();
            Assert.Equal(expected, call.Payload);
            Assert.Equal(expected, await PayloadOf((await StateAsync("a")).Active!));
            Assert.False(signer.TryNext(out _));
            call.Sign();
        }

        Worker.Tell(Attestations("4", 12, 0, "a", "b", "c"));
        var calls = new[] { await signer.NextAsync(), await signer.NextAsync(), await signer.NextAsync() };
        Assert.Equal(["a", "b", "c"], calls.Select(call => call.Key.Value).Order());
        Assert.False(signer.Overlapped);
    }

    [Fact(DisplayName = "A cancellation drops what waits, not what is being signed, and burns nothing: what was dropped is signed when it is asked for again")]
    public async Task Cancels()
    {
        var signer = new FakeSigner("a");
        Start(signer);
        for (var round = 0; round < 3; round++)
            Worker.Tell(Attestations($"r{round}", 10, round, "a"), Nobody());
        var active = await signer.NextAsync();
        Worker.Tell(ForgeCommands.CancelPending.All);
        Assert.Equal(2, (await ExpectMsgAsync<ForgeReplies.Cancelled>()).Count);
        Assert.Equal("r1", (await Events.ExpectMsgAsync<ForgeEvents.ForgeCancelled>()).Duty.Id.Value);
        Assert.Equal("r2", (await Events.ExpectMsgAsync<ForgeEvents.ForgeCancelled>()).Duty.Id.Value);
        active.Sign();
        Assert.Equal("r0", (await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>()).Duty.Id.Value);

        for (var round = 1; round < 3; round++)
        {
            Worker.Tell(Attestations($"again{round}", 10, round, "a"), Nobody());
            (await signer.NextAsync()).Sign();
            Assert.Equal($"again{round}", (await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>()).Duty.Id.Value);
        }
    }

    [Fact(DisplayName = "Cancellations by key, by level and by source drop no more than that")]
    public async Task Cancels_some()
    {
        var signer = new FakeSigner("a", "b");
        Start(signer);
        Worker.Tell(Attestations("active", 9, 0, "a", "b"), Nobody());
        await signer.NextAsync();
        await signer.NextAsync();
        Worker.Tell(Attestations("10", 10, 0, "a", "b"), Nobody());
        Worker.Tell(Attestations("11", 11, 0, "a", "b") with { Source = "other" }, Nobody());
        Worker.Tell(Attestations("12", 12, 0, "a", "b"), Nobody());

        Worker.Tell(ForgeCommands.CancelPending.OfLevel(10));
        Assert.Equal("a 1, b 1", Counts(await ExpectMsgAsync<ForgeReplies.Cancelled>()));
        Worker.Tell(new ForgeCommands.CancelPending(Source: "other", Key: Key("b")));
        Assert.Equal("b 1", Counts(await ExpectMsgAsync<ForgeReplies.Cancelled>()));
        Worker.Tell(ForgeCommands.CancelPending.OfKey(Key("a")));
        Assert.Equal("a 2", Counts(await ExpectMsgAsync<ForgeReplies.Cancelled>()));
        Worker.Tell(ForgeCommands.CancelPending.OfKey(Key("nobody")));
        Assert.Equal("", Counts(await ExpectMsgAsync<ForgeReplies.Cancelled>()));
        Assert.Equal("12", Assert.Single((await StateAsync("b")).Pending).Id.Value);
    }

    [Fact(DisplayName = "A batch reaches its delegates before what its sender sends next: a cancellation right after it meets all of it")]
    public async Task Cancels_right_after_a_push()
    {
        var signer = new FakeSigner("a", "b", "c");
        Start(signer);
        Worker.Tell(Attestations("first", 10, 0, "a", "b", "c"), Nobody());
        for (var i = 0; i < 3; i++)
            await signer.NextAsync();
        Worker.Tell(Attestations("second", 10, 1, "a", "b", "c"), Nobody());
        Worker.Tell(ForgeCommands.CancelPending.All);
        Worker.Tell(Attestations("third", 10, 2, "a", "b", "c"), Nobody());

        Assert.Equal("a 1, b 1, c 1", Counts(await ExpectMsgAsync<ForgeReplies.Cancelled>()));
        foreach (var key in new[] { "a", "b", "c" })
            Assert.Equal("third", Assert.Single((await StateAsync(key)).Pending).Id.Value);
    }

    [Fact(DisplayName = "A stop waits for what is being signed, whose event is delivered; what waits is dropped, what comes is rejected")]
    public async Task Stops()
    {
        var signer = new FakeSigner("a");
        Start(signer);
        Worker.Tell(Attestations("active", 10, 0, "a"), Nobody());
        Worker.Tell(Attestations("waits", 10, 1, "a"), Nobody());
        var active = await signer.NextAsync();
        await StateAsync("a");
        Worker.Tell(new ForgeCommands.Stop());
        Assert.Equal("waits", (await Events.ExpectMsgAsync<ForgeEvents.ForgeCancelled>()).Duty.Id.Value);
        Worker.Tell(Attestations("late", 10, 2, "a"));
        Assert.Equal(RejectReason.Stopping, (await ExpectMsgAsync<ForgeReplies.Rejected>()).Reason);

        active.Sign();
        Assert.Equal("active", (await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>()).Duty.Id.Value);
        Assert.Empty((await ExpectMsgAsync<ForgeReplies.Stopped>()).Stuck);
        Worker.Tell(new ForgeCommands.Stop());
        Assert.Empty((await ExpectMsgAsync<ForgeReplies.Stopped>()).Stuck);
    }

    [Fact(DisplayName = "At its deadline a stop gives up what is being signed and names the keys")]
    public async Task Stops_at_the_deadline()
    {
        var signer = new FakeSigner("a", "b", "c");
        Start(signer);
        Worker.Tell(Attestations("r", 10, 0, "a", "b", "c"), Nobody());
        var calls = new[] { await signer.NextAsync(), await signer.NextAsync(), await signer.NextAsync() };
        Worker.Tell(new ForgeCommands.Stop(TimeSpan.FromSeconds(3)));
        calls.Single(call => call.Key == Key("b")).Sign();
        await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>();
        Worker.Tell(ForgeQueries.Keys.Instance);
        await ExpectMsgAsync<ForgeReplies.KeyList>();
        Scheduler.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(["a", "c"], (await ExpectMsgAsync<ForgeReplies.Stopped>()).Stuck.Select(key => key.Value));
        for (var i = 0; i < 2; i++)
            Assert.Equal(ForgeFailure.Interrupted, (await Events.ExpectMsgAsync<ForgeEvents.ForgeFailed>()).Reason);
    }

    [Fact(DisplayName = "Two automatons ask for the same key, level and round: the first gets its signature, the second a refusal, and each hears of its own")]
    public async Task Two_automatons()
    {
        Start(new FakeSigner("a") { Held = false });
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        Worker.Tell(new ForgeCommands.Subscribe(new ForgeFilter(Source: "first")), first);
        Worker.Tell(new ForgeCommands.Subscribe(new ForgeFilter(Source: "second")), second);
        await first.ExpectMsgAsync<ForgeReplies.Subscribed>();
        await second.ExpectMsgAsync<ForgeReplies.Subscribed>();
        Worker.Tell(Attestations("r", 10, 0, "a") with { Source = "first" }, Nobody());
        Worker.Tell(Attestations("r2", 10, 0, "a") with { Source = "second" }, Nobody());

        Assert.Equal("r", (await first.ExpectMsgAsync<ForgeEvents.AttestationReady>()).Duty.Id.Value);
        var refused = await second.ExpectMsgAsync<ForgeEvents.ForgeRefused>();
        Assert.Equal("highwatermarks.block_previously_attested", refused.Code);
        await StateAsync("a");
        await first.ExpectNoMsgAsync(TimeSpan.Zero);
        await second.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A filter narrows to keys, chain and success; without a subscription nothing comes")]
    public async Task Filters()
    {
        Start(new FakeSigner("a", "b") { Held = false });
        var probe = CreateTestProbe();
        Worker.Tell(new ForgeCommands.Subscribe(new ForgeFilter(Keys: [Key("a")], Chain: Chain, SuccessOnly: true)), probe);
        await probe.ExpectMsgAsync<ForgeReplies.Subscribed>();
        Worker.Tell(Attestations("r", 10, 0, "b", "a"), Nobody());
        Assert.Equal("a", (await probe.ExpectMsgAsync<ForgeEvents.AttestationReady>()).Duty.Key.Value);
        Worker.Tell(Attestations("r2", 10, 0, "a"), Nobody());
        Worker.Tell(ForgeCommands.Unsubscribe.Instance, probe);
        Worker.Tell(Attestations("r3", 11, 0, "a"), Nobody());
        await Events.FishForMessageAsync(each => each is ForgeEvents.AttestationReady { Duty.Id.Value: "r3" }, Patience);
        await probe.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A block is prepared beside its key's votes, then signed; what goes with it comes with the event")]
    public async Task Prepares_blocks()
    {
        var signer = new FakeSigner("a") { Held = false };
        var preparer = new FakePreparer();
        Start(signer, preparer);
        Worker.Tell(Block("block", 11, 0, "a"));
        await ExpectMsgAsync(new ForgeReplies.Accepted(new ForgeRequestId("block"), Key("a")));
        var preparation = await preparer.NextAsync();
        Worker.Tell(Attestations("vote", 10, 0, "a"), Nobody());
        await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>();

        preparation.SetResult(new PreparedBlock(Bytes("header"), new LevelRound(11, 0), Bytes("operations")));
        var ready = await Events.ExpectMsgAsync<ForgeEvents.BlockReady>();
        Assert.Equal("sig header", ready.Signature);
        Assert.Equal(Bytes("operations"), ready.Content.ToArray());
    }

    [Fact(DisplayName = "A block that cannot be prepared, takes too long, or comes out as another than was asked for fails and burns nothing")]
    public async Task Preparations_fail()
    {
        var preparer = new FakePreparer();
        Start(new FakeSigner("a") { Held = false }, preparer);
        Worker.Tell(Block("1", 11, 0, "a"), Nobody());
        (await preparer.NextAsync()).SetException(new InvalidOperationException("no operations"));
        await FailedAsync("1", "no operations");
        Worker.Tell(Block("2", 11, 0, "a"), Nobody());
        (await preparer.NextAsync()).SetResult(new PreparedBlock(Bytes("header"), new LevelRound(12, 0)));
        await FailedAsync("2", "the block that was prepared is of level 12, round 0, the request of level 11, round 0");
        Worker.Tell(Block("3", 11, 0, "a"), Nobody());
        await preparer.NextAsync();
        Scheduler.Advance(Settings.PreparationTimeout);
        await FailedAsync("3", $"the block was not prepared within {Settings.PreparationTimeout}");

        Worker.Tell(Block("4", 11, 0, "a"), Nobody());
        (await preparer.NextAsync()).SetResult(new PreparedBlock(Bytes("header"), new LevelRound(11, 0)));
        await Events.ExpectMsgAsync<ForgeEvents.BlockReady>();

        async Task FailedAsync(string id, string detail)
        {
            var failed = await Events.ExpectMsgAsync<ForgeEvents.ForgeFailed>();
            Assert.Equal((id, ForgeFailure.PreparationFailed, detail), (failed.Duty.Id.Value, failed.Reason, failed.Detail));
        }
    }

    [Fact(DisplayName = "Requests that come before the signers have listed their keys wait for the list")]
    public async Task Waits_for_the_first_list()
    {
        Start(new FakeSigner("a") { Held = false });
        Worker.Tell(Attestations("r", 10, 0, "a"));
        await ExpectMsgAsync<ForgeReplies.Accepted>();
        Assert.Equal(ServiceState.Ready, (await Services.ExpectMsgAsync<ServiceCommands.Report>()).State);
    }

    [Fact(DisplayName = "A node without keys is ready and knows none; a key that is added later is found")]
    public async Task No_keys()
    {
        var signer = new FakeSigner { Held = false };
        Start(signer);
        Assert.Equal(ServiceState.Ready, (await Services.ExpectMsgAsync<ServiceCommands.Report>()).State);
        Worker.Tell(Attestations("r", 10, 0, "a"));
        Assert.Equal(RejectReason.UnknownKey, (await ExpectMsgAsync<ForgeReplies.Rejected>()).Reason);

        signer.Keys = [new SignerKey(Key("a"), "edpk", null)];
        await AwaitAssertAsync(
            async () =>
            {
                Scheduler.Advance(Settings.KeyRefresh);
                Worker.Tell(Attestations("r", 10, 0, "a"));
                Assert.IsType<ForgeReplies.Accepted>(await ExpectMsgAsync<object>());
            },
            Patience);
    }

    [Fact(DisplayName = "Signers that do not list their keys leave the service degraded and requests rejected until they do; later the last list is kept")]
    public async Task Signers_that_do_not_answer()
    {
        var signer = new FakeSigner("a") { Held = false };
        var keys = signer.Keys;
        signer.Keys = null;
        Start(signer);
        var report = await Services.ExpectMsgAsync<ServiceCommands.Report>();
        Assert.Equal((ServiceState.Degraded, "nobody home"), (report.State, report.Error));
        Worker.Tell(Attestations("r", 10, 0, "a"));
        Assert.Equal(RejectReason.NotReady, (await ExpectMsgAsync<ForgeReplies.Rejected>()).Reason);

        signer.Keys = keys;
        Scheduler.Advance(Settings.KeyRefresh);
        Assert.Equal(ServiceState.Ready, (await Services.ExpectMsgAsync<ServiceCommands.Report>()).State);
        signer.Keys = null;
        Scheduler.Advance(Settings.KeyRefresh);
        Assert.Equal(ServiceState.Degraded, (await Services.ExpectMsgAsync<ServiceCommands.Report>()).State);
        Worker.Tell(Attestations("r", 10, 0, "a"));
        await ExpectMsgAsync<ForgeReplies.Accepted>();
    }

    [Fact(DisplayName = "The list of keys names each signer's key and how it fared")]
    public async Task Lists_keys()
    {
        Start(new FakeSigner("a", "b") { Held = false });
        Worker.Tell(Attestations("1", 10, 0, "a"), Nobody());
        Worker.Tell(Attestations("2", 10, 0, "a"), Nobody());
        await Events.ExpectMsgAsync<ForgeEvents.AttestationReady>();
        var refused = await Events.ExpectMsgAsync<ForgeEvents.ForgeRefused>();
        Worker.Tell(ForgeQueries.Keys.Instance);

        var list = await ExpectMsgAsync<ForgeReplies.KeyList>();
        Assert.Null(list.Problem);
        Assert.Equal(
            [new(Key("a"), "edpk-a", "alias-a", 0, false, 1, 1, refused.Detail), new(Key("b"), "edpk-b", "alias-b", 0, false, 0, 0, null)],
            list.Keys.AsEnumerable());
    }

    [Fact(DisplayName = "The subscribers of a worker that fails stay subscribed, and its delegates go on")]
    public async Task Survives_a_failure()
    {
        var signer = new FakeSigner("a");
        Start(signer);
        Worker.Tell(Attestations("r", 10, 0, "a"), Nobody());
        var call = await signer.NextAsync();
        // No task that a worker makes: it fails.
        Worker.Tell(new ForgeTask(null!, default, default, default, false, ActorRefs.Nobody, null));
        call.Sign();
        var seen = new List<object>();
        while (!seen.OfType<ForgeEvents.AttestationReady>().Any())
            seen.Add(await Events.ExpectMsgAsync<object>());
        Worker.Tell(Attestations("next", 11, 0, "a"), Nobody());
        Worker.Tell(Attestations("waits", 12, 0, "a"), Nobody());
        await signer.NextAsync();
        Worker.Tell(ForgeCommands.CancelPending.All);
        Assert.Equal(1, (await ExpectMsgAsync<ForgeReplies.Cancelled>()).Count);
    }

    private static string Counts(ForgeReplies.Cancelled cancelled)
    {
        Assert.Empty(cancelled.Unanswered);
        return string.Join(", ", cancelled.Keys.Select(key => $"{key.Key} {key.Count}"));
    }

    private static Task<string> PayloadOf(ForgeDuty duty) => Task.FromResult(
        $"{(duty.Kind == ForgeKind.Block ? "block" : duty.Kind == ForgeKind.Preattestation ? "pre" : "att")} {duty.At.Level}/{duty.At.Round}");

    private static IActorRef Nobody() => ActorRefs.NoSender;
}
