using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Xunit;

namespace ActorNode.Server.Tests.Commands;

public sealed class UsageSpec
{
    [Theory(DisplayName = "Without a command the help is shown")]
    [InlineData]
    [InlineData("--help")]
    [InlineData("messages")]
    [InlineData("messages", "import", "--help")]
    public async Task Help(params string[] arguments)
    {
        var run = await CommandRun.Of(arguments);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Usage:\n  actornode", run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Theory(DisplayName = "Wrong usage is exit code 2, says what is wrong and where the help is")]
    [InlineData("'rn'", "See: actornode --help", "rn")]
    [InlineData("'--colour'", "See: actornode run --help", "run", "--colour")]
    [InlineData("FILE", "See: actornode messages import --help", "messages", "import")]
    [InlineData("--parallel: '65' is not a whole number from 1 to 64", "See: actornode messages import --help", "messages", "import", "x", "--parallel", "65")]
    [InlineData("--parallel: 'x' is not a whole number from 1 to 64", "See: actornode messages import --help", "messages", "import", "x", "--parallel", "x")]
    [InlineData("--url: 'node' is not an http or https url of a host", "See: actornode messages export --help", "messages", "export", "--url", "node")]
    [InlineData("--give-up-after: '5' is not a duration", "See: actornode messages export --help", "messages", "export", "--give-up-after", "5")]
    public async Task Wrong_usage(string problem, string hint, params string[] arguments)
    {
        var run = await CommandRun.Of(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Fact(DisplayName = "check-config shows the settings, where they come from, and no password")]
    public async Task Check_config()
    {
        var run = await CommandRun.Of(["check-config", "--data", "elsewhere"], "", ImmutableDictionary<string, string>.Empty
            .Add("ACTORNODE__STORAGE__PROVIDER", "postgresql")
            .Add("ACTORNODE__STORAGE__CONNECTION_STRING", "Host=db;Password=hunter2"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("data = \"elsewhere\"  # option --data", run.Output, StringComparison.Ordinal);
        Assert.Contains("provider = postgresql  # environment variable ACTORNODE__STORAGE__PROVIDER", run.Output, StringComparison.Ordinal);
        Assert.Contains("password=***", run.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("hunter2", run.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "check-config names every problem and exits with 2")]
    public async Task Check_config_problems()
    {
        var environment = ImmutableDictionary<string, string>.Empty.Add("ACTORNODE__HTTP__ULRS", "x").Add("ACTORNODE__LOGGING__LEVEL", "loud");

        var run = await CommandRun.Of(["check-config"], "", environment);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("unknown key; did you mean 'urls'?", run.Error, StringComparison.Ordinal);
        Assert.Contains("actornode.logging.level (environment variable ACTORNODE__LOGGING__LEVEL): 'loud' is not one of", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
    }

    [Fact(DisplayName = "check-config --json is one object, valid or not")]
    public async Task Check_config_json()
    {
        var valid = await CommandRun.Of("check-config", "--json");
        var invalid = await CommandRun.Of("check-config", "--json", "--urls", "http://0.0.0.0:1");

        Assert.Equal(0, valid.ExitCode);
        Assert.True((bool)JsonNode.Parse(valid.Output)!["valid"]!);
        Assert.Equal(1000, (int)JsonNode.Parse(valid.Output)!["actornode"]!["http"]!["max-connections"]!);
        Assert.Equal(2, invalid.ExitCode);
        Assert.False((bool)JsonNode.Parse(invalid.Output)!["valid"]!);
        Assert.StartsWith("actornode.http.token-file: is off, but", (string)JsonNode.Parse(invalid.Output)!["problems"]![0]!, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Reachable from other machines without a token: neither run nor check-config accepts it")]
    public async Task Open_without_token()
    {
        foreach (var command in (string[])["run", "check-config"])
        {
            var run = await CommandRun.Of(command, "--urls", "http://127.0.0.1:0;http://0.0.0.0:6688");

            Assert.Equal(2, run.ExitCode);
            Assert.Contains("would listen at http://0.0.0.0:6688, where other machines reach it", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory(DisplayName = "A token file that is missing, empty or too short is refused, and its content never shown")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hunter2")]
    public async Task Token_file(string? content)
    {
        var folder = Directory.CreateTempSubdirectory("actornode-");
        try
        {
            var path = Path.Combine(folder.FullName, "token");
            if (content is not null)
                await File.WriteAllTextAsync(path, content);

            var run = await CommandRun.Of(["run", "--data", folder.FullName], "", ImmutableDictionary<string, string>.Empty.Add("ACTORNODE__HTTP__TOKEN_FILE", path));

            Assert.Equal(2, run.ExitCode);
            Assert.Contains("actornode.http.token-file", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
