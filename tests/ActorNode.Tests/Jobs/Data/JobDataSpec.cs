using System.Text.Json;
using ActorNode.Jobs;
using ActorNode.Protocol.Jobs;
using Xunit;

namespace ActorNode.Tests.Jobs.Data;

public sealed class JobDataSpec
{
    [Theory(DisplayName = "A merge takes the members of both; those of the second win, also where they are null, and objects within are not merged")]
    [InlineData("{}", "{}", "{}")]
    [InlineData("{\"a\":1}", "{}", "{\"a\":1}")]
    [InlineData("{}", "{\"a\":1}", "{\"a\":1}")]
    [InlineData("{\"a\":1,\"c\":3}", "{\"b\":2}", "{\"a\":1,\"b\":2,\"c\":3}")]
    [InlineData("{\"a\":1}", "{\"a\":2}", "{\"a\":2}")]
    [InlineData("{\"a\":1,\"b\":2}", "{\"a\":null}", "{\"a\":null,\"b\":2}")]
    [InlineData("{\"a\":null}", "{\"a\":1}", "{\"a\":1}")]
    [InlineData("{\"a\":{\"x\":1}}", "{\"a\":{\"y\":2}}", "{\"a\":{\"y\":2}}")]
    [InlineData("{\"result\":\"OLD\",\"other\":1}", "{\"value\":100.0}", "{\"other\":1,\"result\":\"OLD\",\"value\":100}")]
    [InlineData("{\"\\u003c\":1}", "{\"<\":2}", "{\"\\u003c\":2}")]
    public void Merges(string first, string second, string expected) =>
        Assert.Equal(expected, JobData.Parse(first).Merge(JobData.Parse(second)).ToString());

    [Fact(DisplayName = "A merge is what parsing both texts in a row is, for random data")]
    public void Merge_fuzz()
    {
        var random = new Random(17);
        for (var i = 0; i < 2_000; i++)
        {
            var (first, second) = (JobData.Parse(RandomJson.Object(random, 3)), JobData.Parse(RandomJson.Object(random, 3)));
            var (head, tail) = (first.ToString()[..^1], second.ToString()[1..]);
            var joined = JobData.Parse(first.IsEmpty ? second.ToString() : second.IsEmpty ? first.ToString() : $"{head},{tail}");

            Assert.Equal(joined, first.Merge(second));
        }
    }

    [Fact(DisplayName = "A member is found by its name, and undefined where there is none; null is there")]
    public void Finds()
    {
        var data = JobData.Parse("{\"a\":[1],\"result\":null,\"<\":\"x\"}");

        Assert.Equal(JsonValueKind.Array, data.Find("a").ValueKind);
        Assert.Equal("x", data.Find("<").GetString());
        Assert.Equal(JsonValueKind.Null, data.Result.ValueKind);
        Assert.Equal(JsonValueKind.Undefined, data.Find("b").ValueKind);
        Assert.Equal(JsonValueKind.Undefined, JobData.Empty.Result.ValueKind);
    }

    [Fact(DisplayName = "A member is set in place of one of its name, and an undefined value is null")]
    public void Sets()
    {
        var data = JobData.Parse("{\"z\":1,\"result\":1}");

        Assert.Equal("{\"result\":\"\\u003c\",\"z\":1}", data.WithResult("<").ToString());
        Assert.Equal("{\"result\":null,\"z\":1}", data.WithResult(default(JsonElement)).ToString());
        Assert.Equal("{\"a\":{\"b\":1,\"c\":100},\"result\":1,\"z\":1}", data.With("a", "{\"c\":1e2,\"b\":1}"u8).ToString());
        Assert.Equal("{\"result\":1,\"z\":1}", data.ToString());
        Assert.Throws<FormatException>(() => data.With("a", "{"u8));
    }

    [Fact(DisplayName = "No data are deeper than data may be, however they come about")]
    public void Bounds_depth()
    {
        var deepest = Nested(JobData.MaxDepth);
        var data = JobData.Parse(deepest);
        using var tooDeep = JsonDocument.Parse(Nested(JobData.MaxDepth + 1));

        Assert.Equal(deepest, data.ToString());
        Assert.Throws<FormatException>(() => JobData.Of(tooDeep.RootElement));
        Assert.Throws<FormatException>(() => data.With("a", data.Utf8.Span));
        Assert.Throws<FormatException>(() => data.WithResult(tooDeep.RootElement));
        Assert.Equal(data, JobData.Empty.With("a", data.Find("a")));
    }

    [Fact(DisplayName = "A run with the deepest data can be written and read again")]
    public void Deep_runs_are_readable()
    {
        var data = JobData.Parse(Nested(JobData.MaxDepth));
        var result = new RunResult(data, RunStatus.Completed);
        var run = new JobRun(
            RunId.New(), JobId.New(), new Initiator(1, InitiatorType.Web), DateTimeOffset.UnixEpoch, RunStatus.Completed, result, result,
            [new TaskRun(RunId.New(), new TaskSpec(1, "noop", data), RunStatus.Completed, result)]);

        var read = JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(run, JobsJson.Default.JobRun), JobsJson.Default.JobRun)!;

        Assert.Equal(RunStatus.Completed, read.Status);
        Assert.Equal(data, read.Tasks[0].Result.Data);
        Assert.Equal(data, read.Tasks[0].Task.Params);
    }

    [Fact(DisplayName = "Every status of a run can be written and read again, and its name is the API's")]
    public void Statuses_are_readable()
    {
        foreach (var status in Enum.GetValues<RunStatus>())
        {
            var json = JsonSerializer.Serialize(new RunResult(JobData.Empty, status));

            Assert.Equal(status, JsonSerializer.Deserialize<RunResult>(json)!.Status);
            Assert.Contains($"\"Status\":\"{status.Name()}\"", json, StringComparison.Ordinal);
        }
    }

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
}
