using System.Text.Json.Nodes;
using ActorNode.Server.Tests.Commands;
using ActorNode.Server.Transfer;
using Xunit;

namespace ActorNode.Server.Tests.Transfer;

public sealed class ImportSpec : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-");
    private StubNode _node = null!;

    private string Input => Path.Combine(_folder.FullName, "messages.ndjson");

    private string State => ImportState.PathOf(Input);

    public async Task InitializeAsync() => _node = await StubNode.StartAsync();

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact(DisplayName = "Every message arrives once, each account's in the order of the lines, several requests at once")]
    public async Task Imports()
    {
        var began = new TaskCompletionSource();
        var waiting = 0;
        _node.BeforeWrite = () =>
        {
            if (Interlocked.Increment(ref waiting) == 2)
                began.TrySetResult();
            return began.Task;
        };
        await WriteAsync(Lines(accounts: 16, messages: 5_000));

        var run = await ImportAsync();

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("5,000 written, 0 duplicates, 0 failed in ", run.Output, StringComparison.Ordinal);
        Assert.Equal(5_000, _node.Count);
        for (var account = 0; account < 16; account++)
            Assert.Equal(Enumerable.Range(0, 5_000).Where(i => i % 16 == account).Select(i => $"id-{i}"), _node.IdsOf($"account-{account}"));
        Assert.InRange(_node.MostUnderWay, 2, 4);
        Assert.False(File.Exists(State));
    }

    [Fact(DisplayName = "Standard input is imported too; blank lines, a byte order mark and Windows line ends do no harm")]
    public async Task Standard_input()
    {
        var run = await CommandRun.Of(
            ["messages", "import", "-", "--url", _node.Url], "\uFEFF" + Line("a", "1") + "\r\n\r\n  \n" + Line("a", "2"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(["1", "2"], _node.IdsOf("a"));
    }

    [Fact(DisplayName = "With a progress bar, of a file or of standard input, an import does the same")]
    public async Task Progress_bar()
    {
        await WriteAsync(Lines(3, 100));

        var file = await CommandRun.Of(["messages", "import", Input, "--url", _node.Url], "", terminal: true);
        var input = await CommandRun.Of(["messages", "import", "-", "--url", _node.Url], Line("a", "1"), terminal: true);

        Assert.Equal((0, 0), (file.ExitCode, input.ExitCode));
        Assert.Equal(101, _node.Count);
    }

    [Fact(DisplayName = "An import that is repeated counts duplicates and stores nothing")]
    public async Task Repeated()
    {
        await WriteAsync(Lines(3, 100));
        await ImportAsync();

        var again = await ImportAsync("--json");

        Assert.Equal(0, again.ExitCode);
        var summary = JsonNode.Parse(again.Output)!;
        Assert.Equal((0, 100, 0, true), ((int)summary["written"]!, (int)summary["duplicates"]!, (int)summary["failed"]!, (bool)summary["complete"]!));
        Assert.Equal(100, _node.Count);
    }

    [Fact(DisplayName = "A busy node, an unavailable one and a lost connection are tried again")]
    public async Task Retries()
    {
        _node.Faults.Enqueue(StubNode.Answer(429));
        _node.Faults.Enqueue(StubNode.Answer(503));
        _node.Faults.Enqueue(StubNode.Break);
        await WriteAsync(Lines(1, 50));

        var run = await ImportAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"id-{i}"), _node.IdsOf("account-0"));
    }

    [Theory(DisplayName = "An account that cannot be written now is tried again, the others are stored at once")]
    [InlineData("busy")]
    [InlineData("degraded")]
    [InlineData("outcomeUnknown")]
    public async Task Account_retries(string reason)
    {
        _node.AccountFaults["account-1"] = (3, reason);
        await WriteAsync(Lines(3, 90));

        var run = await ImportAsync("--parallel", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Enumerable.Range(0, 90).Where(i => i % 3 == 1).Select(i => $"id-{i}"), _node.IdsOf("account-1"));
        Assert.Equal(4, _node.Requests.Count);
    }

    [Fact(DisplayName = "An account keeps its order even while a chunk of it has to be tried again")]
    public async Task Order_over_retries()
    {
        _node.AccountFaults["account-0"] = (2, "busy");
        await WriteAsync(Lines(2, 5_000));

        var run = await ImportAsync("--parallel", "8");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Enumerable.Range(0, 5_000).Where(i => i % 2 == 0).Select(i => $"id-{i}"), _node.IdsOf("account-0"));
    }

    [Theory(DisplayName = "A line that breaks a rule ends the reading: line and rule are named, what stands before it is stored")]
    [InlineData("""{"account":"a","id":"3","body":"!"}""", "line 3: body is not base64 (RFC 4648, padded)")]
    [InlineData("""{"account":"a","body":""}""", "line 3: id is missing")]
    [InlineData("""{"account":"","id":"3","body":""}""", "line 3: account is empty")]
    [InlineData("""{"account":"a","id":"3","body":""}}""", "line 3: line is not one valid JSON object, at byte 35")]
    [InlineData("""{"account":"a","id":"3","body":"","sequence":7}""", "line 3: 'sequence' is no field of a message; there are account, id and body")]
    public async Task Malformed(string line, string problem)
    {
        await WriteAsync([Line("a", "1"), Line("a", "2"), line, Line("a", "4")]);

        var run = await ImportAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.StartsWith("2 written, 0 duplicates, 1 failed", run.Output, StringComparison.Ordinal);
        Assert.Equal(["1", "2"], _node.IdsOf("a"));
    }

    [Fact(DisplayName = "After the bad line was corrected the same command goes on with it")]
    public async Task Goes_on_after_correction()
    {
        await WriteAsync([Line("a", "1"), Line("b", "2"), "{", Line("a", "4")]);
        await ImportAsync();
        await WriteAsync([Line("a", "1"), Line("b", "2"), Line("a", "3"), Line("a", "4")]);

        var run = await ImportAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("an earlier import stopped at line 3; going on there", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("2 written, 0 duplicates, 0 failed", run.Output, StringComparison.Ordinal);
        Assert.Equal(["1", "3", "4"], _node.IdsOf("a"));
        Assert.False(File.Exists(State));
    }

    [Fact(DisplayName = "A state that does not fit the file, the node or the format is ignored")]
    public async Task Foreign_state()
    {
        await WriteAsync([Line("a", "1"), Line("b", "2"), "{"]);
        await ImportAsync();
        var state = await File.ReadAllTextAsync(State);
        foreach (var foreign in (string[])[state.Replace(_node.Url, "http://127.0.0.1:1", StringComparison.Ordinal), "no json", "{}", Moved(state)])
        {
            await File.WriteAllTextAsync(State, foreign);
            var again = await ImportAsync();

            Assert.DoesNotContain("going on there", again.Error, StringComparison.Ordinal);
            Assert.StartsWith("0 written, 2 duplicates", again.Output, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(State, state);
        await WriteAsync([Line("c", "1"), Line("b", "2"), "{"]);
        Assert.StartsWith("1 written, 1 duplicates", (await ImportAsync()).Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A state that cannot be read is said in one line, and nothing is sent")]
    public async Task Unreadable_state()
    {
        await WriteAsync(Lines(accounts: 1, messages: 3));
        await using (new FileStream(State, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            var run = await ImportAsync();
            Assert.Equal(2, run.ExitCode);
            Assert.StartsWith($"{State}: cannot be read: ", run.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, _node.Count);
    }

    [Fact(DisplayName = "--restart starts over")]
    public async Task Restart()
    {
        await WriteAsync([Line("a", "1"), Line("b", "2"), "{"]);
        await ImportAsync();

        Assert.StartsWith("0 written, 2 duplicates, 1 failed", (await ImportAsync("--restart")).Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What the node refuses for good is named by its line; everything else is stored, and the next run begins there")]
    public async Task Refused_lines()
    {
        _node.Poison = "id-37\"";
        await WriteAsync(Lines(2, 100));

        var run = await ImportAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("line 38: told to fail", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("99 written, 0 duplicates, 1 failed", run.Output, StringComparison.Ordinal);
        Assert.Equal(99, _node.Count);

        _node.Poison = null;
        var again = await ImportAsync();
        Assert.Equal(0, again.ExitCode);
        Assert.Equal(100, _node.Count);
    }

    [Fact(DisplayName = "Requests that are too large for the node are halved until they fit")]
    public async Task Too_large()
    {
        _node.MaxLines = 30;
        await WriteAsync(Lines(1, 200));

        var run = await ImportAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"id-{i}"), _node.IdsOf("account-0"));
    }

    [Fact(DisplayName = "A node that cannot be reached for too long ends the import; the next one goes on")]
    public async Task Gives_up()
    {
        var url = _node.Url;
        await WriteAsync(Lines(2, 10));
        await _node.DisposeAsync();

        var run = await CommandRun.Of("messages", "import", Input, "--url", url, "--give-up-after", "50 ms");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("cannot be reached", run.Error, StringComparison.Ordinal);
        Assert.Contains("gave up after 0 s without success", run.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A wrong or missing token ends the import at once and says how to give one")]
    public async Task Token()
    {
        _node.Token = "0123456789abcdef";
        await WriteAsync(Lines(1, 10));
        var file = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(file, "0123456789abcdef\n");

        var without = await ImportAsync();
        var with = await ImportAsync("--token-file", file);

        Assert.Equal(1, without.ExitCode);
        Assert.Contains("refused the token", without.Error, StringComparison.Ordinal);
        Assert.Equal(0, with.ExitCode);
        Assert.Equal(10, _node.Count);
    }

    [Fact(DisplayName = "An interrupted import keeps its state, and the next one completes it")]
    public async Task Interrupted()
    {
        await WriteAsync(Lines(4, 20_000));
        using var stop = new CancellationTokenSource();
        var writes = 0;
        _node.BeforeWrite = () => Interlocked.Increment(ref writes) == 10 ? stop.CancelAsync() : Task.CompletedTask;

        var run = await CommandRun.Of(["messages", "import", Input, "--url", _node.Url], "", stop: stop.Token);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("interrupted", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(State));
        Assert.InRange(_node.Count, 1, 19_999);

        _node.BeforeWrite = () => Task.CompletedTask;
        var again = await ImportAsync();
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("going on there", again.Error, StringComparison.Ordinal);
        Assert.Equal(20_000, _node.Count);
        for (var account = 0; account < 4; account++)
            Assert.Equal(Enumerable.Range(0, 20_000).Where(i => i % 4 == account).Select(i => $"id-{i}"), _node.IdsOf($"account-{account}"));
    }

    [Fact(DisplayName = "A file that is not there is wrong usage")]
    public async Task Missing_file()
    {
        var run = await ImportAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("cannot be read", run.Error, StringComparison.Ordinal);
    }

    /// <summary>A state that claims another place than the one its fingerprint was taken at.</summary>
    private static string Moved(string state)
    {
        var json = JsonNode.Parse(state)!;
        json["offset"] = (long)json["offset"]! + 1;
        return json.ToJsonString();
    }

    private static string Line(string account, string id) => $$"""{"account":"{{account}}","id":"{{id}}","body":"aGVsbG8="}""";

    private static IEnumerable<string> Lines(int accounts, int messages) =>
        Enumerable.Range(0, messages).Select(i => Line($"account-{i % accounts}", $"id-{i}"));

    private Task WriteAsync(IEnumerable<string> lines) => File.WriteAllTextAsync(Input, string.Join('\n', lines) + "\n");

    private Task<CommandRun> ImportAsync(params string[] more) => CommandRun.Of(["messages", "import", Input, "--url", _node.Url, .. more]);
}
