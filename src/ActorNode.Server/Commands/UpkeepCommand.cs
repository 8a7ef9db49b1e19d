using System.CommandLine;
using System.Text.Json.Nodes;
using ActorNode.Server.Transfer;

namespace ActorNode.Server.Commands;

/// <summary><c>upkeep status</c>, <c>upkeep parked retry|drop ID</c>: channel upkeep of a running node. <c>upkeep restore</c>: see <see cref="UpkeepRestoreCommand"/>.</summary>
internal static class UpkeepCommand
{
    public static Command Create(CommandContext context)
    {
        var client = new ClientCommandOptions();
        var status = new Command("status", "Show the ticks, what is persisted, and events that wait for a decision.");
        client.AddTo(status);
        status.SetAction((parsed, _) => RunAsync(
            () => client.Client(parsed), () => new HttpRequestMessage(HttpMethod.Get, "/v1/upkeep"),
            client.Json(parsed), ShowStatus, context));

        var parked = new Command("parked", "Decide on events that the handler refused too often.")
        {
            Parked("retry", "Hand a parked event to the handler again.", id => new HttpRequestMessage(HttpMethod.Post, $"/v1/upkeep/parked/{id}/retry"), context),
            Parked("drop", "Forget a parked event for ever.", id => new HttpRequestMessage(HttpMethod.Delete, $"/v1/upkeep/parked/{id}"), context),
        };
        NodeCommandLine.ShowHelp(parked);
        var command = new Command("upkeep", "Channel upkeep of a running node, and its store while none runs.") { status, parked, UpkeepRestoreCommand.Create(context) };
        NodeCommandLine.ShowHelp(command);
        return command;
    }

    private static Command Parked(string name, string description, Func<string, HttpRequestMessage> request, CommandContext context)
    {
        var id = new Argument<string>("ID") { Description = "The event's id, as upkeep status shows it." };
        var client = new ClientCommandOptions();
        var command = new Command(name, description) { id };
        client.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(
            () => client.Client(parsed), () => request(Uri.EscapeDataString(parsed.GetRequiredValue(id))),
            client.Json(parsed), (answer, output) => output.WriteLineAsync($"{answer["id"]}: {answer["result"]}"), context));
        return command;
    }

    private static Task<int> RunAsync(
        Func<ClientOptions> options, Func<HttpRequestMessage> request, bool json, Func<JsonObject, TextWriter, Task> show, CommandContext context) =>
        NodeCommand.RunAsync(context, options, async node =>
        {
            await NodeCommand.ShowAsync(context, await node.AskAsync(request, context.Stop), json, show);
            return ExitCode.Ok;
        });

    private static async Task ShowStatus(JsonObject status, TextWriter output)
    {
        await output.WriteLineAsync($"upkeep is {status["state"]} since {status["since"]}, {status["passes"]} passes, {status["restarts"]} restarts");
        if (status["lastError"] is { } error)
            await output.WriteLineAsync($"last error: {error}");
        await output.WriteLineAsync($"\n{"tick",-16}{"every s",10}{"runs",10}{"failures",10}  next");
        foreach (var tick in status["ticks"]!.AsArray())
            await output.WriteLineAsync($"{tick!["name"],-16}{tick["intervalSeconds"],10}{tick["runs"],10}{tick["failures"],10}  {tick["next"]?.ToString() ?? "-"}");
        await output.WriteLineAsync($"\n{"object",-20}{"version",10}{"persisted",10}{"failures",10}  last written");
        foreach (var item in status["persistence"]!.AsArray())
            await output.WriteLineAsync($"{item!["name"],-20}{item["version"],10}{item["persistedVersion"],10}{item["failures"],10}  {item["lastWritten"]?.ToString() ?? "never"}");
        var events = status["events"]!;
        await output.WriteLineAsync($"\nevents: {events["handled"]} handled, {events["replays"]} replayed");
        foreach (var parked in events["parked"]!.AsArray())
            await output.WriteLineAsync($"parked: {parked!["id"]} ({parked["kind"]}) after {parked["attempts"]} attempts: {parked["error"]}");
        foreach (var backup in status["backups"]!.AsArray())
            await output.WriteLineAsync($"backup {backup!["name"]}: {(backup["inSync"]!.GetValue<bool>() ? "in sync" : $"lacks {backup["pendingKeys"]} values")}");
    }
}
