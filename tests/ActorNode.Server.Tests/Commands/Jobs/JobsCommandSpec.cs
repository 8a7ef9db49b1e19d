using Xunit;

namespace ActorNode.Server.Tests.Commands.Jobs;

public sealed class JobsCommandSpec
{
    private const string Cron = """{"initiators":[{"type":"web"},{"type":"cron","params":{"schedule":"CRON_TZ=UTC 0 0 0 1 1 *"}}],"tasks":[{"type":"NoOp"},{"type":"Multiply","params":{"times":100},"attempts":3}],"name":"yearly"}""";

    [Fact(DisplayName = "A job is created from text, a file or standard input, and shown with its initiators and tasks")]
    public async Task Creates()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var text = await who.TextAsync("jobs", "create", Cron);
        var file = await who.RunAsync("jobs", "create", who.Write("job.json", Cron));
        var input = await who.WithInputAsync(Cron, "jobs", "create", "-");
        var list = await who.JsonAsync("jobs", "list");

        var id = text.Split('\n')[1][..32];
        Assert.Equal(
            $$"""
            ID                                Created At            Initiators  Tasks
            {{id}}  1970-01-02T00:00:00Z  web, cron   noop, multiply

            name: yearly

            Initiator  Params
            web        {}
            cron       {"schedule":"CRON_TZ=UTC 0 0 0 1 1 *"}

            Task      Confirmations  Params         Tries
            noop                     {}             1
            multiply                 {"times":100}  3
            """.ReplaceLineEndings("\n"),
            text);
        Assert.Equal((0, 0), (file.ExitCode, input.ExitCode));
        Assert.Equal(3, (int)list["meta"]!["count"]!);
        Assert.Equal(text, await who.TextAsync("jobs", "show", id));
    }

    [Fact(DisplayName = "Jobs are listed by pages, oldest or newest first; an archived one is listed no more")]
    public async Task Lists_and_archives()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await who.JobAsync("""{"initiators":[{"type":"web"}],"tasks":[{"type":"noop"}]}"""));
            who.Node.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await who.TextAsync("jobs", "list", "--size", "2");
        var second = await who.TextAsync("jobs", "list", "--size", "2", "--page", "2");
        var newest = await who.TextAsync("jobs", "list", "--size", "1", "--newest");
        var archived = await who.TextAsync("jobs", "archive", ids[0]);
        var twice = await who.RunAsync("jobs", "archive", ids[0]);
        var silent = await who.TextAsync("jobs", "archive", ids[1], "--json");
        var left = await who.TextAsync("jobs", "list");

        Assert.Equal([ids[0], ids[1], "2 of 3; more by --page"], RowsOf(first));
        Assert.Equal([ids[2], "1 of 3"], RowsOf(second));
        Assert.Equal([ids[2], "1 of 3; more by --page"], RowsOf(newest));
        Assert.Equal($"Job {ids[0]} is archived.", archived);
        Assert.Equal((1, "JobSpec not found"), (twice.ExitCode, twice.Error.Trim()));
        Assert.Equal("", silent);
        Assert.Equal([ids[2]], RowsOf(left));
    }

    [Fact(DisplayName = "The next times of a schedule are shown")]
    public async Task Next()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var job = await who.JobAsync(Cron);

        var next = (await who.TextAsync("jobs", "next", job, "--count", "2")).Split('\n');

        Assert.Equal(3, next.Length);
        Assert.Matches("^Next +Initiator$", next[0]);
        Assert.All(next[1..], line => Assert.Matches(@"^\d{4}-01-01T00:00:00Z  2$", line));
        Assert.NotEqual(next[1], next[2]);
    }

    [Fact(DisplayName = "The failed runs of a job are shown with the task that failed")]
    public async Task Errors()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var job = await who.JobAsync("""{"initiators":[{"type":"web"}],"tasks":[{"type":"fail"}]}""");
        var run = (string)(await who.JsonAsync("runs", "create", job))["data"]!["id"]!;
        await who.RunBecomesAsync(run, "errored");

        var errors = (await who.TextAsync("jobs", "errors", job)).Split('\n');

        Assert.Equal(2, errors.Length);
        Assert.Matches($@"^{run}  20\S+Z  fail  it is broken$", errors[1]);
    }

    [Theory(DisplayName = "What the node refuses is shown as it says it, each problem on a line, and is exit code 1")]
    [InlineData("""{"initiators":[],"tasks":[]}""", "Must have at least one Initiator and one Task")]
    [InlineData("""{"initiators":[{"type":"web"}],"tasks":[{"type":"nosuch"},{"type":"nether"}]}""", "nosuch is not a supported adapter type\nnether is not a supported adapter type")]
    [InlineData("{", "invalid JSON")]
    public async Task Refused(string spec, string problem)
    {
        await using var who = await JobsOperator.LoggedInAsync();

        var run = await who.RunAsync("jobs", "create", spec);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        foreach (var line in problem.Split('\n'))
            Assert.Contains(line, run.Error, StringComparison.Ordinal);
        Assert.Equal(0, (int)(await who.JsonAsync("jobs", "list"))["meta"]!["count"]!);
    }

    [Theory(DisplayName = "What is not there is exit code 1 with the node's words")]
    [InlineData("JobSpec not found", "jobs", "show", "abc")]
    [InlineData("JobSpec not found", "jobs", "show", "../runs")]
    [InlineData("JobSpec not found", "jobs", "next", "abc")]
    [InlineData("JobSpec not found", "jobs", "errors", "abc")]
    [InlineData("must be at most 1000", "jobs", "list", "--size", "1001")]
    public async Task Missing(string problem, params string[] arguments)
    {
        await using var who = await JobsOperator.LoggedInAsync();

        var run = await who.RunAsync(arguments);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Wrong usage is exit code 2, and the node is not asked")]
    [InlineData("ID", "jobs", "show")]
    [InlineData("ID: must not be empty", "jobs", "show", "")]
    [InlineData("--page: '0' is not a whole number from 1", "jobs", "list", "--page", "0")]
    [InlineData("--size: 'x' is not a whole number from 1", "runs", "list", "--size", "x")]
    [InlineData("'/nowhere/job.json' is neither a JSON object nor a file that can be read", "jobs", "create", "/nowhere/job.json")]
    [InlineData("--url: 'ftp://x' is not an http or https url", "bridges", "list", "--url", "ftp://x")]
    [InlineData("either --before or --older-than must be given", "runs", "delete", "--status", "completed")]
    [InlineData("either --before or --older-than must be given", "runs", "delete", "--status", "completed", "--older-than", "7d", "--before", "2026-01-31T00:00:00Z")]
    [InlineData("--before: 'yesterday' is not a time", "runs", "delete", "--status", "completed", "--before", "yesterday")]
    [InlineData("--status", "runs", "delete", "--before", "2026-01-31T00:00:00Z")]
    [InlineData("in_progress", "runs", "delete", "--status", "in_progress", "--older-than", "7d")]
    public async Task Usage(string problem, params string[] arguments)
    {
        var run = await CommandRun.Of([.. arguments, "--cookie-file", "/nowhere/sessions.json"]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
    }

    /// <summary>What the rows begin with, and the last line if it is none.</summary>
    private static IEnumerable<string> RowsOf(string table) =>
        table.Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.Contains(" of ", StringComparison.Ordinal) ? line : line[..32]);
}
