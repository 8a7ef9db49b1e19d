using System.Text.Json.Nodes;
using ActorNode.Server.Tests.Commands;
using Xunit;

namespace ActorNode.Server.Tests.Transfer;

public sealed class ExportSpec : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-");
    private StubNode _node = null!;

    public async Task InitializeAsync() => _node = await StubNode.StartAsync();

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact(DisplayName = "All accounts are written in order, over many pages, as lines that an import takes")]
    public async Task Exports()
    {
        Fill(accounts: 1_200, messages: 1);
        Fill(accounts: 2, messages: 1_300);
        var file = Path.Combine(_folder.FullName, "out.ndjson");

        var run = await ExportAsync("--output", file);

        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("3,798 messages of 1,200 accounts in ", run.Error, StringComparison.Ordinal);
        await using var copy = await StubNode.StartAsync();
        var import = await CommandRun.Of("messages", "import", file, "--url", copy.Url);
        Assert.Equal(0, import.ExitCode);
        Assert.Equal(3_798, copy.Count);
        Assert.Equal(_node.IdsOf("account-1"), copy.IdsOf("account-1"));
        Assert.False(File.Exists(file + ".part"));
    }

    [Fact(DisplayName = "One account goes to standard output, names with special characters included")]
    public async Task One_account()
    {
        _node.Add("a/b?c&d e%ü", "1", "aGVsbG8=");
        _node.Add("other", "1", "");

        var run = await ExportAsync("--account", "a/b?c&d e%ü");

        Assert.Equal(0, run.ExitCode);
        var line = JsonNode.Parse(Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)))!.AsObject();
        Assert.Equal(["account", "id", "body"], line.Select(p => p.Key));
        Assert.Equal(("a/b?c&d e%ü", "1", "aGVsbG8="), ((string)line["account"]!, (string)line["id"]!, (string)line["body"]!));
    }

    [Fact(DisplayName = "An account that was never written to exports nothing")]
    public async Task Unknown_account()
    {
        var run = await ExportAsync("--account", "nobody", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.Equal(0, (int)JsonNode.Parse(run.Error)!["messages"]!);
    }

    [Theory(DisplayName = "What retention removed earlier is not missed")]
    [InlineData]
    [InlineData("--account", "account-0")]
    public async Task Retained_range(params string[] more)
    {
        Fill(1, 10);
        _node.Remove("account-0", upTo: 4);

        var run = await ExportAsync(more);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(6, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("retention removed", run.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "What retention removes while the export runs is counted and said")]
    public async Task Removed_meanwhile()
    {
        Fill(1, 1_000);
        _node.OnRequest = path =>
        {
            if (path.Contains("after=500", StringComparison.Ordinal))
                _node.Remove("account-0", upTo: 700);
        };

        var run = await ExportAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(800, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("retention removed 200 messages before the export came to them", run.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A hole in the sequences is an error that names account and place; no file is left behind")]
    public async Task Hole()
    {
        Fill(2, 20);
        _node.Damage("account-1", sequence: 7);
        var file = Path.Combine(_folder.FullName, "out.ndjson");

        var run = await ExportAsync("--output", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("account 'account-1' has a hole: sequence 8 follows 6", run.Error, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    [Fact(DisplayName = "A last message that is missing is a hole too")]
    public async Task Hole_at_the_end()
    {
        Fill(1, 20);
        _node.Damage("account-0", sequence: 20);

        var run = await ExportAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("nothing after sequence 19, but its last one is 20", run.Error, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Failing reads are tried again")]
    public async Task Retries()
    {
        Fill(3, 5);
        _node.Faults.Enqueue(StubNode.Answer(503));
        _node.Faults.Enqueue(StubNode.Break);

        var run = await ExportAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(15, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact(DisplayName = "An answer that is none of a node's is one clear error")]
    public async Task Strange_answer()
    {
        _node.Faults.Enqueue(StubNode.Answer(200));

        var run = await ExportAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("the node's answer is not what a node answers: 'accounts' is missing", run.Error, StringComparison.Ordinal);
    }

    private void Fill(int accounts, int messages)
    {
        for (var account = 0; account < accounts; account++)
        {
            for (var i = 0; i < messages; i++)
                _node.Add($"account-{account}", $"id-{i}", "aGVsbG8=");
        }
    }

    private Task<CommandRun> ExportAsync(params string[] more) => CommandRun.Of(["messages", "export", "--url", _node.Url, .. more]);
}
