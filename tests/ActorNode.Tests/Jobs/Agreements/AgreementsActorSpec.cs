using System.Collections.Immutable;
using System.Text;
using ActorNode.Jobs;
using ActorNode.Jobs.Agreements;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Forging.Support;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;

namespace ActorNode.Tests.Jobs.Agreements;

/// <summary>Agreements in virtual time, over a journal in memory; the test plays the jobs.</summary>
public sealed class AgreementsActorSpec : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Today = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset EndAt = Today.AddDays(3);

    private readonly FakeAgreementChain _chain = new();
    private readonly TestProbe _jobs;
    private readonly TestProbe _asker;
    private JobsSettings _settings = new() { Dev = true, MinimumContractPayment = "100" };
    private AgreementsSettings _rules = new();
    private ImmutableArray<string> _jobProblems = [];
    private IActorRef _agreements = ActorRefs.Nobody;
    private readonly Clock _clock;

    public AgreementsActorSpec()
        : base(
            $$"""
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.loglevel = WARNING
            akka.test.single-expect-default = 60s
            akka.test.default-timeout = 60s
            {{FaultyJournal.Hocon}}
            """)
    {
        _jobs = CreateTestProbe();
        _asker = CreateTestProbe();
        _clock = new Clock(Scheduler);
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    private JournalFaults Journal => JournalFaults.Of(Sys);

    [Fact(DisplayName = "An agreement is answered when its job is there, is found, and survives a restart")]
    public async Task Agrees()
    {
        Start();
        var request = Request();
        _agreements.Tell(request, _asker);
        var create = await _jobs.ExpectMsgAsync<JobCommands.Create>();
        Assert.Equal([InitiatorType.ExecAgreement], create.Spec.Initiators.Select(initiator => initiator.Type));
        Assert.Equal(["noop"], create.Spec.Tasks.Select(task => task.Type));
        Assert.Equal(EndAt, create.Spec.EndAt);
        _jobs.Reply(new JobReplies.Created(create.Spec));

        var agreement = (await _asker.ExpectMsgAsync<AgreementReplies.Agreed>()).Agreement;
        Assert.Equal((create.Spec.Id, Today), (agreement.JobSpecId, agreement.CreatedAt));
        Assert.Equal(($"0xNode signed {agreement.Id} as number 1", JobData.Parse(request.Request.Span).ToString()), (agreement.Signature, agreement.RequestBody));
        Assert.Equal((new Juels(100), 300UL, EndAt), (agreement.Encumbrance.Payment, agreement.Encumbrance.Expiration, agreement.Encumbrance.EndAt));

        await RestartAsync();
        Same(agreement, (await AskAsync<AgreementReplies.Found>(new AgreementQueries.Find(agreement.Id))).Agreement);
        await AskAsync<AgreementReplies.NoSuchAgreement>(new AgreementQueries.Find(new AgreementId("0x00")));
    }

    [Fact(DisplayName = "The same agreement again is answered with the first, even where the node would refuse it now; it has one job and one signature")]
    public async Task Repeated()
    {
        Start();
        var first = await AgreeAsync(Request());
        Same(first, (await AskAsync<AgreementReplies.Agreed>(Request())).Agreement);
        await RestartAsync();
        Scheduler.Advance(TimeSpan.FromDays(365));
        _jobProblems = ["a rule of its own"];
        Same(first, (await AskAsync<AgreementReplies.Agreed>(Request())).Agreement);
        await AskAsync<AgreementReplies.Invalid>(Request(expiration: 301));
        _jobs.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact(DisplayName = "Who asks for an agreement that is under way gets the answer of the first")]
    public async Task Under_way()
    {
        Start();
        var second = CreateTestProbe();
        _agreements.Tell(Request(), _asker);
        var create = await _jobs.ExpectMsgAsync<JobCommands.Create>();
        _agreements.Tell(Request(), second);
        Assert.Equal(create.Spec.Id, (await _jobs.ExpectMsgAsync<JobCommands.Create>()).Spec.Id);
        _jobs.Reply(new JobReplies.Created(create.Spec));
        _jobs.Reply(new JobReplies.Created(create.Spec));
        Assert.Equal(await _asker.ExpectMsgAsync<AgreementReplies.Agreed>(), await second.ExpectMsgAsync<AgreementReplies.Agreed>());
    }

    [Fact(DisplayName = "A crash before the job is known to be there: the agreement is not found, and the same job is asked for until it is")]
    public async Task Crash_between()
    {
        Start();
        _agreements.Tell(Request(), _asker);
        var create = await _jobs.ExpectMsgAsync<JobCommands.Create>();
        await RestartAsync();

        var again = await _jobs.ExpectMsgAsync<JobCommands.Create>();
        Assert.Equal(create.Spec.Id, again.Spec.Id);
        var id = _chain.Draft(Json(Request()), _chain.ReadTerms(Json(Request()))).Id;
        await AskAsync<AgreementReplies.NoSuchAgreement>(new AgreementQueries.Find(id));

        // No answer: asked again when a pause has passed, and a repeated request waits for the same.
        Scheduler.Advance(_settings.MinBackoff);
        Assert.Equal(create.Spec.Id, (await _jobs.ExpectMsgAsync<JobCommands.Create>()).Spec.Id);
        _jobs.Reply(new JobReplies.Created(create.Spec));
        var agreed = (await AskAsync<AgreementReplies.Agreed>(Request())).Agreement;
        Assert.Equal((create.Spec.Id, $"0xNode signed {id} as number 1"), (agreed.JobSpecId, agreed.Signature));
        Same(agreed, (await AskAsync<AgreementReplies.Found>(new AgreementQueries.Find(id))).Agreement);
    }

    [Fact(DisplayName = "A job that nobody knows of is told as a failure, and asked for again after a growing pause")]
    public async Task Job_fails()
    {
        Start();
        _agreements.Tell(Request(), _asker);
        var create = await _jobs.ExpectMsgAsync<JobCommands.Create>();
        var pause = _settings.MinBackoff;
        for (var i = 0; i < 4; i++)
        {
            _jobs.Reply(new JobReplies.Failed(create.Spec.Id, "the disk is full"));
            if (i == 0)
                Assert.Equal("the disk is full", (await _asker.ExpectMsgAsync<AgreementReplies.Failed>()).Detail);
            // A barrier: the next timer is set.
            await AskAsync<AgreementReplies.NoSuchAgreement>(new AgreementQueries.Find(new AgreementId("0x00")));
            Scheduler.Advance(pause - TimeSpan.FromMilliseconds(1));
            await AskAsync<AgreementReplies.NoSuchAgreement>(new AgreementQueries.Find(new AgreementId("0x00")));
            _jobs.ExpectNoMsg(TimeSpan.Zero);
            Scheduler.Advance(TimeSpan.FromMilliseconds(1));
            await _jobs.ExpectMsgAsync<JobCommands.Create>();
            pause *= 2;
        }

        _jobs.Reply(new JobReplies.Created(create.Spec));
        await AskAsync<AgreementReplies.Agreed>(Request());
    }

    [Fact(DisplayName = "A job that is refused takes its agreement with it, also after a restart; the next request starts anew")]
    public async Task Job_refused()
    {
        Start();
        _agreements.Tell(Request(), _asker);
        var create = await _jobs.ExpectMsgAsync<JobCommands.Create>();
        _jobs.Reply(new JobReplies.Invalid(create.Spec.Id, ["one", "two"]));
        var invalid = await _asker.ExpectMsgAsync<AgreementReplies.Invalid>();
        Assert.Equal(["Service agreement job spec error: Job spec validation: one,two"], invalid.Problems.AsEnumerable());
        await RestartAsync();
        Scheduler.Advance(TimeSpan.FromDays(1));
        var agreed = await AgreeAsync(Request());
        Assert.NotEqual(create.Spec.Id, agreed.JobSpecId);
    }

    [Fact(DisplayName = "A journal that fails is told, and nothing is asked of the jobs; who comes back agrees")]
    public async Task Journal_fails()
    {
        Start();
        Journal.FailWrites = true;
        _agreements.Tell(Request(), _asker);
        await EndsAsync();
        _jobs.ExpectNoMsg(TimeSpan.Zero);
        Start();
        await AgreeAsync(Request());
    }

    [Fact(DisplayName = "Where the job is there and that cannot be written, the agreement is not there; who comes back asks for the same job")]
    public async Task Journal_fails_between()
    {
        Start();
        _agreements.Tell(Request(), _asker);
        var create = await _jobs.ExpectMsgAsync<JobCommands.Create>();
        Journal.FailWrites = true;
        _jobs.Reply(new JobReplies.Created(create.Spec));
        await EndsAsync();
        Start();
        Assert.Equal(create.Spec.Id, (await AgreeAsync(Request(), asked: 2)).JobSpecId);
    }

    [Fact(DisplayName = "A signature whose storing was reported as failed, and was not, is the one that counts")]
    public async Task Journal_loses_its_answer()
    {
        Start();
        Journal.LoseAnswers = true;
        _agreements.Tell(Request(), _asker);
        await EndsAsync();
        Start();
        var agreed = await AgreeAsync(Request(), asked: 2);
        Assert.EndsWith("as number 1", agreed.Signature);
    }

    [Fact(DisplayName = "All rules that an agreement breaks are told, in order and in the words of the original")]
    public async Task Rules()
    {
        _settings = _settings with { MinimumContractPayment = "1000000000000000000" };
        _rules = new AgreementsSettings { MinimumServiceDuration = TimeSpan.FromHours(24) };
        _jobProblems = ["first", "second"];
        Start();
        await Invalid(
            """{"initiators":[],"tasks":[]}""",
            "Service agreement encumbrance error: No payment amount set",
            "Service agreement encumbrance error: Expiration is below minimum 300",
            "Service agreement encumbrance error: This node must be listed in the participating oracles",
            "Service agreement job spec error: Job spec validation: first,second",
            "Service agreement encumbrance error: endAt value of 0001-01-01T00:00:00Z is too soon. Earliest allowed date is 2000-01-02T00:00:00Z");
        await Invalid(
            """{"payment":999999999999999999,"expiration":299,"oracles":["0xOther"],"endAt":"2001-01-01T00:00:00Z","initiators":[],"tasks":[]}""",
            "Service agreement encumbrance error: Payment amount is below minimum 1.000000000000000000",
            "Service agreement encumbrance error: Expiration is below minimum 300",
            "Service agreement encumbrance error: This node must be listed in the participating oracles",
            "Service agreement job spec error: Job spec validation: first,second",
            "Service agreement encumbrance error: endAt value of 2001-01-01T00:00:00Z is too far in the future. Furthest allowed date is 2000-12-31T00:00:00Z");
        _jobs.ExpectNoMsg(TimeSpan.Zero);

        async Task Invalid(string request, params string[] problems) => Assert.Equal(
            problems, (await AskAsync<AgreementReplies.Invalid>(new AgreementCommands.Create(Encoding.UTF8.GetBytes(request)))).Problems.AsEnumerable());
    }

    [Theory(DisplayName = "The end may be as near and as far as the settings allow, to the second")]
    [InlineData("2000-01-02T00:00:00Z", true)]
    [InlineData("2000-01-01T23:59:59Z", false)]
    [InlineData("2000-12-31T00:00:00Z", true)]
    [InlineData("2000-12-31T00:00:01Z", false)]
    [InlineData("3000-06-19T22:17:19Z", false)]
    public async Task Bounds(string endAt, bool allowed)
    {
        _rules = new AgreementsSettings { MinimumServiceDuration = TimeSpan.FromHours(24) };
        Start();
        if (allowed)
        {
            await AgreeAsync(Request(endAt: endAt));
            return;
        }

        var problem = Assert.Single((await AskAsync<AgreementReplies.Invalid>(Request(endAt: endAt))).Problems);
        Assert.StartsWith($"Service agreement encumbrance error: endAt value of {endAt} is too", problem);
    }

    [Theory(DisplayName = "What is no request is refused with the field or the place")]
    [InlineData("[]", "a service agreement is a JSON object")]
    [InlineData("{", "invalid JSON at line 1")]
    [InlineData("""{"endAt":"1000h"}""", "1000h")]
    [InlineData("""{"initiators":[{"type":"smoke"}],"tasks":[]}""", "type smoke does not exist")]
    public async Task Unreadable(string request, string problem)
    {
        Start();
        Assert.Contains(problem, Assert.Single((await AskAsync<AgreementReplies.Invalid>(new AgreementCommands.Create(Encoding.UTF8.GetBytes(request)))).Problems));
    }

    [Fact(DisplayName = "Outside of development, without an account, or with too many agreements the node says so")]
    public async Task Refusals()
    {
        _rules = new AgreementsSettings { MaxAgreements = 1 };
        Start();
        await AgreeAsync(Request());
        Assert.Equal(AgreementRefusal.TooMany, (await AskAsync<AgreementReplies.Refused>(Request(expiration: 301))).Reason);
        _chain.Account = null;
        Assert.Equal(
            new AgreementReplies.Refused(AgreementRefusal.NoAccount, "No Ethereum Accounts configured"), await AskAsync<AgreementReplies.Refused>(Request(expiration: 301)));
        _settings = _settings with { Dev = false };
        await RestartAsync();
        Assert.Equal(
            new AgreementReplies.Refused(
                AgreementRefusal.NotInDevelopment, "Service Agreements are currently under development and not yet usable outside of development mode"),
            await AskAsync<AgreementReplies.Refused>(Request()));
        _jobs.ExpectNoMsg(TimeSpan.Zero);
    }

    private static AgreementCommands.Create Request(int expiration = 300, string endAt = "2000-01-04T00:00:00Z") => new(Encoding.UTF8.GetBytes(
        $$"""{"initiators":[{"type":"execagreement"}],"tasks":[{"type":"NoOp"}],"payment":100,"expiration":{{expiration}},"endAt":"{{endAt}}","oracles":["0xOther","0xNode"]}"""));

    private static System.Text.Json.JsonElement Json(AgreementCommands.Create request) => CanonicalJson.Parse(request.Request.Span, JobDataLimits.Default);

    /// <summary>Arrays of oracles are compared by their members.</summary>
    private static void Same(ServiceAgreement expected, ServiceAgreement actual)
    {
        Assert.Equal(expected.Encumbrance.Oracles.AsEnumerable(), actual.Encumbrance.Oracles.AsEnumerable());
        Assert.Equal(expected, actual with { Encumbrance = actual.Encumbrance with { Oracles = expected.Encumbrance.Oracles } });
    }

    private void Start() => _agreements = Sys.ActorOf(AgreementsActor.Props(
        new AgreementPorts(_chain, _ => _jobProblems), _jobs, _settings, _rules, _clock));

    /// <summary>The journal's failure is answered, and the end of the actor.</summary>
    private async Task EndsAsync()
    {
        var watcher = CreateTestProbe();
        watcher.Watch(_agreements);
        await _asker.ExpectMsgAsync<AgreementReplies.Failed>();
        await watcher.ExpectTerminatedAsync(_agreements, Patience);
        (Journal.FailWrites, Journal.LoseAnswers) = (false, false);
    }

    private async Task RestartAsync()
    {
        var watcher = CreateTestProbe();
        watcher.Watch(_agreements);
        Sys.Stop(_agreements);
        await watcher.ExpectTerminatedAsync(_agreements, Patience);
        Start();
    }

    /// <param name="request">What is agreed on.</param>
    /// <param name="asked">How often the job is asked for: after a restart once more.</param>
    private async Task<ServiceAgreement> AgreeAsync(AgreementCommands.Create request, int asked = 1)
    {
        _agreements.Tell(request, _asker);
        var create = await _jobs.ExpectMsgAsync<JobCommands.Create>();
        for (var i = 1; i < asked; i++)
            Assert.Equal(create.Spec.Id, (await _jobs.ExpectMsgAsync<JobCommands.Create>()).Spec.Id);
        _jobs.Reply(new JobReplies.Created(create.Spec));
        return (await _asker.ExpectMsgAsync<AgreementReplies.Agreed>()).Agreement;
    }

    private async Task<T> AskAsync<T>(object message)
    {
        _agreements.Tell(message, _asker);
        return await _asker.ExpectMsgAsync<T>();
    }

    /// <summary>Begins at <see cref="Today"/> and goes with the scheduler.</summary>
    private sealed class Clock(TestScheduler scheduler) : TimeProvider
    {
        private readonly DateTimeOffset _start = scheduler.Now;

        public override DateTimeOffset GetUtcNow() => Today + (scheduler.Now - _start);
    }
}
