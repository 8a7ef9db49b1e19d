using System.Globalization;
using Xunit;

namespace ActorNode.Server.Tests.Commands.Jobs;

public sealed class RunsCommandSpec
{
    private const string Multiply = """{"initiators":[{"type":"web"}],"tasks":[{"type":"multiply","params":{"times":100}},{"type":"noop"}]}""";

    [Fact(DisplayName = "A run is started with an input and shown with its tasks once it is done")]
    public async Task Starts()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var job = await who.JobAsync(Multiply);

        var started = await who.TextAsync("runs", "create", job, """{"result":"1.25"}""");
        var id = started.Split('\n')[1][..32];
        await who.RunBecomesAsync(id, "completed");
        var shown = await who.TextAsync("runs", "show", id);

        Assert.Matches($@"^ID +Status +Created +Completed +Result +Error\n{id}  ", started);
        Assert.Matches($@"^ID +Status +Created +Completed +Result  Error\n{id}  completed  20\S+Z +20\S+Z +125\n\n", shown);
        Assert.EndsWith("""

            Task      Status     Result  Error
            multiply  completed  125
            noop      completed  125
            """.ReplaceLineEndings("\n"), shown, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A run without input fails as the node says, and its error is in the table; an input may be a file or standard input")]
    public async Task Inputs()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var job = await who.JobAsync("""{"initiators":[{"type":"web"}],"tasks":[{"type":"fail"}]}""");

        var id = (string)(await who.JsonAsync("runs", "create", job))["data"]!["id"]!;
        await who.RunBecomesAsync(id, "errored");
        var table = await who.TextAsync("runs", "list", "--job", job);
        var file = await who.JsonAsync("runs", "create", job, who.Write("input.json", """{"result":"7"}"""));
        var input = await who.WithInputAsync("""{"result":"8"}""", "runs", "create", job, "-", "--json");

        Assert.Matches($@"\n{id}  errored .* it is broken$", table);
        Assert.Equal("7", (string)file["data"]!["attributes"]!["overrides"]!["data"]!["result"]!);
        Assert.Contains("\"result\": \"8\"", input.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Runs are listed by job and page; what a requester put into a result cannot move a terminal's cursor")]
    public async Task Lists()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var (job, other) = (await who.JobAsync("""{"initiators":[{"type":"web"}],"tasks":[{"type":"noop"}]}"""), await who.JobAsync(Multiply));
        var run = (string)(await who.JsonAsync("runs", "create", job, """{"result":"\u001b[2Jgone\nnext"}"""))["data"]!["id"]!;
        await who.RunBecomesAsync(run, "completed");
        var second = (string)(await who.JsonAsync("runs", "create", other, """{"result":"1"}"""))["data"]!["id"]!;

        var ofJob = await who.TextAsync("runs", "list", "--job", job);
        var newest = await who.TextAsync("runs", "list", "--size", "1", "--newest");
        var none = await who.TextAsync("runs", "list", "--job", "abc");

        Assert.Contains(@"\u001b[2Jgone\u000anext", ofJob, StringComparison.Ordinal);
        Assert.Equal(2, ofJob.Split('\n').Length);
        Assert.StartsWith(second, newest.Split('\n')[1], StringComparison.Ordinal);
        Assert.EndsWith("1 of 2; more by --page", newest, StringComparison.Ordinal);
        Assert.Matches("^ID +Status +Created +Completed +Result +Error$", none);
    }

    [Theory(DisplayName = "What cannot be started or shown is exit code 1 with the node's words")]
    [InlineData("Job not found", "runs", "create", "abc")]
    [InlineData("Job run not found", "runs", "show", "abc")]
    public async Task Missing(string problem, params string[] arguments)
    {
        await using var who = await JobsOperator.LoggedInAsync();

        var run = await who.RunAsync(arguments);

        Assert.Equal((1, "", problem), (run.ExitCode, run.Output, run.Error.Trim()));
    }

    [Fact(DisplayName = "A job without a web initiator starts no run from here, and input that is no object none either")]
    public async Task Refused()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var cron = await who.JobAsync("""{"initiators":[{"type":"cron","params":{"schedule":"CRON_TZ=UTC 0 0 0 1 1 *"}}],"tasks":[{"type":"noop"}]}""");
        var web = await who.JobAsync(Multiply);

        var notWeb = await who.RunAsync("runs", "create", cron);
        var list = await who.RunAsync("runs", "create", web, "[]");

        Assert.Equal((1, "Job not available on web API, recreate with web initiator"), (notWeb.ExitCode, notWeb.Error.Trim()));
        Assert.Equal((1, "expected a JSON object"), (list.ExitCode, list.Error.Trim()));
        Assert.Equal(0, (int)(await who.JsonAsync("runs", "list"))["meta"]!["count"]!);
    }

    [Fact(DisplayName = "Finished runs are deleted by status and age, after a word from the operator or with --yes; others stay")]
    public async Task Deletes()
    {
        await using var who = await JobsOperator.LoggedInAsync();
        var (good, bad) = (await who.JobAsync("""{"initiators":[{"type":"web"}],"tasks":[{"type":"noop"}]}"""), await who.JobAsync("""{"initiators":[{"type":"web"}],"tasks":[{"type":"fail"}]}"""));
        foreach (var (job, status) in new[] { (good, "completed"), (bad, "errored") })
            await who.RunBecomesAsync((string)(await who.JsonAsync("runs", "create", job))["data"]!["id"]!, status);
        var soon = DateTimeOffset.UtcNow.AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

        var unsaid = await who.WithInputAsync("no\n", "runs", "delete", "--status", "completed", "--before", soon);
        var old = await who.TextAsync("runs", "delete", "--status", "completed", "--status", "errored", "--older-than", "7d", "--yes");
        var all = (int)(await who.JsonAsync("runs", "list"))["meta"]!["count"]!;
        var said = await who.WithInputAsync("delete\n", "runs", "delete", "--status", "completed", "--before", soon);
        var left = await who.JsonAsync("runs", "list");

        Assert.Equal((1, ""), (unsaid.ExitCode, unsaid.Output));
        Assert.Contains($"This deletes all completed runs last changed before {soon}. They cannot be brought back.", unsaid.Error, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was changed.\n", unsaid.Error.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Matches(@"^All completed and errored runs last changed before 20\S+Z are deleted\.$", old);
        Assert.Equal(2, all);
        Assert.Equal((0, $"All completed runs last changed before {soon} are deleted."), (said.ExitCode, said.Output.Trim()));
        Assert.Equal(bad, (string)Assert.Single(left["data"]!.AsArray())!["attributes"]!["jobId"]!);
    }
}
