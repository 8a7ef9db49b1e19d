using ActorNode.Jobs;
using ActorNode.Jobs.Adapters;
using ActorNode.Jobs.Adapters.Http;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Specs;

public sealed class JobRulesSpec : IDisposable
{
    private readonly JobsSettings _settings = new();
    private readonly HttpCalls _calls = new(new JobsHttpSettings());

    public void Dispose() => _calls.Dispose();

    [Theory(DisplayName = "A published job is fine, but for the tasks that need a chain or a bridge, which this node does not have")]
    [InlineData("hello_world_job", "ethbytes32 is not a supported adapter type|ethtx is not a supported adapter type")]
    [InlineData("bridge_type_copy_job", "assetprice is not a supported adapter type")]
    [InlineData("random_number_bridge_type_job", "randomnumber is not a supported adapter type")]
    [InlineData("run_at_job", "")]
    [InlineData("runlog_noop_job", "")]
    [InlineData("scheduler_job", "")]
    [InlineData("run_at_wo_time_job", "RunAt must have a time")]
    [InlineData("invalid_endat_job", "StartAt cannot be before EndAt")]
    [InlineData("zero_initiators", "Must have at least one Initiator and one Task")]
    [InlineData("sleep_job", "Sleep Adapter is not implemented yet")]
    public void Fixtures(string name, string expected) => Assert.Equal(expected, Problems(Fixture.Job(name)));

    [Theory(DisplayName = "Each rule has its text")]
    [InlineData("{}", "Must have at least one Initiator and one Task")]
    [InlineData("""{"tasks":[{"type":"noop"}]}""", "Must have at least one Initiator and one Task")]
    [InlineData("""{"initiators":[{"type":"web"}]}""", "Must have at least one Initiator and one Task")]
    [InlineData("""{"initiators":[{"type":"web"}],"tasks":[{"type":"Idonotexist"}]}""", "idonotexist is not a supported adapter type")]
    [InlineData("""{"initiators":[{"type":"web"}],"tasks":[{}]}""", " is not a supported adapter type")]
    [InlineData("""{"initiators":[{"type":"web"}],"tasks":[{"type":"httpget","params":{"get":"NotAURL"}}]}""", "parse NotAURL: invalid URI for request")]
    [InlineData("""{"initiators":[{"type":"web"}],"tasks":[{"type":"multiply","params":{"times":"x"}}]}""", "cannot parse into float: x")]
    [InlineData("""{"initiators":[{"type":"cron","params":{}}],"tasks":[{"type":"noop"}]}""", "Schedule must have a cron")]
    [InlineData("""{"initiators":[{"type":"cron","params":{"schedule":""}}],"tasks":[{"type":"noop"}]}""", "Schedule must have a cron")]
    [InlineData("""{"initiators":[{"type":"external"}],"tasks":[{"type":"noop"}]}""", "External must have a name")]
    [InlineData("""{"initiators":[{"type":"execagreement"},{"type":"web"}],"tasks":[{"type":"noop"}]}""", "ServiceAgreement should have at most one initiator")]
    [InlineData("""{"initiators":[{"type":"execagreement"}],"tasks":[{"type":"noop"}]}""", "")]
    [InlineData("""{"initiators":[{"type":"web"},{"type":"runlog"},{"type":"ethlog"}],"tasks":[{"type":"noop"}]}""", "")]
    public void Texts(string json, string expected) => Assert.Equal(expected, Problems(Fixture.Read(json)));

    [Theory(DisplayName = "A run-at time lies between the job's times, in whole seconds")]
    [InlineData("2018-01-01T00:00:09.999Z", "RunAt time must be after job's StartAt")]
    [InlineData("2018-01-01T00:00:10Z", "")]
    [InlineData("2018-01-01T00:00:20.999Z", "")]
    [InlineData("2018-01-01T00:00:21Z", "RunAt time must be before job's EndAt")]
    public void Run_at_window(string time, string expected) =>
        Assert.Equal(expected, Problems(Fixture.Read($$$"""
            {"startAt":"2018-01-01T00:00:10.5Z","endAt":"2018-01-01T00:00:20.5Z",
             "initiators":[{"type":"runat","params":{"time":"{{{time}}}"}}],"tasks":[{"type":"noop"}]}
            """)));

    [Fact(DisplayName = "A job may end when it starts")]
    public void Start_may_be_end() =>
        Assert.Equal("", Problems(Fixture.Read(
            """{"startAt":"2018-01-01T00:00:00Z","endAt":"2018-01-01T00:00:00Z","initiators":[{"type":"web"}],"tasks":[{"type":"noop"}]}""")));

    [Fact(DisplayName = "All broken rules are named, in order: the job's, its initiators', its tasks'")]
    public void Collects() =>
        Assert.Equal(
            "StartAt cannot be before EndAt|minPayment: is negative|RunAt must have a time|Schedule must have a cron|nothing is not a supported adapter type|tasks[0].attempts: 0 is out of range: 1 to 100",
            Problems(Fixture.Read("""
                {"startAt":"2019-01-01T00:00:00Z","endAt":"2018-01-01T00:00:00Z","minPayment":"-1",
                 "initiators":[{"type":"runat"},{"type":"cron"}],"tasks":[{"type":"nothing","attempts":0}]}
                """)));

    [Theory(DisplayName = "What the original does not have has rules of its own")]
    [InlineData("""{"name":"","ordered":false}""", "name: expected 1 to 256 characters, none of them a control character")]
    [InlineData("""{"name":"a\nb"}""", "name: expected 1 to 256 characters, none of them a control character")]
    [InlineData("""{"maxConcurrentRuns":0}""", "maxConcurrentRuns: 0 is out of range: 1 to 100000")]
    [InlineData("""{"maxConcurrentRuns":2,"ordered":true}""", "maxConcurrentRuns: an ordered job has one run at once")]
    [InlineData("""{"maxConcurrentRuns":1,"ordered":true}""", "")]
    [InlineData("""{"maxRunDuration":"0s"}""", "maxRunDuration: 0s is out of range: 1ms to 8760h0m0s")]
    [InlineData("""{"maxRunDuration":"-5m"}""", "maxRunDuration: -5m0s is out of range: 1ms to 8760h0m0s")]
    [InlineData("""{"maxRunDuration":"8760h"}""", "")]
    [InlineData("""{"tasks":[{"type":"noop","attempts":101}]}""", "tasks[0].attempts: 101 is out of range: 1 to 100")]
    [InlineData("""{"tasks":[{"type":"noop"},{"type":"noop","backoff":"1us"}]}""", "tasks[1].backoff: 1µs is out of range: 1ms to 24h0m0s")]
    [InlineData("""{"tasks":[{"type":"noop","timeout":"25h"}]}""", "tasks[0].timeout: 25h0m0s is out of range: 1ms to 24h0m0s")]
    [InlineData("""{"tasks":[{"type":"noop","attempts":100,"backoff":"1ms","timeout":"24h"}]}""", "")]
    [InlineData("""{"initiators":[{"type":"web"},{"type":"cron","params":{"schedule":"* * * * *","jitter":"-1s"}}]}""", "initiators[1].params.jitter: -1s is out of range: 0s to 24h0m0s")]
    public void Extensions(string json, string expected)
    {
        var job = Fixture.Read(json);
        var whole = Fixture.Read("""{"initiators":[{"type":"web"}],"tasks":[{"type":"noop"}]}""");

        Assert.Equal(expected, Problems(job with
        {
            Initiators = job.Initiators.IsEmpty ? whole.Initiators : job.Initiators,
            Tasks = job.Tasks.IsEmpty ? whole.Tasks : job.Tasks,
        }));
    }

    [Fact(DisplayName = "A schedule that is none is found in a job that was not read from JSON, too")]
    public void Checks_schedules() =>
        Assert.StartsWith(
            "Cron: Expected 5 to 6 fields, found 1",
            Problems(Fixture.Job("scheduler_job") with { Initiators = [new Initiator(1, InitiatorType.Cron) { Schedule = "x" }] }),
            StringComparison.Ordinal);

    [Fact(DisplayName = "Sleep is for nodes in development; there it is fine")]
    public void Sleep_needs_dev() =>
        Assert.Empty(JobRules.Problems(Fixture.Job("sleep_job"), Catalog(), _settings with { Dev = true }));

    [Fact(DisplayName = "A bridge is a kind of task by its name in lower case")]
    public void Knows_bridges()
    {
        var asked = new List<string>();
        var bridge = CoreAdapters.All(_settings, _calls, TimeProvider.System).Single(adapter => adapter.Name == "noop");
        var catalog = new AdapterCatalog([bridge], name =>
        {
            asked.Add(name);
            return name == "randomnumber" ? bridge : null;
        });

        Assert.Empty(JobRules.Problems(Fixture.Job("random_number_bridge_type_job"), catalog, _settings));
        Assert.Equal(["randomnumber"], asked);
    }

    private AdapterCatalog Catalog() => new(CoreAdapters.All(_settings, _calls, TimeProvider.System));

    private string Problems(JobSpec job) => string.Join("|", JobRules.Problems(job, Catalog(), _settings));
}
