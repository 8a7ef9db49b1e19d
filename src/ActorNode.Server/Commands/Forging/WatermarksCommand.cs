using System.CommandLine;
using System.Text.Json.Nodes;
using ActorNode.Protocol.Forging;

namespace ActorNode.Server.Commands.Forging;

/// <summary>
/// <c>watermarks show|export|import|raise</c>: what the keys of a running node must not sign any more. Marks only rise: to lower one there is
/// no command.
/// </summary>
internal static class WatermarksCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("watermarks", "The watermarks of a running node's keys: what is up to there is not signed again.")
        {
            Show(context), WatermarkFileCommands.Export(context), WatermarkFileCommands.Import(context), Raise(context),
        };
        NodeCommandLine.ShowHelp(command);
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var key = new Argument<string>("KEY") { Description = "The key's address." };
        var client = new ClientCommandOptions();
        var command = new Command("show", "Show the watermarks of a key.") { key };
        client.AddTo(command);
        command.SetAction((parsed, _) => ForgingClient.RunAsync(() => client.Client(parsed), context, async node =>
        {
            var answer = await node.MarksAsync(new ConsensusKeyId(parsed.GetRequiredValue(key)));
            await NodeCommand.ShowAsync(context, answer, client.Json(parsed), (shown, output) => ShowAsync(shown["marks"]!.AsArray(), output));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Command Raise(CommandContext context)
    {
        var key = new Argument<string>("KEY") { Description = "The key's address." };
        var chain = ChainOption();
        var kind = new Option<string>("--kind") { Description = "What is not signed up to there.", HelpName = "block|preattestation|attestation|all", DefaultValueFactory = _ => "all" };
        kind.AcceptOnlyFromAmong("block", "preattestation", "attestation", "all");
        var level = Natural("--level", "The level.", required: true);
        var round = Natural("--round", "The round.", required: false);
        var yes = new Option<bool>("--yes") { Description = "Do not ask: the risk is known." };
        var client = new ClientCommandOptions();
        var command = new Command("raise", "Raise watermarks of a key by hand. They cannot be lowered again.") { key, chain, kind, level, round, yes };
        client.AddTo(command);
        command.SetAction((parsed, _) => ForgingClient.RunAsync(() => client.Client(parsed), context, async node =>
        {
            var address = parsed.GetRequiredValue(key);
            var at = new LevelRound(parsed.GetValue(level), parsed.GetValue(round));
            string[] kinds = parsed.GetValue(kind) is "all" ? ["block", "preattestation", "attestation"] : [parsed.GetRequiredValue(kind)];
            if (!parsed.GetValue(yes) && !await ConfirmAsync(context, address, string.Join(", ", kinds), at))
                return ExitCode.Failed;

            var answer = await node.RaiseAsync(
                new ConsensusKeyId(address), kinds.Select(each => new Watermark(new ChainName(parsed.GetRequiredValue(chain)), ForgingClient.KindOf(each)!.Value, at)));
            await context.Output.WriteLineAsync(client.Json(parsed)
                ? JsonOutput.Of(answer)
                : $"{address}: {answer["raised"]!.AsArray().Count} raised, {answer["kept"]!.AsArray().Count} as high already");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static Task<bool> ConfirmAsync(CommandContext context, string key, string kinds, LevelRound at) => Confirmation.AskAsync(
        context,
        $"""
        This keeps {key} from signing anything of these kinds up to {at}: {kinds}.
        THE RISK: it cannot be taken back. A level that the chain has not reached yet costs every duty until it has; one by mistake far ahead
        makes the key useless to this node for ever.
        """,
        "raise");

    private static async Task ShowAsync(JsonArray marks, TextWriter output)
    {
        await output.WriteLineAsync($"{"chain",-17}{"kind",-16}{"level",12}{"round",8}  signature");
        foreach (var mark in marks)
            await output.WriteLineAsync($"{mark!["chain"],-17}{mark["kind"],-16}{mark["level"],12}{mark["round"],8}  {(mark["signature"] is null ? "-" : "known")}");
    }

    private static Option<string> ChainOption() => new("--chain") { Description = "The chain's id, such as NetXdQprcVkpaWU.", HelpName = "NET", Required = true };

    private static Option<int> Natural(string name, string description, bool required) => new(name)
    {
        Description = description,
        HelpName = "N",
        Required = required,
        CustomParser = result => OptionValue.Of(result, $"a whole number from 0 to {int.MaxValue}", text => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : (int?)null),
    };
}
