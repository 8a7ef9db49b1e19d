using System.Text;
using System.Text.Json;
using ActorNode.Jobs.Specs;
using ActorNode.Protocol.Jobs;
using ActorNode.Tests.Support;
using Xunit;

namespace ActorNode.Tests.Jobs.Specs;

public sealed class JobJsonSpec
{
    private static readonly RunId Run = new("11111111111111111111111111111111");
    private static readonly RunId First = new("22222222222222222222222222222222");
    private static readonly RunId Second = new("33333333333333333333333333333333");

    [Fact(DisplayName = "A job is shown with the members of the original and no others")]
    public void Shows_a_job() =>
        Assert.Equal(
            """
            {"id":"0123456789abcdef0123456789abcdef","createdAt":"2026-01-02T03:04:05Z","initiators":[{"type":"web","params":{}}],"tasks":[{"ID":1,"CreatedAt":"2026-01-02T03:04:05Z","UpdatedAt":"2026-01-02T03:04:05Z","DeletedAt":null,"type":"multiply","confirmations":null,"params":{"times":100}},{"ID":2,"CreatedAt":"2026-01-02T03:04:05Z","UpdatedAt":"2026-01-02T03:04:05Z","DeletedAt":null,"type":"ethint256","confirmations":null,"params":{}}],"startAt":null,"endAt":null}
            """,
            Shown(writer => JobJson.WriteSpec(writer, Fixture.Job("int256_job"))));

    [Fact(DisplayName = "Each initiator is shown with the parameters of its type; one of an agreement too, which the original cannot show")]
    public void Shows_initiators()
    {
        var job = Fixture.Read("""
            {"startAt":"2018-01-01T00:00:00.5Z","initiators":[
              {"type":"cron","params":{"schedule":"* * * * *"}},
              {"type":"cron","params":{"schedule":"@hourly","overlap":"queue","missed":"once","jitter":"1m30s"}},
              {"type":"runat","params":{"time":"2018-01-08T18:12:01.103Z"}},
              {"type":"ethlog"},
              {"type":"runlog","params":{"address":"0x3cCad4715152693fE3BC4460591e3D3Fbd071b42","requesters":["0x3cCad4715152693fE3BC4460591e3D3Fbd071b42"]}},
              {"type":"execagreement"},
              {"type":"external","params":{"name":"feed"}}]}
            """);

        using var shown = JsonDocument.Parse(Shown(writer => JobJson.WriteSpec(writer, job)));

        Assert.Equal("2018-01-01T00:00:00.5Z", shown.RootElement.GetProperty("startAt").GetString());
        Assert.Equal(
            [
                """{"type":"cron","params":{"schedule":"* * * * *"}}""",
                """{"type":"cron","params":{"schedule":"@hourly","overlap":"queue","missed":"once","jitter":"1m30s"}}""",
                """{"type":"runat","params":{"time":"2018-01-08T18:12:01.103Z","ran":false}}""",
                """{"type":"ethlog","params":{"address":"0x0000000000000000000000000000000000000000"}}""",
                """{"type":"runlog","params":{"address":"0x3ccad4715152693fe3bc4460591e3d3fbd071b42"}}""",
                """{"type":"execagreement","params":{"address":"0x0000000000000000000000000000000000000000"}}""",
                """{"type":"external","params":{"name":"feed"}}""",
            ],
            shown.RootElement.GetProperty("initiators").EnumerateArray().Select(initiator => initiator.GetRawText()));
    }

    [Fact(DisplayName = "What is shown of a job can be posted again and is the same job")]
    public void Can_be_posted_again()
    {
        var job = Fixture.Read("""
            {"name":"prices","minPayment":"5","ordered":true,"maxConcurrentRuns":1,"maxRunDuration":"1h0m0.5s","startAt":"2018-01-01T00:00:00Z","endAt":"2019-01-01T00:00:00Z",
             "initiators":[{"type":"cron","params":{"schedule":"* * * * *","overlap":"skip","missed":"all","jitter":"5ms"}},{"type":"runat","params":{"time":"2018-06-01"}}],
             "tasks":[{"type":"HttpGet","confirmations":7,"params":{"get":"https://example.com/<a>"},"attempts":3,"backoff":"2s","timeout":"1m0s"}]}
            """);

        var again = Fixture.Read(Shown(writer => JobJson.WriteSpec(writer, job)));

        Assert.Equal(job.Initiators.Select(Plain), again.Initiators.Select(Plain));
        Assert.Equal(job.Tasks.AsEnumerable(), again.Tasks.AsEnumerable());
        Assert.Equal(job with { Initiators = [], Tasks = [] }, again with { Initiators = [], Tasks = [] });

        static (InitiatorType, string?, OverlapPolicy, MissedTickPolicy, TimeSpan, DateTimeOffset?) Plain(Initiator initiator) =>
            (initiator.Type, initiator.Schedule, initiator.Overlap, initiator.Missed, initiator.Jitter, initiator.Time);
    }

    [Fact(DisplayName = "A run is shown with its results, its tasks, its input and its heights as decimal strings")]
    public void Shows_a_run()
    {
        var result = new RunResult(JobData.Parse("{\"result\":\"<1>\"}"), RunStatus.Completed);
        var run = new JobRun(
            Run, Fixture.Id, new Initiator(1, InitiatorType.RunLog), Some.Time, RunStatus.PendingConfirmations, result,
            new RunResult(JobData.Parse("{\"a\":1}"), Amount: new Juels(100)),
            [
                new TaskRun(First, new TaskSpec(1, "noop", JobData.Empty), RunStatus.Completed, result) { MinimumConfirmations = 3, Confirmations = 2 },
                new TaskRun(Second, new TaskSpec(2, "noop", JobData.Empty) { Confirmations = 9 }, RunStatus.Unstarted, RunResult.None),
            ])
        {
            UpdatedAt = Some.Time.AddMilliseconds(1500),
            CreationHeight = 9007199254740993,
            ObservedHeight = 12,
        };

        Assert.Equal(
            """
            {"id":"11111111111111111111111111111111","jobId":"0123456789abcdef0123456789abcdef",
            "result":{"jobRunId":"11111111111111111111111111111111","taskRunId":"22222222222222222222222222222222","data":{"result":"\u003c1\u003e"},"status":"completed","error":null},
            "status":"pending_confirmations","taskRuns":[
            {"id":"22222222222222222222222222222222","result":{"jobRunId":"11111111111111111111111111111111","taskRunId":"22222222222222222222222222222222","data":{"result":"\u003c1\u003e"},"status":"completed","error":null},"status":"completed",
            "task":{"ID":1,"CreatedAt":"2026-01-02T03:04:05Z","UpdatedAt":"2026-01-02T03:04:05Z","DeletedAt":null,"type":"noop","confirmations":null,"params":{}},"minimumConfirmations":3,"confirmations":2},
            {"id":"33333333333333333333333333333333","result":{"jobRunId":"11111111111111111111111111111111","taskRunId":"33333333333333333333333333333333","data":{},"status":"","error":null},"status":"",
            "task":{"ID":2,"CreatedAt":"2026-01-02T03:04:05Z","UpdatedAt":"2026-01-02T03:04:05Z","DeletedAt":null,"type":"noop","confirmations":9,"params":{}},"minimumConfirmations":null,"confirmations":null}],
            "createdAt":"2026-01-02T03:04:05Z","finishedAt":null,"updatedAt":"2026-01-02T03:04:06.5Z",
            "initiator":{"type":"runlog","params":{"address":"0x0000000000000000000000000000000000000000"}},"creationHeight":"9007199254740993","observedHeight":"12",
            "overrides":{"jobRunId":"11111111111111111111111111111111","taskRunId":"","data":{"a":1},"status":"","error":null,"amount":"100"}}
            """.ReplaceLineEndings(""),
            Shown(writer => JobJson.WriteRun(writer, run)));
    }

    [Fact(DisplayName = "An errored run shows its error; one that did nothing yet names no task")]
    public void Shows_errors()
    {
        var run = new JobRun(
            Run, Fixture.Id, new Initiator(1, InitiatorType.RunAt) { Time = Some.Time, Ran = true }, Some.Time, RunStatus.Errored, RunResult.None.Failed("no <luck>"),
            RunResult.None, [new TaskRun(First, new TaskSpec(1, "noop", JobData.Empty), RunStatus.Unstarted, RunResult.None)])
        {
            FinishedAt = Some.Time,
        };

        using var shown = JsonDocument.Parse(Shown(writer => JobJson.WriteRun(writer, run)));

        Assert.Equal("no <luck>", shown.RootElement.GetProperty("result").GetProperty("error").GetString());
        Assert.Equal("", shown.RootElement.GetProperty("result").GetProperty("taskRunId").GetString());
        Assert.Equal("2026-01-02T03:04:05Z", shown.RootElement.GetProperty("finishedAt").GetString());
        Assert.Equal(JsonValueKind.Null, shown.RootElement.GetProperty("creationHeight").ValueKind);
        Assert.True(shown.RootElement.GetProperty("initiator").GetProperty("params").GetProperty("ran").GetBoolean());
    }

    private static string Shown(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
