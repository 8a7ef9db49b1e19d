using System.Text.Json.Nodes;
using ActorNode.Configuration;
using ActorNode.Server.Tests.Http.Jobs;
using Akka.Hosting;
using Xunit;

namespace ActorNode.Server.Tests.Commands.Jobs;

/// <summary>Somebody who runs commands on a real node's jobs, with a folder of their own.</summary>
internal sealed class JobsOperator : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actornode-");

    private JobsOperator(JobsNode node) => Node = node;

    public JobsNode Node { get; }

    public string Url => Node.Address.ToString().TrimEnd('/');

    public string Cookies => PathOf("sessions.json");

    public static async Task<JobsOperator> StartAsync(Func<NodeSettings, NodeSettings>? change = null, Action<AkkaConfigurationBuilder>? more = null) =>
        new(await JobsNode.StartAsync(change, more: more));

    public static async Task<JobsOperator> LoggedInAsync(Func<NodeSettings, NodeSettings>? change = null, Action<AkkaConfigurationBuilder>? more = null)
    {
        var who = await StartAsync(change, more);
        var login = await who.RunAsync("login", "--file", who.Write("credentials", $"{JobsNode.Email}\n{JobsNode.Password}\n"));
        Assert.Equal((0, ""), (login.ExitCode, login.Error));
        return who;
    }

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public string Write(string name, string content)
    {
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }

    public Task<CommandRun> RunAsync(params string[] arguments) => WithInputAsync("", arguments);

    public Task<CommandRun> WithInputAsync(string input, params string[] arguments) => CommandRun.Of([.. arguments, "--url", Url, "--cookie-file", Cookies], input);

    public Task<CommandRun> AnsweringAsync(string[] answers, params string[] arguments)
    {
        var left = new Queue<string>(answers);
        return CommandRun.Of([.. arguments, "--url", Url, "--cookie-file", Cookies], "", secrets: _ => left.Dequeue());
    }

    /// <summary>What a command that must not fail prints.</summary>
    public async Task<string> TextAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run is { ExitCode: 0, Error: "" }, $"{run.ExitCode}: {run.Error}");
        return run.Output.ReplaceLineEndings("\n").TrimEnd('\n');
    }

    /// <summary>The same with --json.</summary>
    public async Task<JsonNode> JsonAsync(params string[] arguments) => JsonNode.Parse(await TextAsync([.. arguments, "--json"]))!;

    /// <summary>Creates a job. Its id.</summary>
    public async Task<string> JobAsync(string spec) => (string)(await JsonAsync("jobs", "create", spec))["data"]!["id"]!;

    /// <summary>The run once it stands so.</summary>
    public async Task RunBecomesAsync(string run, string status)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        while ((string?)(await JsonAsync("runs", "show", run))["data"]!["attributes"]!["status"] != status)
            await Task.Delay(20, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
