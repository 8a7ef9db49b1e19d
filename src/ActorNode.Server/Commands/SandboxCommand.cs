using System.Collections.Immutable;
using System.CommandLine;
using ActorNode.Configuration;
using ActorNode.Server.Hosting;
using ActorNode.Server.Sandbox;
using ActorNode.Server.Sandbox.Views;
using Spectre.Console;

namespace ActorNode.Server.Commands;

/// <summary><c>sandbox</c>: a whole node with simulated traffic, to be watched, and to be broken.</summary>
internal static class SandboxCommand
{
    private const int LongestRun = 86_400;
    private const int MostMessages = 10_000;

    /// <summary>What is different from a node's defaults: ticks so quick that they can be watched, and no more waiting than needed.</summary>
    private static readonly ImmutableDictionary<string, string> Quick = ImmutableDictionary<string, string>.Empty
        .Add("actornode.http.unready-delay", "0")
        .Add("actornode.services.min-backoff", "500 ms")
        .Add("actornode.forging.signing-timeout", "1 s")
        .Add("actornode.forging.duty-duration", "1 s")
        .Add("actornode.forging.key-refresh", "500 ms")
        .Add("actornode.forging.max-backoff", "1 s")
        // Where the sandbox's own price server is. Tasks of other nodes reach no such address.
        .Add("actornode.jobs.http.allow", "127.0.0.1")
        .Add("actornode.upkeep.min-backoff", "500 ms")
        .Add("actornode.upkeep.ticks.freshness", "2 s")
        .Add("actornode.upkeep.ticks.ping", "2 s")
        .Add("actornode.upkeep.ticks.onion-messages", "2 s")
        .Add("actornode.upkeep.ticks.first-prune", "2 s")
        .Add("actornode.upkeep.ticks.prune", "5 s")
        .Add("actornode.upkeep.ticks.scorer", "3 s")
        .Add("actornode.upkeep.ticks.rebroadcast", "2 s")
        .Add("actornode.upkeep.ticks.sweep", "1 s")
        .Add("actornode.upkeep.ticks.first-archive", "2 s")
        .Add("actornode.upkeep.ticks.archive", "3 s")
        .Add("actornode.upkeep.ticks.first-htlc-batch", "100 ms")
        .Add("actornode.upkeep.events.timeout", "1 s")
        .Add("actornode.upkeep.events.max-attempts", "6")
        .Add("actornode.upkeep.persistence.retries", "20");

    public static Command Create(CommandContext context)
    {
        var seconds = new Option<int?>("--seconds")
        {
            Description = "End by itself after so many seconds, or when the last fault has healed. [default: until Ctrl-C]",
            HelpName = "N",
            CustomParser = result => Whole(result, 1, LongestRun),
        };
        var faults = new Option<bool>("--faults") { Description = "Kill, hang and fail parts on purpose, on a schedule; supervision heals them." };
        var seed = new Option<int?>("--seed")
        {
            Description = "What everything random follows from. [default: 1]",
            HelpName = "N",
            CustomParser = result => Whole(result, 0, int.MaxValue),
        };
        var rate = new Option<int?>("--rate")
        {
            Description = "Messages a second. [default: 50]",
            HelpName = "N",
            CustomParser = result => Whole(result, 0, MostMessages),
        };
        var data = new Option<string?>("--data") { Description = "The folder for data and logs, which is kept. [default: a temporary one]", HelpName = "DIR" };
        var urls = new Option<string?>("--urls") { Description = "Where to listen. [default: a free port of 127.0.0.1]", HelpName = "URL" };
        var json = new Option<bool>("--json") { Description = "One JSON object a second, and one at the end." };
        var command = new Command("sandbox", "Run a whole node with simulated traffic, to see it work and to see it heal.") { seconds, faults, seed, rate, data, urls, json };
        command.SetAction((parsed, _) => RunAsync(
            new SandboxOptions
            {
                Time = parsed.GetValue(seconds) is { } time ? TimeSpan.FromSeconds(time) : null,
                Faults = parsed.GetValue(faults),
                Seed = parsed.GetValue(seed) ?? 1,
                Rate = parsed.GetValue(rate) ?? 50,
            },
            parsed.GetValue(data),
            parsed.GetValue(urls) ?? "http://127.0.0.1:0",
            parsed.GetValue(json),
            context));
        return command;
    }

    private static int? Whole(System.CommandLine.Parsing.ArgumentResult result, int least, int most) => OptionValue.Of(
        result, $"a whole number from {least} to {most}", text => SettingType.Int.Parse(text) is int n && n >= least && n <= most ? n : (int?)null);

    private static async Task<int> RunAsync(SandboxOptions options, string? data, string urls, bool json, CommandContext context)
    {
        var folder = data ?? Directory.CreateTempSubdirectory("actornode-sandbox-").FullName;
        var code = ExitCode.Usage;
        try
        {
            var configuration = Load(folder, urls, context);
            StartRules.Check(configuration.Settings);
            code = await RunAsync(options, configuration, View(json, context), context);
        }
        catch (SettingsException wrong)
        {
            await ConfigurationOptions.RefuseAsync(wrong.Problems, context, json: false);
        }
        finally
        {
            if (data is null && code != ExitCode.Failed)
                Directory.Delete(folder, recursive: true);
            else if (data is null)
                await context.Error.WriteLineAsync($"its data and log are kept in {folder}");
        }

        return code;
    }

    private static async Task<int> RunAsync(SandboxOptions options, NodeConfiguration configuration, ISandboxView view, CommandContext context)
    {
        var guest = new SandboxGuest(options, view, TimeProvider.System);
        var code = await NodeHost.RunAsync(configuration, context, guest);
        if (guest.Summarize() is not { } summary)
            return code;
        view.End(summary);
        return Math.Max(code, summary.ExitCode);
    }

    private static ISandboxView View(bool json, CommandContext context) => json ? new JsonView(context.Output)
        : context.OutputIsTerminal ? new LiveView(context.Output, AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(context.Output) }))
        : new LineView(context.Output);

    /// <summary>The environment wins over what is different in a sandbox, except that standard output is the view's.</summary>
    private static NodeConfiguration Load(string data, string urls, CommandContext context)
    {
        var values = ImmutableDictionary.CreateBuilder<string, SettingValue>(StringComparer.Ordinal);
        values.Add("actornode.data", SettingValue.Text(data, "option --data"));
        values.Add("actornode.http.urls", SettingValue.Text(urls, "option --urls"));
        values.Add("actornode.upkeep.store.backup-folders", SettingValue.Text(Path.Combine(data, "upkeep-backup"), "the sandbox"));
        values.Add("actornode.logging.console", SettingValue.Text("off", "the sandbox"));
        foreach (var (path, value) in Quick.Where(q => !context.Environment.Keys.Contains(VariableOf(q.Key), StringComparer.OrdinalIgnoreCase)))
            values.Add(path, SettingValue.Text(value, "the sandbox"));
        return NodeConfiguration.Load(new ConfigurationSources { CommandLine = values.ToImmutable(), Environment = context.Environment });
    }

    private static string VariableOf(string path) => path.Replace(".", "__", StringComparison.Ordinal).Replace('-', '_');
}
