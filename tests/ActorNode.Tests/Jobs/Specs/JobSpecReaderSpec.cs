using System.Text;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Jobs.Specs;

public sealed class JobSpecReaderSpec
{
    [Fact(DisplayName = "A published job is read: types in lower case, parameters as they are, in their order")]
    public void Reads_hello_world()
    {
        var job = Fixture.Job("hello_world_job");

        Assert.Equal((Fixture.Id, Some.Time), (job.Id, job.CreatedAt));
        Assert.Equal(new Initiator(1, InitiatorType.Web).Type, Assert.Single(job.Initiators).Type);
        Assert.Equal(["httpget", "jsonparse", "ethbytes32", "ethtx"], job.Tasks.Select(task => task.Type));
        Assert.Equal([1, 2, 3, 4], job.Tasks.Select(task => task.Id));
        Assert.Equal("""{"get":"https://bitstamp.net/api/ticker/","headers":{"Key1":["value"],"Key2":["value","value"]}}""", job.Tasks[0].Params.ToString());
        Assert.Equal("""{"path":["last"]}""", job.Tasks[1].Params.ToString());
        Assert.True(job.Tasks[2].Params.IsEmpty);
        Assert.All(job.Tasks, task => Assert.Null(task.Confirmations));
        Assert.Null(job.StartAt);
        Assert.Null(job.EndAt);
    }

    [Theory(DisplayName = "Every published fixture reads as its name says")]
    [InlineData("bridge_type_copy_job", InitiatorType.Web, "assetprice,copy")]
    [InlineData("ethtx_format_bytes", InitiatorType.Web, "httpget,jsonparse,ethtx")]
    [InlineData("hello_world_agreement", InitiatorType.ExecAgreement, "httpget,jsonparse,ethbytes32,ethtx")]
    [InlineData("int256_job", InitiatorType.Web, "multiply,ethint256")]
    [InlineData("random_number_bridge_type_job", InitiatorType.Web, "randomnumber")]
    [InlineData("run_at_job", InitiatorType.RunAt, "noop")]
    [InlineData("run_at_wo_time_job", InitiatorType.RunAt, "noop")]
    [InlineData("runlog_noop_job", InitiatorType.RunLog, "noop")]
    [InlineData("scheduler_job", InitiatorType.Cron, "noop")]
    [InlineData("sleep_job", InitiatorType.Web, "sleep,noop")]
    public void Reads_fixtures(string name, InitiatorType type, string tasks)
    {
        var job = Fixture.Job(name);

        Assert.Equal(type, Assert.Single(job.Initiators).Type);
        Assert.Equal(tasks, string.Join(",", job.Tasks.Select(task => task.Type)));
    }

    [Fact(DisplayName = "A schedule that is none is refused with the original's text")]
    public void Refuses_bad_cron() =>
        Assert.Equal(
            """Cron: Failed to parse int from !: strconv.Atoi: parsing "!": invalid syntax""",
            Assert.Throws<JobSpecException>(() => Fixture.Job("invalid_cron")).Message);

    [Fact(DisplayName = "A job without initiators or tasks is read; that it has none is a rule's matter")]
    public void Reads_empty()
    {
        Assert.Equal(new DateTimeOffset(2018, 1, 1, 0, 0, 0, TimeSpan.Zero), Fixture.Job("zero_initiators").StartAt);
        Assert.Empty(Fixture.Read("{}").Tasks);
        Assert.Empty(Fixture.Read("""{"initiators":null,"tasks":null,"startAt":null,"endAt":null}""").Initiators);
    }

    [Fact(DisplayName = "Each initiator keeps what its type has, and nothing else")]
    public void Reads_initiators()
    {
        var job = Fixture.Read("""
            {"initiators":[
              {"type":"WEB","params":{"schedule":"nonsense","address":5}},
              {"type":"Cron","params":{"schedule":"0 * * * * *","overlap":"Skip","missed":"all","jitter":"1m30s"}},
              {"type":"runAt","params":{"time":1529445491}},
              {"type":"ethLog","params":{"address":"0x3cCad4715152693fE3BC4460591e3D3Fbd071b42"}},
              {"type":"runlog","params":{"address":"0x0000000000000000000000000000000000000000","requesters":["0XD352677FCDED6C358E03C73EA2A8A2832DFFC0A4"]}},
              {"type":"ethlog","params":null},
              {"type":"external","params":{"name":"feed"}}],
             "tasks":[{"type":"NoOp"}]}
            """);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], job.Initiators.Select(initiator => initiator.Id));
        Assert.Equal((null, null), (job.Initiators[0].Schedule, job.Initiators[0].Address));
        Assert.Equal(
            ("0 * * * * *", OverlapPolicy.Skip, MissedTickPolicy.All, TimeSpan.FromSeconds(90)),
            (job.Initiators[1].Schedule, job.Initiators[1].Overlap, job.Initiators[1].Missed, job.Initiators[1].Jitter));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1529445491), job.Initiators[2].Time);
        Assert.Equal("0x3ccad4715152693fe3bc4460591e3d3fbd071b42", job.Initiators[3].Address);
        Assert.Null(job.Initiators[4].Address);
        Assert.Equal(["0xd352677fcded6c358e03c73ea2a8a2832dffc0a4"], job.Initiators[4].Requesters.AsEnumerable());
        Assert.Null(job.Initiators[5].Address);
        Assert.Equal("feed", job.Initiators[6].Name);
    }

    [Theory(DisplayName = "Confirmations are a number or its digits; empty and null are none")]
    [InlineData("5", 5u)]
    [InlineData("\"5\"", 5u)]
    [InlineData("0", 0u)]
    [InlineData("4294967295", 4294967295u)]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    public void Reads_confirmations(string json, uint? expected) =>
        Assert.Equal(expected, Fixture.Read($$"""{"tasks":[{"type":"noop","confirmations":{{json}}}]}""").Tasks[0].Confirmations);

    [Theory(DisplayName = "The time of a run-at initiator is any time that the original takes; null and the empty text are none")]
    [InlineData("\"2018-01-08T18:12:01.103Z\"", "2018-01-08T18:12:01.103Z")]
    [InlineData("\"1529445491\"", "2018-06-19T21:58:11Z")]
    [InlineData("\"2018-06-19\"", "2018-06-19T00:00:00Z")]
    [InlineData("\"2018\"", "2018-01-01T00:00:00Z")]
    [InlineData("\"2018-01-08T18:12:01+02:00\"", "2018-01-08T16:12:01Z")]
    [InlineData("null", null)]
    [InlineData("\"\"", null)]
    public void Reads_lenient_times(string json, string? expected)
    {
        var time = Fixture.Read($$$"""{"initiators":[{"type":"runat","params":{"time":{{{json}}}}}]}""").Initiators[0].Time;

        Assert.Equal(expected, time is { } at ? JobJson.Time(at) : null);
    }

    [Theory(DisplayName = "The times of the job itself are RFC 3339 or null")]
    [InlineData("2018-01-01T00:00:00.000Z", "2018-01-01T00:00:00Z")]
    [InlineData("2018-01-01T02:00:00+02:00", "2018-01-01T00:00:00Z")]
    [InlineData("2018-01-01T00:00:00.123456789123Z", "2018-01-01T00:00:00.1234567Z")]
    public void Reads_times(string text, string expected) =>
        Assert.Equal(expected, JobJson.Time(Fixture.Read($$"""{"startAt":"{{text}}"}""").StartAt!.Value));

    [Theory(DisplayName = "Anything else is no time of a job")]
    [InlineData("\"\"")]
    [InlineData("\"2018-01-01\"")]
    [InlineData("\"2018-01-01 00:00:00Z\"")]
    [InlineData("\"2018-01-01T00:00:00\"")]
    [InlineData("\"2018-02-30T00:00:00Z\"")]
    [InlineData("\"0000-01-01T00:00:00Z\"")]
    [InlineData("\"0001-01-01T00:00:00+14:00\"")]
    [InlineData("\"2018-01-01T00:00:00Z\\n\"")]
    [InlineData("1529445491")]
    [InlineData("{}")]
    public void Refuses_times(string json) => Assert.StartsWith("endAt: expected ", Fixture.Problem($$"""{"endAt":{{json}}}"""), StringComparison.Ordinal);

    [Fact(DisplayName = "What the original does not have is read: names, payments, order, limits and tries")]
    public void Reads_extensions()
    {
        var job = Fixture.Read("""
            {"name":"prices","minPayment":"1000000000000000001","ordered":true,"maxConcurrentRuns":3,"maxRunDuration":"2h",
             "tasks":[{"type":"noop","attempts":3,"backoff":"250ms","timeout":"1m30s"},{"type":"noop"}]}
            """);

        Assert.Equal(("prices", true, 3, TimeSpan.FromHours(2)), (job.Name, job.Ordered, job.MaxConcurrentRuns, job.MaxRunDuration));
        Assert.Equal("1000000000000000001", job.MinPayment!.Value.ToString());
        Assert.Equal((3, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(90)), (job.Tasks[0].Attempts, job.Tasks[0].Backoff, job.Tasks[0].Timeout));
        Assert.Equal((1, null, null), (job.Tasks[1].Attempts, job.Tasks[1].Backoff, job.Tasks[1].Timeout));
    }

    [Fact(DisplayName = "Unknown members are ignored, flat parameters too, and the letter case of names does not matter")]
    public void Ignores_unknown()
    {
        var job = Fixture.Read("""{"Initiators":[{"Type":"web","url":"x"}],"TASKS":[{"TYPE":"httpget","url":"https://example.com","params":{}}],"x":{"y":[]}}""");

        Assert.True(job.Tasks[0].Params.IsEmpty);
        Assert.Equal(InitiatorType.Web, job.Initiators[0].Type);
    }

    [Theory(DisplayName = "What is of another kind is refused with its path and the rule")]
    [InlineData("[]", "job spec: expected a JSON object, found an array")]
    [InlineData("\"x\"", "job spec: expected a JSON object, found a string")]
    [InlineData("{\"initiators\":{}}", "initiators: expected an array, found an object")]
    [InlineData("{\"initiators\":[1]}", "initiators[0]: expected a JSON object, found a number")]
    [InlineData("{\"initiators\":[null]}", "initiators[0]: expected a JSON object, found null")]
    [InlineData("{\"initiators\":[{\"type\":5}]}", "initiators[0].type: expected a string, found a number")]
    [InlineData("{\"initiators\":[{\"type\":\"web\",\"params\":[]}]}", "initiators[0].params: expected a JSON object, found an array")]
    [InlineData("{\"initiators\":[{\"type\":\"Smoke\"},{\"type\":\"web\"},{}]}", "type smoke does not exist|type  does not exist")]
    [InlineData("{\"initiators\":[{\"type\":\"cron\",\"params\":{\"schedule\":5}}]}", "initiators[0].params.schedule: expected a string, found a number")]
    [InlineData("{\"initiators\":[{\"type\":\"cron\",\"params\":{\"overlap\":\"never\"}}]}", "initiators[0].params.overlap: expected one of allow, skip, queue, found \"never\"")]
    [InlineData("{\"initiators\":[{\"type\":\"cron\",\"params\":{\"missed\":\"x\"}}]}", "initiators[0].params.missed: expected one of skip, once, all, found \"x\"")]
    [InlineData("{\"initiators\":[{\"type\":\"cron\",\"params\":{\"jitter\":\"5\"}}]}", "initiators[0].params.jitter: expected a duration such as \"1m30s\", found \"5\"")]
    [InlineData("{\"initiators\":[{\"type\":\"runlog\",\"params\":{\"address\":\"0x12\"}}]}", "initiators[0].params.address: expected an address, 0x and 40 hexadecimal digits, found \"0x12\"")]
    [InlineData("{\"initiators\":[{\"type\":\"runlog\",\"params\":{\"requesters\":[7]}}]}", "initiators[0].params.requesters[0]: expected an address, 0x and 40 hexadecimal digits, found 7")]
    [InlineData("{\"tasks\":[{\"type\":\"a b\"}]}", "Task Type validation: name a b contains invalid characters")]
    [InlineData("{\"tasks\":[{\"type\":\"NoOp!\"}]}", "Task Type validation: name NoOp! contains invalid characters")]
    [InlineData("{\"tasks\":[{\"type\":\"noop\\n\"}]}", "Task Type validation: name noop\n contains invalid characters")]
    [InlineData("{\"tasks\":[{\"type\":\"noop\",\"params\":\"x\"}]}", "tasks[0].params: expected a JSON object, found a string")]
    [InlineData("{\"tasks\":[{\"type\":\"noop\",\"confirmations\":-1}]}", "tasks[0].confirmations: expected a whole number from 0 to 4294967295, found -1")]
    [InlineData("{\"tasks\":[{\"type\":\"noop\",\"confirmations\":4294967296}]}", "tasks[0].confirmations: expected a whole number from 0 to 4294967295, found 4294967296")]
    [InlineData("{\"tasks\":[{\"type\":\"noop\",\"confirmations\":\"x\"}]}", "tasks[0].confirmations: expected a whole number from 0 to 4294967295, found \"x\"")]
    [InlineData("{\"tasks\":[{\"type\":\"noop\",\"confirmations\":[]}]}", "tasks[0].confirmations: expected a number, found an array")]
    [InlineData("{\"tasks\":[{\"type\":\"noop\",\"attempts\":\"3\"}]}", "tasks[0].attempts: expected a whole number of 32 bits, found \"3\"")]
    [InlineData("{\"tasks\":[{\"type\":\"noop\",\"timeout\":30}]}", "tasks[0].timeout: expected a string, found a number")]
    [InlineData("{\"minPayment\":5}", "minPayment: expected a string of decimal digits, found 5")]
    [InlineData("{\"minPayment\":\"1.5\"}", "minPayment: expected a string of decimal digits, found \"1.5\"")]
    [InlineData("{\"ordered\":\"yes\"}", "ordered: expected true or false, found a string")]
    [InlineData("{\"maxConcurrentRuns\":1.5}", "maxConcurrentRuns: expected a whole number of 32 bits, found 1.5")]
    [InlineData("{\"name\":false}", "name: expected a string, found a boolean")]
    [InlineData("{", "invalid JSON at line 1, byte 2")]
    [InlineData("{\"name\":\"\\ud83d\"}", "invalid JSON: a string is no valid UTF-8")]
    public void Refuses(string json, string problem) => Assert.Equal(problem, Fixture.Problem(json));

    [Theory(DisplayName = "What is no time is refused")]
    [InlineData("\"1000h\"")]
    [InlineData("-1")]
    [InlineData("true")]
    public void Refuses_lenient_times(string json) =>
        Assert.StartsWith(
            "initiators[0].params.time: ", Fixture.Problem($$$"""{"initiators":[{"type":"runat","params":{"time":{{{json}}}}}]}"""), StringComparison.Ordinal);

    [Fact(DisplayName = "Numbers of initiators, tasks and requesters are limited, as are size, depth and keys")]
    public void Limits()
    {
        Assert.Equal("tasks: has more than 1000 entries", Fixture.Problem($$"""{"tasks":[{{Repeat("{}", 1001)}}]}"""));
        Assert.Equal("initiators: has more than 100 entries", Fixture.Problem($$"""{"initiators":[{{Repeat("{}", 101)}}]}"""));
        Assert.Equal(
            "initiators[0].params.requesters: has more than 1000 entries",
            Fixture.Problem($$$"""{"initiators":[{"type":"runlog","params":{"requesters":[{{{Repeat("1", 1001)}}}]}}]}"""));
        Assert.Equal(1000, Fixture.Read($$"""{"tasks":[{{Repeat("{\"type\":\"noop\"}", 1000)}}]}""").Tasks.Length);
        Assert.Contains("invalid JSON", Fixture.Problem($"{{\"x\":{new string('[', 100)}{new string(']', 100)}}}"), StringComparison.Ordinal);
        Assert.Equal(
            "JSON of 11 bytes is larger than 10",
            Assert.Throws<JobSpecException>(() => JobSpecReader.Read("{\"x\":12345}"u8, Fixture.Id, Some.Time, new JobDataLimits(10))).Message);
    }

    [Fact(DisplayName = "Random changes of a published job are read or refused, never anything else")]
    public void Fuzz()
    {
        var random = new Random(19);
        var original = Fixture.Bytes("hello_world_job");
        for (var i = 0; i < 20_000; i++)
        {
            var changed = (byte[])original.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
                changed[random.Next(changed.Length)] = Encoding.ASCII.GetBytes("\"{}[],:0aN\\\u007f ")[random.Next(13)];
            try
            {
                Assert.NotNull(JobSpecReader.Read(changed, Fixture.Id, Some.Time));
            }
            catch (JobSpecException refused)
            {
                Assert.NotEmpty(refused.Problems);
            }
        }
    }

    private static string Repeat(string text, int times) => string.Join(",", Enumerable.Repeat(text, times));
}
